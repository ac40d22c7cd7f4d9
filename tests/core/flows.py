"""Small workflows for the tests of the core, and what is said of them again and again."""

from __future__ import annotations

from typing import Any

from ropewalk.core import commands as c
from ropewalk.definition.workflow import Phase, Step, Workflow
from ropewalk.testing.given import Given, given

GO = c.Advance()


def flow(*steps: Step, **fields: Any) -> Workflow:
    """The phases are those that the steps name."""
    phases = tuple(Phase(name) for name in dict.fromkeys(s.phase for s in steps if s.phase))
    return Workflow("w", steps, phases=phases, **fields)


def noop(name: str, *needs: str, **fields: Any) -> Step:
    return Step(name, "noop", needs=needs, **fields)


def started(workflow: Workflow, **creation: Any) -> Given:
    """A run that has gone as far as it goes at time 0."""
    return given(workflow, **creation).after(GO)


def answer(ask: str, verdict: str = "approve", by: str = "ann", **fields: Any) -> c.Answer:
    return c.Answer(ask=ask, verdict=verdict, by=by, **fields)
