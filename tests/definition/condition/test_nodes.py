"""The tree: every node is reached once with its depth, and a plain path turns into segments and back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ropewalk.definition.condition.nodes import Literal, Name, Node, Unary, children, path, path_text, walk
from ropewalk.definition.condition.syntax import parse


@pytest.mark.parametrize(
    ("source", "below"),
    [
        ("1", []),
        ("a", []),
        ("a.b", ["a"]),
        ("has(a.b)", ["a.b"]),
        ("a[b]", ["a", "b"]),
        ("f(a, b)", ["a", "b"]),
        ("a.f(b)", ["a", "b"]),
        ("f()", []),
        ("a.map(x, b, c)", ["a", "b", "c"]),
        ("[a, b]", ["a", "b"]),
        ("{a: b, c: d}", ["a", "b", "c", "d"]),
        ("-a", ["a"]),
        ("a < b", ["a", "b"]),
        ("a && b && c", ["a", "b", "c"]),
        ("a ? b : c", ["a", "b", "c"]),
    ],
)
def test_a_node_has_its_parts_below_it_in_written_order(source: str, below: list[str]):
    parts = children(parse(source))
    assert [".".join(path(part) or ("?",)) for part in parts] == below


@pytest.mark.parametrize(
    ("source", "depths"),
    [
        ("a", [1]),
        ("a + b * c", [1, 2, 2, 3, 3]),
        ("a && b && c && d", [1, 2, 2, 2, 2]),
        ("a.map(x, [x])", [1, 2, 2, 3]),
    ],
)
def test_every_node_is_reached_once_from_the_top_with_its_depth(source: str, depths: list[int]):
    assert [depth for _, depth in walk(parse(source))] == depths


def test_a_tree_of_any_depth_is_measured_without_recursion():
    node: Node = Name(0, "a")
    for _ in range(20_000):
        node = Unary(0, "!", node)
    assert max(depth for _, depth in walk(node)) == 20_001


@pytest.mark.parametrize(
    ("source", "segments"),
    [
        ("a", ("a",)),
        ("a.b['c-d'].e", ("a", "b", "c-d", "e")),
        ("a['']", ("a", "")),
        ("a[0].b", None),
        ("a[b]", None),
        ("a[null]", None),
        ("f(a).b", None),
        ("[a].b", None),
        ("-a", None),
        ("'a'", None),
    ],
)
def test_a_plain_path_is_known_as_one(source: str, segments):
    assert path(parse(source)) == segments


@pytest.mark.parametrize(
    ("segments", "text"),
    [
        ((), "a"),
        (("b", "_c1"), "a.b._c1"),
        (("b-c", "d"), 'a["b-c"].d'),
        (("in", "null", "true", "false"), 'a["in"]["null"]["true"]["false"]'),
        (("1",), 'a["1"]'),
        (("",), 'a[""]'),
        (("größe",), 'a["größe"]'),
        (('q"\\',), 'a["q\\"\\\\"]'),
        (("line\nfeed",), 'a["line\\nfeed"]'),
    ],
)
def test_a_path_is_written_with_brackets_only_where_they_are_needed(segments, text: str):
    assert path_text("a", segments) == text


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=4))
def test_a_path_that_is_written_reads_as_the_same_path(segments: list[str]):
    assert path(parse(path_text("a", segments))) == ("a", *segments)


def test_nodes_of_one_text_are_equal_and_know_their_columns():
    assert parse("a.b == 'x'") == parse("a.b == 'x'")
    assert parse("a.b == 'x'") != parse("a.b  == 'x'")
    assert [node.at for node, _ in walk(parse("a == 'x'"))] == [2, 0, 5]
    assert children(Literal(0, None)) == ()
