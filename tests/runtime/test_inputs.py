"""What a run is started with is checked whole, and told whole."""

from __future__ import annotations

from typing import Any

import pytest

from weft.definition.workflow import Input, Workflow
from weft.errors import InvalidInput
from weft.runtime.inputs import checked_inputs

FLOW = Workflow(
    name="flow",
    steps=(),
    inputs={
        "who": Input(),
        "count": Input(type="integer", required=False, default=2),
        "fast": Input(type="boolean", required=False, default=False),
        "tags": Input(type="list", required=False, default=[]),
        "size": Input(required=False, default="s", choices=("s", "m")),
    },
)


def test_defaults_are_filled_in_and_text_is_read_as_the_declared_type() -> None:
    given = {"who": "ann", "count": "7", "fast": "yes", "tags": '["x"]', "size": "m"}
    assert checked_inputs(FLOW, given) == {"who": "ann", "count": 7, "fast": True, "tags": ["x"], "size": "m"}
    assert checked_inputs(FLOW, {"who": "1"}) == {
        "who": "1",
        "count": 2,
        "fast": False,
        "tags": [],
        "size": "s",
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "who: is missing"),
        ({"who": "a", "cuont": 1}, "did you mean count"),
        ({"who": "a", "count": "many"}, "integer wanted, got 'many'"),
        ({"who": "a", "count": True}, "integer wanted, got True"),
        ({"who": "a", "size": "xl"}, "'xl' is none of s, m"),
        ({"who": 5}, "string wanted, got 5"),
    ],
)
def test_a_wrong_input_is_named_with_what_would_be_right(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_inputs(FLOW, given)
    assert said in f"{refused.value.where['name']}: {refused.value}".replace("Input who: is", "who: is")


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_inputs(FLOW, {"count": "x", "nobody": 1})
    assert all(part in str(refused.value) for part in ("count", "nobody", "who"))
