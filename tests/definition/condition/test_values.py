"""JSON values: equal by value and never by accident, found by path, and compared in a bounded number of steps."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from ropewalk.definition.condition.values import (
    ABSENT,
    before,
    inside,
    is_number,
    item,
    kind_of,
    length,
    look,
    same,
    weight,
)

MOST = 10_000


@pytest.mark.parametrize(
    ("value", "kind", "number"),
    [
        (None, "null", False),
        (True, "bool", False),
        (0, "int", True),
        (0.0, "double", True),
        ("", "string", False),
        ([], "list", False),
        ((), "list", False),
        ({}, "map", False),
        (MappingProxyType({}), "map", False),
        (b"", "bytes", False),
    ],
)
def test_a_value_is_of_a_kind(value, kind: str, number: bool):
    assert (kind_of(value), is_number(value)) == (kind, number)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (80, 80.0, True),
        (2**53 + 1, float(2**53), False),
        (1, True, False),
        (False, 0, False),
        (1, "1", False),
        (None, False, False),
        (None, None, True),
        ("é", "e\u0301", False),
        ([1, [2.0]], (1.0, (2,)), True),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ([True], [1], False),
        ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 1}, False),
        ({"a": None}, {"b": None}, False),
        ({"a": {"b": [1]}}, MappingProxyType({"a": {"b": (True,)}}), False),
        ([], {}, False),
        ([], "", False),
        (float("nan"), float("nan"), False),
    ],
)
def test_values_are_the_same_by_value_on_all_levels(left, right, equal: bool):
    assert same(left, right, MOST)[0] is equal
    assert same(right, left, MOST)[0] is equal


def test_values_of_any_depth_are_compared_without_recursion():
    left: list = []
    right: list = []
    for _ in range(5_000):
        left, right = [left], [right]
    assert same(left, right, MOST * 10)[0]


def test_a_comparison_stops_when_it_has_taken_its_steps():
    row = list(range(100))
    rows = [row] * 100_000
    is_same, steps = same(rows, list(rows), 250_000)
    assert not is_same
    assert 250_000 < steps < 251_000
    is_inside, steps = inside(rows, [[], list(rows), rows], 250_000)
    assert not is_inside
    assert 250_000 < steps < 251_000


def test_the_steps_of_a_comparison_grow_with_what_is_compared():
    assert same(1, 1, MOST) == (True, 1)
    assert same([1] * 100, [1] * 100, MOST)[1] >= 100
    assert same(dict.fromkeys("abc"), {}, MOST)[1] >= 3
    assert same("x" * 10**6, "x" * 10**6, MOST)[1] > 900


@pytest.mark.parametrize(
    ("left", "right", "is_inside"),
    [
        (2.0, [1, 2], True),
        (True, [1], False),
        ([1], [[1.0]], True),
        (1, (), False),
        ("a", {"a": None}, True),
        ("b", {"a": "b"}, False),
    ],
)
def test_in_looks_at_items_of_lists_and_keys_of_maps(left, right, is_inside: bool):
    assert inside(left, right, MOST)[0] is is_inside


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [("a", "abc", "string and string"), (1, {"1": 1}, "int and map"), (None, None, "null and null")],
)
def test_in_takes_nothing_else(left, right, message: str):
    with pytest.raises(ValueError, match=f"^`in` does not take {message}$"):
        inside(left, right, MOST)


@pytest.mark.parametrize(
    ("sign", "left", "right", "holds"),
    [
        ("<", 1, 1.5, True),
        ("<=", 2, 2.0, True),
        (">", 10**400, 1e308, True),
        (">=", "b", "a", True),
        ("<", "Z", "a", True),
        ("<", False, True, True),
        (">", True, True, False),
    ],
)
def test_like_values_have_an_order(sign: str, left, right, holds: bool):
    assert before(sign, left, right) is holds


@pytest.mark.parametrize(
    ("left", "right"), [(1, True), (1, "1"), (None, None), ([1], [2]), ({}, {}), (1.5, None)]
)
def test_unlike_values_have_no_order(left, right):
    with pytest.raises(ValueError, match=f"`<` cannot order {kind_of(left)} and {kind_of(right)}"):
        before("<", left, right)


@pytest.mark.parametrize(
    ("owner", "key", "value"),
    [
        ([5, 6], 0, 5),
        ([5, 6], 1.0, 6),
        ((5,), 0, 5),
        ({"a": None}, "a", None),
        (MappingProxyType({"": 1}), "", 1),
    ],
)
def test_an_item_is_asked_by_whole_number_or_by_text(owner, key, value):
    assert item(owner, key) == value


@pytest.mark.parametrize(
    ("owner", "key", "message"),
    [
        ([5], 1, "there is no item 1, the list has 1"),
        ([5], -1, "there is no item -1, the list has 1"),
        ([5], 0.5, "list cannot be asked with double"),
        ([5], float("inf"), "list cannot be asked with double"),
        ([5], float("nan"), "list cannot be asked with double"),
        ([5], True, "list cannot be asked with bool"),
        ([5], "0", "list cannot be asked with string"),
        ({"a": 1}, "b", "there is no `b` in the map that is asked for it"),
        ({"1": 1}, 1, "map cannot be asked with int"),
        ("abc", 0, "string cannot be asked with int"),
        (None, "a", "null cannot be asked with string"),
    ],
)
def test_an_item_that_is_not_there_is_refused(owner, key, message: str):
    with pytest.raises(ValueError, match=f"^{message}$"):
        item(owner, key)


@pytest.mark.parametrize(
    ("segments", "value"),
    [
        ((), {"a": {"b": None}}),
        (("a",), {"b": None}),
        (("a", "b"), None),
        (("a", "c"), ABSENT),
        (("a", "b", "c"), ABSENT),
        (("x", "y"), ABSENT),
    ],
)
def test_a_path_leads_to_a_value_or_nowhere(segments, value):
    seen = look({"a": {"b": None}}, segments)
    assert seen is value if value is ABSENT else seen == value


@pytest.mark.parametrize(
    ("value", "count"), [("é😀", 2), ([1], 1), ({"a": 1}, 1), (5, 0), (None, 0), (True, 0)]
)
def test_what_has_no_items_has_no_length(value, count: int):
    assert length(value) == count


def test_counting_stops_past_the_most():
    assert weight([[1, 2], {"a": "x" * 640}], MOST) == 3 + 3 + 1 + 1 + 2 + 11
    endless: list = []
    endless.append(endless)
    assert weight(endless, 100) == 102
