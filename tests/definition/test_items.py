"""What is written out is known before a run; what an expression gives is not."""

from __future__ import annotations

import pytest

from ropewalk.definition.items import may_have_none, written_items
from ropewalk.definition.workflow import Foreach


@pytest.mark.parametrize(
    ("over", "items"),
    [
        ("[1, 2]", [1, 2]),
        ('{"a": 1}', {"a": 1}),
        ("[]", []),
        ("inputs.x", None),
        ('"a"', None),
        ("3", None),
        ("", None),
    ],
)
def test_items_are_known_where_they_are_written_out(over: str, items: object):
    assert written_items(over) == items


def test_there_may_be_no_items_unless_some_are_written_or_wanted():
    assert may_have_none(Foreach("inputs.x"))
    assert may_have_none(Foreach("[]"))
    assert not may_have_none(Foreach("[1]"))
    assert not may_have_none(Foreach("inputs.x", quorum=1))
