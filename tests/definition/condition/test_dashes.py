"""A name with a dash is told as one fault, and a subtraction of names that there are is left alone."""

from __future__ import annotations

import pytest

from ropewalk.definition.condition import BOOL, INT, check, map_of, object_of
from ropewalk.definition.condition.dashes import dashed
from ropewalk.definition.condition.faults import ConditionFault
from ropewalk.definition.condition.nodes import Binary
from ropewalk.definition.condition.syntax import parse

NAMES = {
    "inputs": object_of({"count": INT, "rate": INT, "top-up": INT}),
    "outputs": object_of(
        {
            "write-tests": object_of({"ok": BOOL, "in-time": BOOL}),
            "a-b-c": object_of({"ok": BOOL}),
            "build": object_of({"all-ok": BOOL, "n": INT}),
            "x-y": object_of({"deep": object_of({"v-w": INT})}),
            "both": INT,
            "both-ways": INT,
        }
    ),
    "facts": map_of(INT),
}


@pytest.mark.parametrize(
    ("source", "column", "name", "written"),
    [
        ("outputs.write-tests.ok", 8, "write-tests", 'outputs["write-tests"].ok'),
        ("outputs.write-tests", 8, "write-tests", 'outputs["write-tests"]'),
        ("outputs.build.all-ok", 14, "all-ok", 'outputs.build["all-ok"]'),
        ("!outputs.a-b-c.ok", 9, "a-b-c", 'outputs["a-b-c"].ok'),
        ("-inputs.top-up", 8, "top-up", 'inputs["top-up"]'),
        ("outputs['x-y'].deep.v-w", 20, "v-w", 'outputs["x-y"].deep["v-w"]'),
    ],
)
def test_a_name_with_a_dash_is_told_with_the_brackets_that_it_needs(
    source: str, column: int, name: str, written: str
):
    node = parse(source)
    assert isinstance(node, Binary)
    fault = dashed(node, NAMES)
    assert fault == ConditionFault(column, "a name with a dash needs brackets", name, f"write `{written}`")
    assert check(source, NAMES) == [fault]
    assert check(written, NAMES) == []


@pytest.mark.parametrize(
    "source",
    [
        "inputs.count - inputs.rate",
        "inputs.count-inputs.rate-1",
        "outputs.both-ways",
        "outputs.write+tests.ok",
        "outputs.write-1",
        "outputs.nobody-knows",
        "facts.a-b",
        "nobody.a-b",
        "write-tests",
        "5 - inputs.count",
        "outputs.a-b.c-c.ok",
        "outputs['write'] < tests",
        "[outputs.a][0]-b",
    ],
)
def test_anything_else_is_a_subtraction(source: str):
    node = parse(source)
    assert isinstance(node, Binary)
    assert dashed(node, NAMES) is None


def test_a_subtraction_of_known_names_has_no_fault():
    assert check("inputs.count - inputs.rate - 1 > 0", NAMES, BOOL) == []
    assert check("outputs.both-inputs.count > 1", NAMES, BOOL) == []
    assert check("5 - inputs.count - size('x') > 1", NAMES, BOOL) == []


def test_unknown_names_around_a_minus_are_each_told():
    assert [fault.message for fault in check("outputs.x - nope", NAMES)] == [
        "`outputs` has no field `x`",
        "the name `nope` is not known here",
    ]
    assert len(check("nope-x - y", NAMES)) == 3
