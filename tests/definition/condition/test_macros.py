"""`all`, `exists`, `exists_one`, `filter` and `map`: CEL's meaning, each item in its order, each item counted."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from ropewalk.definition.condition.closures import closure
from ropewalk.definition.condition.env import MAX_STEPS, Env
from ropewalk.definition.condition.syntax import parse
from ropewalk.errors import ConditionError


def value(source: str, **scope):
    return closure(parse(source), {})(Env(scope))


@pytest.mark.parametrize("empty", [[], (), {}])
@pytest.mark.parametrize(
    ("macro", "result"),
    [
        ("all(x, false)", True),
        ("exists(x, true)", False),
        ("exists_one(x, true)", False),
        ("filter(x, true)", []),
        ("map(x, x)", []),
        ("map(x, true, x)", []),
    ],
)
def test_of_nothing_all_is_true_and_the_others_have_nothing(empty, macro: str, result):
    assert value(f"l.{macro}", l=empty) == result


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("l.all(x, x > 0)", True),
        ("l.all(x, x > 1)", False),
        ("l.exists(x, x == 3)", True),
        ("l.exists(x, x == 4)", False),
        ("l.exists_one(x, x > 2)", True),
        ("l.exists_one(x, x > 1)", False),
        ("l.filter(x, x != 2)", [1, 3]),
        ("l.map(x, x * 2)", [2, 4, 6]),
        ("l.map(x, x != 2, x * 2)", [2, 6]),
        ("l.map(x, [x])", [[1], [2], [3]]),
    ],
)
def test_a_list_is_gone_through_item_by_item(source: str, result):
    assert value(source, l=[1, 2, 3]) == result
    assert value(source, l=(1, 2, 3)) == result


def test_a_map_is_gone_through_in_the_order_of_its_keys():
    keys = [f"k{number}" for number in (5, 3, 9, 1, 7)]
    assert value("m.filter(k, m[k])", m=dict.fromkeys(keys, True)) == keys
    assert value("m.map(k, k)", m=MappingProxyType(dict.fromkeys(keys))) == keys


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("l.exists(x, x / 0 == 1 || x == 3)", True),
        ("l.exists(x, 6 / (x - 1) == 3)", True),
        ("l.all(x, 6 / (x - 1) > 4)", False),
    ],
)
def test_an_error_is_forgotten_when_another_item_decides_alone(source: str, result: bool):
    assert value(source, l=[1, 2, 3]) is result


@pytest.mark.parametrize(
    "source",
    [
        "l.exists(x, 6 / (x - 1) == 100)",
        "l.all(x, 6 / (x - 1) > 0)",
        "l.exists_one(x, 6 / (x - 1) == 3)",
        "l.filter(x, 6 / (x - 1) == 3)",
        "l.map(x, 6 / (x - 1))",
        "l.map(x, 6 / (x - 1) == 3, x)",
    ],
)
def test_an_error_at_an_item_is_an_error_where_none_decides(source: str):
    with pytest.raises(ConditionError) as error:
        value(source, l=[1, 2, 3])
    assert error.value.where["reason"] == "division by zero"


def test_of_several_errors_the_first_is_told():
    with pytest.raises(ConditionError) as error:
        value("l.all(x, m[x])", l=["one", "two"], m={})
    assert "there is no `one`" in error.value.where["reason"]


@pytest.mark.parametrize("macro", ["all", "exists", "exists_one", "filter"])
@pytest.mark.parametrize("test", [1, "true", None, [True]])
def test_a_test_that_is_neither_true_nor_false_is_an_error(macro: str, test):
    with pytest.raises(ConditionError) as error:
        value(f"l.{macro}(x, x)", l=[test])
    assert error.value.where["reason"].startswith(f"`{macro}` needs true or false")


@pytest.mark.parametrize("owner", [None, True, 1, 1.5, "abc"])
def test_only_lists_and_maps_are_gone_through(owner):
    with pytest.raises(ConditionError) as error:
        value("l.map(x, x)", l=owner)
    assert "`map` goes through a list or a map" in error.value.where["reason"]


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("l.map(x, l.map(x, x * 10))", [[10, 20], [10, 20]]),
        ("l.map(x, l.map(y, x * 10 + y))", [[11, 12], [21, 22]]),
        ("l.map(l, l + 1)", [2, 3]),
        ("l.map(x, [x].map(y, y).all(z, z == x) && x == 1)", [True, False]),
        ("l.filter(y, l.exists(x, x > y)).map(x, x)", [1]),
    ],
)
def test_a_variable_hides_the_same_name_outside_and_only_inside(source: str, result):
    assert value(source, l=[1, 2]) == result


def test_what_is_gone_through_stays_as_it_is():
    items = [3, 1, 2]
    assert value("l.filter(x, true)", l=items) is not items
    assert items == [3, 1, 2]


@pytest.mark.parametrize("macro", ["all(x, x >= 0)", "exists(x, x < 0)", "map(x, x)", "map(x, x < 0, x)"])
def test_each_item_takes_steps(macro: str):
    few, many = Env({"l": list(range(10))}), Env({"l": list(range(1_000))})
    for env in (few, many):
        closure(parse(f"l.{macro}"), {})(env)
    assert MAX_STEPS - many.left >= 90 * (MAX_STEPS - few.left)


@pytest.mark.parametrize("macro", ["all(x, x / 0 == 1)", "exists(x, x / 0 == 1)"])
def test_running_out_of_steps_is_never_forgotten(macro: str):
    env = Env({"l": list(range(1_000))})
    env.left = 500
    with pytest.raises(ConditionError) as error:
        closure(parse(f"l.{macro} || true"), {})(env)
    assert error.value.where["reason"] == "it would go through too many items"
