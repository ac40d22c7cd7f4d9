"""The workflow as the rules need it: who needs whom, and what lies between two steps."""

from __future__ import annotations

from ropewalk.core.state import Graph
from ropewalk.definition.workflow import Decision, Foreach, Ref, Route, Step
from tests.core.flows import flow, noop

DIAMOND = Graph(flow(noop("a"), noop("b", "a"), noop("c", "a"), noop("d", "b", "c"), noop("e")))


def named(graph: Graph, indexes: object) -> list[str]:
    assert isinstance(indexes, tuple | set)
    return [graph.steps[i].id for i in sorted(indexes)]


def test_needs_are_those_that_were_written_and_those_that_follow_from_files_and_routes():
    d = Step("d", "decide", decision=Decision((Route("x", to=("r",)),)))
    graph = Graph(flow(noop("w", creates=(Ref("f"),)), d, noop("r", requires=(Ref("f"),))))
    assert named(graph, graph.needs[2]) == ["w", "d"]
    assert named(graph, graph.followers[0]) == ["r"]


def test_between_two_steps_lies_every_way_and_both_ends():
    assert named(DIAMOND, DIAMOND.body("a", "d")) == ["a", "b", "c", "d"]
    assert named(DIAMOND, DIAMOND.body("b", "d")) == ["b", "d"]
    assert named(DIAMOND, DIAMOND.body("c", "c")) == ["c"]
    assert DIAMOND.body("a", "d") is DIAMOND.body("a", "d")


def test_after_a_step_comes_what_needs_it_and_so_on():
    assert named(DIAMOND, DIAMOND.after(["b"])) == ["b", "d"]


def test_sinks_are_what_nobody_needs():
    assert named(DIAMOND, DIAMOND.sinks) == ["d", "e"]


def test_a_condition_is_for_each_item_when_it_names_it():
    each = Foreach("inputs.xs", "item")
    graph = Graph(
        flow(noop("a", foreach=each, when="item > 1"), noop("b", foreach=each, when="inputs.items > 1"))
    )
    assert graph.each_when == [True, False]


def test_a_name_in_a_text_or_of_a_field_is_not_the_item():
    each = Foreach("[1, 2]", "item")
    whens = (
        'inputs.mode == "item"',
        "inputs.item > 1",
        "[1].exists(item, item > 1)",
        "this is no condition (",
    )
    graph = Graph(flow(*(noop(f"s{n}", foreach=each, when=when) for n, when in enumerate(whens))))
    assert graph.each_when == [False] * 4


def test_graphs_of_the_same_steps_are_the_same():
    assert Graph(flow(noop("a"))) == Graph(flow(noop("a")))
    assert Graph(flow(noop("a"))) != Graph(flow(noop("b")))
