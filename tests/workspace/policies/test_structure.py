"""Meaning: keys added on both sides survive, and nobody's change is lost without a word."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ropewalk.workspace.policies.structure import MISSING, Disputed, key_order, merge_values, same, shown

scalars = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, 1.0]) | st.sampled_from("xy")
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)
maps = st.dictionaries(st.sampled_from("abcdef"), values, max_size=4)


def merged(base: Any, ours: Any, theirs: Any) -> tuple[Any, list[Any]]:
    disputed = Disputed()
    return merge_values(base, ours, theirs, "", disputed), disputed.hunks


@given(values, values)
def test_a_side_that_changed_nothing_takes_the_other(base: Any, changed: Any):
    for ours, theirs in ((changed, base), (base, changed), (changed, changed)):
        value, hunks = merged(base, ours, theirs)
        assert same(value, changed)
        assert not hunks


@given(maps, maps, maps)
def test_sides_disagree_in_as_many_places_from_either_side(base: Any, one: Any, two: Any):
    here, here_hunks = merged(base, one, two)
    there, there_hunks = merged(base, two, one)
    assert bool(here_hunks) == bool(there_hunks)
    if not here_hunks and not _has_list(here):
        assert same(here, there)


def _has_list(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_list, value.values()))
    return isinstance(value, list)


@given(
    maps, st.dictionaries(st.sampled_from("uv"), scalars), st.dictionaries(st.sampled_from("xyz"), scalars)
)
def test_keys_added_on_both_sides_survive(base: Any, mine: Any, other: Any):
    value, hunks = merged(base, {**base, **mine}, {**base, **other})
    assert same(value, {**base, **mine, **other})
    assert not hunks


@given(st.lists(scalars, max_size=4), st.lists(st.sampled_from("uv")), st.lists(st.sampled_from("xyz")))
def test_elements_appended_on_both_sides_survive(base: list[Any], mine: list[str], other: list[str]):
    value, hunks = merged(base, base + mine, base + other)
    assert not hunks
    assert same(value, base + mine + other)


def test_one_and_true_are_not_the_same():
    assert not same(1, True)
    assert not same(1, 1.0)
    assert same(float("nan"), float("nan"))
    assert not same([1], [1, 2])
    assert not same({"a": 1}, {"b": 1})
    _, [hunk] = merged(0, 1, True)
    assert (hunk.ours, hunk.theirs) == ("1", "true")


def test_a_disagreement_names_its_place_and_shows_the_three_values():
    _, [hunk] = merged({"a": {"b": 1}}, {"a": {"b": 2}}, {"a": {}})
    assert (hunk.where, hunk.base, hunk.ours, hunk.theirs) == ("a.b", "1", "2", None)
    _, [hunk] = merged(1, 2, 3)
    assert hunk.where == "the whole document"


def test_elements_with_a_name_are_joined_by_it():
    base = [{"id": 1, "done": False}, {"id": 2, "done": False}]
    ours = [{"id": 1, "done": True}, {"id": 2, "done": False}, {"id": 3}]
    theirs = [{"id": 2, "done": True}, {"id": 4}]
    value, hunks = merged(base, ours, theirs)
    assert [hunk.where for hunk in hunks] == ["[id].1"]
    value, hunks = merged(base, ours, [base[0], *theirs])
    assert not hunks
    assert [element["id"] for element in value] == [1, 2, 3, 4]
    assert [element.get("done") for element in value] == [True, True, None, None]


def test_elements_without_a_name_are_joined_in_place_or_clash():
    value, hunks = merged([{"a": 1}], [{"a": 1, "b": 1}], [{"a": 1, "c": 1}])
    assert (value, hunks) == ([{"a": 1, "b": 1, "c": 1}], [])
    _, [hunk] = merged([1, 2, 3], [1, 9, 9, 3], [1, 3])
    assert (hunk.where, hunk.ours) == ("[1]", "[\n  9,\n  9\n]")
    value, hunks = merged([1, 2, 3], [1, 3], [1, 2, 3, 4])
    assert (value, hunks) == ([1, 3, 4], [])
    value, hunks = merged([[1]], [[1, 2]], [[1, 3]])
    assert (value, hunks) == ([[1, 2, 3]], [])


def test_new_keys_stand_where_their_author_put_them():
    assert key_order(["a", "b", "z"], ["a", "c", "z"]) == ["a", "b", "c", "z"]
    assert key_order(["b"], ["a", "b"]) == ["a", "b"]
    assert key_order([], ["a"]) == ["a"]


def test_long_values_are_cut_where_they_are_shown():
    assert (shown("x" * 9000) or "").endswith(" …")
    assert shown(MISSING) is None
