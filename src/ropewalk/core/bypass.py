"""What a decision leaves out: the steps that only its other routes lead to, and the rest where its route ends the run.

It holds for as long as the decision stands, also for a step that somebody had skipped before, or that is opened again.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from ropewalk.core.events import SkipCause
from ropewalk.core.state import State, StepState
from ropewalk.definition import Decision, Route


class Bypass(NamedTuple):
    """Why a step is left out, and by which decision."""

    decision: str
    cause: SkipCause
    reason: str


def left_out(state: State, decider: StepState) -> dict[str, Bypass]:
    """What the decision that was made leaves out, in the order in which it is put on record."""
    graph = state.graph
    decision = graph.steps[decider.index].decision or Decision()
    chosen = next((route for route in decision.routes if route.name == decider.route), None)
    if chosen is None:
        return {}
    on_the_way = _targets(state, chosen)
    others = {step for route in decision.routes for step in _targets(state, route)} - on_the_way
    bypass = Bypass(decider.key, "route", f"route {chosen.name} was taken")
    found = dict.fromkeys(sorted(others, key=graph.index.__getitem__), bypass)
    if chosen.end:
        kept = graph.after(on_the_way)
        over = Bypass(decider.key, "end", f"route {chosen.name} ends the run")
        for i, step in enumerate(graph.steps):
            if i not in kept and i != decider.index and not (step.final or step.internal):
                found.setdefault(step.id, over)
    return found


def still_left_out(state: State, undecided: Collection[str] = ()) -> dict[str, Bypass]:
    """What all decisions that stand leave out together, but for those that are about to be made anew."""
    found: dict[str, Bypass] = {}
    for i in state.graph.deciders:
        st = state.steps[state.graph.steps[i].id]
        if st.status == "succeeded" and st.key not in undecided:
            for key, bypass in left_out(state, st).items():
                found.setdefault(key, bypass)
    return found


def _targets(state: State, route: Route) -> set[str]:
    named = state.graph.named
    return {step for name in route.to for step in named.get(name, ())}
