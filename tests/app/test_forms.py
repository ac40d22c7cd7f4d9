"""What a form wants is told and enforced before anything is on record."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ropewalk.app.forms import form_example, form_fields, refuse_unfit, takes_text
from ropewalk.core.events import AskOpened
from ropewalk.errors import Refused

FIELDS = {"env": {"enum": ["stage", "prod"]}, "type": {"type": "integer"}}
SCHEMA = {"properties": {"n": {"type": "integer"}, "why": {}}, "required": ["n"]}


def test_the_fields_of_a_form_are_told_with_an_example():
    assert form_fields(FIELDS) == {"env": "stage or prod", "type": "integer"}
    assert form_example(FIELDS) == '{"env": "stage", "type": 1}'


def test_so_are_those_of_a_schema():
    assert form_fields(SCHEMA) == {"n": "integer", "why": "anything, may be left out"}
    assert form_fields({"type": ["integer", "null"]}) == {"": "integer or null"}
    assert form_example({"type": "integer"}) == "1"
    assert form_example({"properties": {"a": True}}) == '{"a": "…"}'


def test_without_a_form_everything_is_taken():
    assert form_fields({}) == {}
    refuse_unfit(AskOpened("q", ask="a1"), "approve", None)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, r"a1 takes a value \(env: stage or prod; type: integer\): --value"),
        ({"env": "moon", "type": 1}, "'moon' is not one of"),
        ({"env": "prod"}, "'type' is a required property"),
        ({"env": "prod", "type": "x"}, "the answer.type: 'x' is not of type 'integer'"),
        ("prod", "is not of type 'object'"),
    ],
)
def test_an_answer_without_what_is_wanted_is_refused_with_the_fields(value: Any, why: str):
    opened = AskOpened("q", ask="a1", about="question", form=FIELDS)
    with pytest.raises(Refused, match=why):
        refuse_unfit(opened, "approve", value)
    with pytest.raises(Refused, match=why):
        refuse_unfit(opened, "amend", value)
    refuse_unfit(opened, "reject", value)
    refuse_unfit(msgspec.structs.replace(opened, about="approval"), "amend", value)


def test_what_fits_is_taken():
    refuse_unfit(AskOpened("q", ask="a1", form=FIELDS), "approve", {"env": "prod", "type": 3})
    refuse_unfit(AskOpened("q", ask="a1", form={"type": "integer"}), "approve", 3)


def test_a_form_with_required_next_to_its_fields_is_answered():
    form = {"env": {"enum": ["stage", "prod"]}, "note": {"type": "string"}, "required": ["env"]}
    refuse_unfit(AskOpened("q", ask="a1", form=form), "approve", {"env": "prod"})
    assert form_fields(form) == {"env": "stage or prod", "note": "string, may be left out"}


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "string"}, True),
        ({"enum": ["1"]}, True),
        ({"enum": ["1", 2]}, False),
        ({}, False),
        ({"type": "integer"}, False),
    ],
)
def test_where_only_a_text_fits_is_known(schema: dict[str, Any], text: bool):
    assert takes_text(schema) is text
