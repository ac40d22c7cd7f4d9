"""One evaluation has a number of steps, and no condition gets past it, whatever it makes or compares."""

from __future__ import annotations

import pytest

from ropewalk.definition.condition import compile_condition, env
from ropewalk.definition.condition.env import MAX_STEPS, Env, missing, wrong
from ropewalk.errors import ConditionError


def test_the_last_step_may_be_taken_and_none_after_it():
    budget = Env({})
    budget.spend(MAX_STEPS, 3)
    assert budget.left == 0
    with pytest.raises(ConditionError) as error:
        budget.spend(1, 7)
    assert error.value.column == 7
    assert error.value.where["reason"] == "it would go through too many items"
    assert error.value.where["hint"] == "let a step work it out and give it as an output"


def test_two_evaluations_share_nothing():
    scope = {"a": 1}
    first, second = Env(scope), Env(scope)
    first.bound[0] = "x"
    first.spend(5, 0)
    assert (second.bound, second.left) == ({}, MAX_STEPS)


def test_the_error_of_a_part_has_its_column_and_leaves_the_expression_to_the_condition():
    error = wrong(4, "it is odd", "fix it")
    assert (error.column, error.where["reason"], error.where["hint"]) == (4, "it is odd", "fix it")
    assert error.where["expression"] == ""


@pytest.mark.parametrize(
    ("segments", "sentence"),
    [
        (("x",), "`x` is missing (nothing of that name is given)"),
        (("x", "y"), "`x.y` is missing (nothing of that name is given)"),
        (("a", "x"), "`a.x` is missing (`a` has no `x`)"),
        (("a", "x", "y"), "`a.x.y` is missing (`a` has no `x`)"),
        (("a", "b", "c"), "`a.b.c` is missing (`a.b` has no `c`)"),
        (("a", "none", "c"), "`a.none.c` is missing (`a.none` has no `c`)"),
    ],
)
def test_a_missing_value_is_named_with_the_place_where_the_path_ends(segments, sentence: str):
    assert missing({"a": {"b": {}, "none": None}}, segments) == sentence


ROWS = {"l": list(range(5_000)), "m": list(range(5_000)), "s": "x" * 90_000}


@pytest.mark.parametrize(
    ("source", "scope"),
    [
        ("l.all(x, l.all(y, l.all(z, z >= 0)))", {"l": list(range(1000))}),
        ("l.map(x, l.map(y, x + y))", {"l": list(range(2000))}),
        ("l.filter(x, l.exists(y, y == x && false))", {"l": list(range(2000))}),
        ("l.all(x, x in l)", ROWS),
        ("l.all(x, l == m)", ROWS),
        ("l.exists(x, m in [n])", {**ROWS, "n": list(range(1, 5001))}),
        ("l.map(x, s + s)", ROWS),
        ("l.map(x, 'a' + s)", ROWS),
        ("l.map(x, l + l)", ROWS),
        ("l.map(x, [0] + l)", ROWS),
        ("l.map(x, ['a', s].join(''))", ROWS),
        ("l.map(x, t.replace('x', t))", {"l": list(range(5_000)), "t": "x" * 900}),
        ("l.all(x, s.contains('y') || true)", ROWS),
        ("l.all(x, s.split('').size() > 0)", ROWS),
        ("l.all(x, s.matches('(x+x+)+y') || true)", {"l": list(range(20_000)), "s": "x" * 100}),
        ("l.map(x, l) == l.map(x, m)", ROWS),
        ("l.map(x, l) in [l.map(x, m)]", ROWS),
        ("l.exists(x, nope.a) || l.exists(x, l.exists(y, l.exists(z, z < 0)))", {"l": list(range(1000))}),
    ],
)
def test_a_condition_cannot_work_without_end(source: str, scope, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(env, "MAX_STEPS", env.MAX_STEPS // 10)  # each of them is past the whole, too
    with pytest.raises(ConditionError, match="it would go through too many items"):
        compile_condition(source).value(scope)
