"""A workflow taken through the rules alone: every attempt succeeds at once and tells the facts that it is asked for."""

from __future__ import annotations

from typing import NamedTuple

from ropewalk.core.commands import Advance, Create, Report
from ropewalk.core.decide import decide
from ropewalk.core.events import Event, StepStarted
from ropewalk.core.plan import Perform, plan
from ropewalk.core.state import Graph, State, new_state
from ropewalk.core.work import Options, Outcome
from ropewalk.definition.stored import workflow_digest
from ropewalk.definition.workflow import Workflow

MOST = 3_000


class Rehearsed(NamedTuple):
    """How a run went: its end, the steps in the order in which they began, and everything that happened."""

    state: State
    started: list[str]
    events: list[Event]


def rehearse(workflow: Workflow, assume: bool, facts: dict | None = None) -> Rehearsed:
    """The run to its end, or for as long as anything may reasonably last."""
    state = new_state("r", workflow, Graph(workflow))
    options = Options(assume=assume, answer_all="everybody")
    events = decide(
        state, Create(workflow.name, workflow_digest(workflow), facts=facts or {}, options=options), 0.0
    )
    events += decide(state, Advance(), 0.0)
    while not state.ended and len(events) < MOST * 4:
        owed = [effect for effect in plan(state) if isinstance(effect, Perform)]
        assert owed, f"nothing is owed, but the run is {state.status}: {state.reason} {state.detail}"
        for effect in owed:
            step = workflow.steps[state.steps[effect.step].index]
            told = {name: _value(workflow, name, assume) for name in step.facts}
            outcome = Outcome(facts=told, route=_route(step, assume))
            events += decide(state, Report(effect.step, effect.round, effect.attempt, outcome), 0.0)
        events += decide(state, Advance(), 0.0)
    return Rehearsed(state, [event.step for event in events if isinstance(event, StepStarted)], events)


def _value(workflow: Workflow, name: str, assume: bool):
    fact = workflow.facts[name]
    if fact.choices:
        return fact.choices[0 if assume else -1]
    return {"boolean": assume, "number": 1, "integer": 1}.get(fact.type, "")


def _route(step, assume: bool) -> str:
    if step.decision is None or step.decision.by != "role":
        return ""
    return str(step.decision.routes[0 if assume else -1].name)


def in_loops(workflow: Workflow) -> set[str]:
    """The steps that a way back may re-open."""
    graph = Graph(workflow)
    ids = [step.id for step in workflow.steps]
    return {ids[i] for step in workflow.steps if step.back_to for i in graph.body(step.back_to.to, step.id)}
