"""Small workflows for the tests of the core, and what is said of them again and again."""

from __future__ import annotations

from typing import Any

from weft.core import commands as c
from weft.core.evolve import fold
from weft.core.graph import Graph
from weft.core.state import State, begin
from weft.definition.policy import Limits
from weft.definition.workflow import Phase, Step, Workflow
from weft.testing.given import Given, given

GO = c.Advance()


def flow(*steps: Step, limits: Limits = Limits(), **fields: Any) -> Workflow:
    """The phases are those that the steps name."""
    phases = tuple(Phase(name) for name in dict.fromkeys(s.phase for s in steps if s.phase))
    return Workflow("w", steps, limits=limits, phases=phases, **fields)


def noop(name: str, *needs: str, **fields: Any) -> Step:
    return Step(name, "noop", needs=needs, **fields)


def started(workflow: Workflow, **creation: Any) -> Given:
    """A run that has gone as far as it goes at time 0."""
    return given(workflow, **creation).after(GO)


def answer(ask: str, verdict: str = "approve", **fields: Any) -> c.Answer:
    return c.Answer(ask=ask, verdict=verdict, by="ann", **fields)


def again(run: Given) -> State:
    """The state of the same history, folded from its beginning."""
    state = run.state
    return fold(begin(state.run, state.workflow, Graph(state.workflow)), run.history)
