"""What a form wants is told and enforced before anything is on record."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.app.forms import form_example, form_fields, form_schema, refuse_unfit
from ropewalk.core.events import AskOpened
from ropewalk.errors import Refused

FIELDS = {"env": {"enum": ["stage", "prod"]}, "type": {"type": "integer"}}
SCHEMA = {"properties": {"n": {"type": "integer"}, "why": {}}, "required": ["n"]}


def test_a_map_of_fields_wants_each_of_them():
    assert form_schema(FIELDS) == {"type": "object", "properties": FIELDS, "required": ["env", "type"]}
    assert form_fields(FIELDS) == {"env": "stage or prod", "type": "integer"}
    assert form_example(FIELDS) == '{"env": "stage", "type": 1}'


def test_a_schema_stays_what_it_is():
    assert form_schema(SCHEMA) == {"type": "object", **SCHEMA}
    assert form_fields(SCHEMA) == {"n": "integer", "why": "anything, may be left out"}
    assert form_schema({"type": "integer"}) == {"type": "integer"}
    assert form_fields({"type": ["integer", "null"]}) == {"": "integer or null"}
    assert form_example({"type": "integer"}) == "1"
    assert form_example({"properties": {"a": True}}) == '{"a": "…"}'


def test_without_a_form_everything_is_taken():
    assert (form_schema({}), form_fields({})) == ({}, {})
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
    opened = AskOpened("q", ask="a1", form=FIELDS)
    with pytest.raises(Refused, match=why):
        refuse_unfit(opened, "approve", value)
    for verdict in ("reject", "amend"):
        refuse_unfit(opened, verdict, value)


def test_what_fits_is_taken():
    refuse_unfit(AskOpened("q", ask="a1", form=FIELDS), "approve", {"env": "prod", "type": 3})
    refuse_unfit(AskOpened("q", ask="a1", form={"type": "integer"}), "approve", 3)
