"""Conditions at work: what they give, what they refuse, and how little of the scope they touch."""

from __future__ import annotations

import pytest

from weft.definition.condition import compile
from weft.errors import ConditionError

SCOPE = {
    "inputs": {"count": 3, "rate": 1.5, "name": "Ada"},
    "outputs": {"build": {"exit_code": 0}, "cov": {"percent": 80}, "list": [{"z": 1, "a": 2}, {"z": 5, "a": 9}]},
    "facts": {"qa_ok": True, "word": "GO"},
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 == 2", False),
        ("outputs.build.exit_code == 0 && facts.qa_ok", True),
        ("outputs.cov.percent >= 80.0 && outputs.cov.percent == 80", True),
        ("inputs.count + inputs.rate", 4.5),
        ("${{ inputs.name == 'Ada' }}", True),
    ],
)
def test_it_gives_the_value(source, value):
    assert compile(source).value(SCOPE) == value


def test_a_missing_value_is_an_error_that_names_it():
    with pytest.raises(ConditionError, match=r"`outputs\.review\.verdict` is missing \(`outputs` has no `review`\)"):
        compile('outputs.review.verdict == "PASS"').holds(SCOPE)
