"""A schema and a value may both be hostile: the check ends all the same, and says what does not fit."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.agents import schema as subject
from ropewalk.agents.schema import schema_faults


@pytest.mark.parametrize(
    ("schema", "value", "faults"),
    [
        ({"pattern": "^[a-z]+$"}, "abc", []),
        ({"pattern": "b"}, "abc", []),
        ({"pattern": "^b"}, "abc", ["x: 'abc' does not match '^b'"]),
        ({"pattern": "^b"}, 5, []),
        ({"patternProperties": {"^n": {"type": "integer"}}}, {"n1": 1, "m": "x"}, []),
        ({"patternProperties": {"^n": {"type": "integer"}}}, {"n1": "x"}, ["x.n1: 'x' is not of type 'integer'"]),
        ({"patternProperties": {"^n": {"type": "integer"}}}, 5, []),
        ({"properties": {"a": {}}, "patternProperties": {"^n": {}}, "additionalProperties": False}, {"a": 1, "n": 2}, []),
        ({"additionalProperties": False}, {"b": 1}, ["x: Additional properties are not allowed ('b' was unexpected)"]),
        ({"additionalProperties": False}, {"b": 1, "a": 1}, ["x: Additional properties are not allowed ('a', 'b' were unexpected)"]),
        ({"additionalProperties": {"type": "string"}}, {"b": 1}, ["x.b: 1 is not of type 'string'"]),
        ({"additionalProperties": False}, [], []),
        ({"uniqueItems": True}, [1, True, "1", [1], {"a": 1}], []),
        ({"uniqueItems": True}, [1, 1.0], ["x: the items are not all different"]),
        ({"uniqueItems": True}, [{"a": 1, "b": [2.0]}, {"b": [2], "a": 1}], ["x: the items are not all different"]),
        ({"$ref": "http://example.org/a"}, 1, ["x refers to something"]),
        ({"type": "nothing"}, 1, ["the schema of x is not valid"]),
        ({"pattern": "(?=a)"}, "a", ["the schema of x cannot be used: the pattern cannot be read"]),
        ({"$ref": "#"}, 1, ["the schema of x cannot be used: it is nested too deep, or refers to itself"]),
        ({"unevaluatedProperties": False, "patternProperties": {}}, {}, ["unevaluatedProperties with patternProperties"]),
    ],
)  # fmt: skip
def test_a_value_is_held_to_a_schema(schema: dict[str, Any], value: Any, faults: list[str]):
    found = schema_faults(value, schema, "x")
    assert len(found) == len(faults)
    assert all(wanted in told for wanted, told in zip(faults, found, strict=True))


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|aa)+$", "(.*a){25}", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_no_pattern_takes_for_ever(pattern: str):
    assert len(schema_faults("a" * 5_000 + "!", {"pattern": pattern}, "x")) <= 1
    assert schema_faults({"a" * 5_000 + "!": 1}, {"patternProperties": {pattern: {}}}, "x") == []


def test_references_that_double_at_each_step_are_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(subject, "MOST_STEPS", 5_000)
    bomb: dict[str, Any] = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)}
    found = schema_faults(1, {"$defs": {**bomb, "d40": {}}, "$ref": "#/$defs/d0"}, "x")
    assert found == ["the schema of x cannot be used: to check a value takes more than 5,000 steps or 5 s"]


def test_a_check_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(subject, "MOST_SECONDS", -1.0)
    found = schema_faults(list(range(1_000)), {"items": {"type": "integer"}}, "x")
    assert "takes more than" in found[0]
