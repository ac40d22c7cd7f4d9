"""A form is one schema for every door, and a form that nothing would fit is told."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.definition.forms import form_faults, form_schema

FIELDS = {"env": {"enum": ["stage", "prod"]}, "type": {"type": "integer"}}
SCHEMA = {"properties": {"n": {"type": "integer"}, "why": {}}, "required": ["n"]}


def test_a_map_of_fields_wants_each_of_them():
    assert form_schema(FIELDS) == {"type": "object", "properties": FIELDS, "required": ["env", "type"]}
    assert form_schema({"title": {"type": "string"}})["required"] == ["title"]


def test_keywords_next_to_fields_stay_keywords():
    form = {"env": True, "note": {}, "required": ["env"], "title": "Where", "additionalProperties": False}
    fields = {"env": True, "note": {}}
    told = {"required": ["env"], "title": "Where", "additionalProperties": False}
    assert form_schema(form) == {"type": "object", "properties": fields, **told}
    assert form_schema({"title": "Anything"}) == {"title": "Anything"}


@pytest.mark.parametrize(
    "form", [{}, {"type": "integer"}, {"enum": [1, 2]}, {"$ref": "#/$defs/a", "$defs": {}}]
)
def test_a_schema_stays_what_it_is(form: dict[str, Any]):
    assert form_schema(form) == form


@pytest.mark.parametrize("form", [FIELDS, SCHEMA, {"type": "integer"}, {"a": {}, "required": []}])
def test_the_schema_of_a_schema_is_itself(form: dict[str, Any]):
    assert form_schema(form_schema(form)) == form_schema(form)
    assert list(form_faults(form)) == []


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"env": "string"}, (("env",), "`env` is no field here", "a field is a mapping", "")),
        ({"type": "object", "env": {"enum": [1]}}, (("env",), "`env` is no field here", "put it into", "")),
        ({"env": {}, "required": ["enw"]}, (("required", 0), "`enw` is required, and no", "", "env")),
        ({"properties": {"a": {}}, "required": ["xyz"]}, (("required", 0), "`xyz` is required", "add", "")),
    ],
)
def test_what_would_be_ignored_or_never_fit_is_told(form: dict[str, Any], fault: tuple[Any, ...]):
    [(path, message, hint, near)] = form_faults(form)
    assert (path, near) == (fault[0], fault[3])
    assert message.startswith(fault[1])
    assert hint.startswith(fault[2])


def test_extensions_and_fields_from_elsewhere_are_left_alone():
    assert list(form_faults({"type": "object", "x-order": 1, "$comment": "c"})) == []
    assert (
        list(form_faults({"properties": {}, "required": ["a"], "allOf": [{"properties": {"a": {}}}]})) == []
    )
