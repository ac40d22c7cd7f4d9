"""How a run begins: with what it was given, or with what a fork brings along."""

from __future__ import annotations

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.state import Graph, new_state
from ropewalk.core.work import Parent, Usage
from ropewalk.definition.workflow import Fact, Step
from ropewalk.testing.given import Given, given
from tests.core.flows import GO, flow, noop

TWO = flow(noop("a"), noop("b", "a"), Step("q", "ask"), facts={"x": Fact()})


def test_a_run_begins_with_all_that_it_was_given():
    parent = Parent("top", "s", 1, 1)
    run = given(
        TWO, inputs={"n": 1}, facts={"x": True}, parent=parent, labels={"team": "a"}, base={"root": "."}
    )
    state = run.state
    assert (state.inputs, state.facts, state.parent, state.labels) == (
        {"n": 1},
        {"x": True},
        parent,
        {"team": "a"},
    )


def test_a_fork_brings_along_what_was_done_and_pays_nothing_for_it():
    done_before = e.StepSucceeded("a", result=e.Outcome(outputs={"n": 1}, usage=Usage(tokens_in=9)))
    run = given(TWO, kept=(done_before,)).after(GO)
    assert run.statuses() == {"a": "succeeded", "b": "running", "q": "waiting"}
    assert run.state.spent.tokens == 0


def test_a_fork_cannot_bring_along_what_is_not_over():
    fork = c.Create("w", "", kept=(e.StepStarted("a"),))
    Given(new_state("r", TWO, Graph(TWO)), TWO).when(fork).refused(
        "step.started is nothing that a fork can keep"
    )
