"""Values made for schemas fit them."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from ropewalk.agents.example import example

SCHEMAS = [
    {},
    {"type": "string", "minLength": 30},
    {"type": "string", "maxLength": 3},
    {"type": "string", "format": "date-time"},
    {"type": "string", "enum": ["x", "y"]},
    {"const": [1]},
    {"default": 4, "type": "integer"},
    {"examples": ["one"], "type": "string"},
    {"type": "integer", "minimum": 3},
    {"type": "integer", "exclusiveMinimum": 3, "multipleOf": 5},
    {"type": "number", "exclusiveMaximum": -2},
    {"type": "number", "maximum": 5},
    {"type": "integer", "maximum": -5},
    {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    {"type": "boolean"},
    {"type": "null"},
    {"type": ["null", "integer"]},
    {"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True},
    {"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 2, "uniqueItems": True},
    {"type": "array", "items": {"type": "string"}, "minItems": 2, "uniqueItems": True},
    {"type": "array", "maxItems": 0},
    {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False},
    {"items": {"type": "number"}},
    {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {}}, "required": ["b"]}}},
    {"required": ["a"]},
    {"oneOf": [{"type": "integer"}, {"type": "string"}]},
    {
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
        "properties": {"a": {"type": "integer"}},
        "type": "object",
    },
    {
        "allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"required": ["b"]}],
        "type": "object",
    },
    {"$ref": "#/$defs/n", "$defs": {"n": {"type": "integer", "minimum": 9}}},
    {"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"$ref": "#/$defs/c"}, "c": {"const": 3}}},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_the_value_fits_the_schema(schema):
    Draft202012Validator(schema).validate(example(schema))


def test_the_same_schema_gives_the_same_value():
    assert example(SCHEMAS[23]) == example(SCHEMAS[23])


def test_a_schema_without_end_ends():
    endless = {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]}
    assert isinstance(example(endless), dict)
    turning = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}
    assert example(turning) == "rehearsed value"
    all_of = {"$ref": "#/$defs/a", "$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}}
    assert example(all_of) == "rehearsed value"
    nested = {
        "type": "array",
        "items": {"$ref": "#/$defs/a"},
        "$defs": {"a": {"type": "array", "items": {"$ref": "#/$defs/a"}}},
    }
    assert isinstance(example(nested), list)


def test_a_reference_to_nothing_is_any_value():
    assert example({"$ref": "#/$defs/none"}) == "rehearsed value"
    assert example(True, "name") == "rehearsed name"
