"""Types: from JSON Schema, joined, compared, and named as a reader would."""

from __future__ import annotations

import pytest

from ropewalk.definition.condition.types import (
    ANY,
    BOOL,
    DOUBLE,
    INT,
    NULL,
    STRING,
    Type,
    comparable,
    from_schema,
    joined,
    list_of,
    map_of,
    object_of,
    of_value,
)


def chosen(*choices: str) -> Type:
    return Type("string", choices=choices)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (True, ANY),
        ({}, ANY),
        ({"type": "nonsense"}, ANY),
        ({"type": "integer"}, INT),
        ({"type": "number"}, DOUBLE),
        ({"type": "boolean"}, BOOL),
        ({"type": "null"}, NULL),
        ({"type": "string"}, STRING),
        ({"enum": ["PASS", "FAIL"]}, chosen("PASS", "FAIL")),
        ({"const": "GO"}, chosen("GO")),
        ({"enum": [1, 2]}, INT),
        ({"enum": [1, "a"]}, ANY),
        ({"enum": []}, ANY),
        ({"type": ["integer", "number"]}, DOUBLE),
        ({"type": ["string", "null"]}, ANY),
        ({"type": []}, ANY),
        ({"anyOf": [{"type": "integer"}, {"type": "integer"}]}, INT),
        ({"oneOf": [{"const": "a"}, {"const": "b"}]}, chosen("a", "b")),
        ({"type": "array"}, list_of(ANY)),
        ({"type": "array", "items": {"type": "string"}}, list_of(STRING)),
        ({"type": "object"}, map_of(ANY)),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, map_of(INT)),
        ({"type": "object", "additionalProperties": False}, object_of({})),
        ({"properties": {"a": {"type": "integer"}}}, object_of({"a": INT}, closed=False)),
        (
            {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False},
            object_of({"a": INT}),
        ),
        (
            {
                "type": "object",
                "properties": {},
                "additionalProperties": False,
                "patternProperties": {"x": {}},
            },
            object_of({}, closed=False),
        ),
        ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "string"}}}, STRING),
        ({"$ref": "elsewhere.json"}, ANY),
        ({"$ref": "#/nowhere/at/all"}, ANY),
        ({"$ref": "#"}, ANY),
    ],
)
def test_a_schema_becomes_a_type(schema, expected):
    assert from_schema(schema) == expected


def test_a_recursive_schema_ends_in_anything():
    tree = from_schema(
        {"type": "object", "properties": {"next": {"$ref": "#"}}, "additionalProperties": False}
    )
    assert tree == object_of({"next": object_of({"next": ANY})})
    assert from_schema({"$ref": "#"}) == ANY
    assert from_schema({"$ref": {"not": "a text"}}) == ANY


def test_a_schema_that_leads_to_itself_in_many_ways_is_read_in_no_time():
    many = {f"p{number}": {"$ref": "#"} for number in range(20)}
    tree = from_schema({"type": "object", "properties": many})
    assert tree.fields["p19"].fields.keys() == many.keys()
    doubled = {
        f"d{number}": {"properties": {key: {"$ref": f"#/$defs/d{number + 1}"} for key in "abcd"}}
        for number in range(40)
    }
    assert from_schema({"$ref": "#/$defs/d0", "$defs": doubled}).fields.keys() == set("abcd")


def test_a_part_that_is_used_twice_side_by_side_is_read_twice():
    text = {"$ref": "#/$defs/t"}
    schema = {"properties": {"a": text, "b": {"properties": {"c": text}}}, "$defs": {"t": {"type": "string"}}}
    assert from_schema(schema).fields["a"] == from_schema(schema).fields["b"].fields["c"] == STRING


def test_types_join_to_the_narrowest_that_fits_both():
    assert joined(INT, DOUBLE) == DOUBLE
    assert joined(list_of(INT), list_of(DOUBLE)) == list_of(DOUBLE)
    assert joined(chosen("a"), chosen("b")) == chosen("a", "b")
    assert joined(chosen("a"), STRING) == STRING
    assert joined(INT, STRING) == ANY


@pytest.mark.parametrize(
    ("left", "right", "answer"),
    [
        (INT, DOUBLE, True),
        (INT, ANY, True),
        (NULL, STRING, True),
        (INT, STRING, False),
        (BOOL, INT, False),
        (list_of(INT), list_of(STRING), False),
        (list_of(INT), list_of(ANY), True),
        (map_of(INT), object_of({}), True),
        (list_of(INT), map_of(INT), False),
    ],
)
def test_only_like_values_compare(left, right, answer):
    assert comparable(left, right) is answer


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, NULL),
        (True, BOOL),
        (1, INT),
        (1.5, DOUBLE),
        ("", STRING),
        ([], list_of()),
        ({}, map_of()),
        (object(), ANY),
    ],
)
def test_a_value_has_a_type(value, kind):
    assert of_value(value) == kind


def test_a_type_is_named_in_plain_words():
    assert str(list_of(STRING)) == "list of string"
    assert [str(one) for one in (INT, DOUBLE, BOOL, ANY, map_of())] == [
        "integer",
        "number",
        "boolean",
        "anything",
        "map",
    ]
