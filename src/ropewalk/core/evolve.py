"""What a fact does to the state. Total: it never refuses, and an event costs the same however large the run is.

The state is moved forward in place and returned (docs/decisions/0001)."""

from __future__ import annotations

from collections.abc import Iterable

from ropewalk.core import asks, conflict, merge, plan, rounds, run, step, transitions
from ropewalk.core.events import Event, RunCreated
from ropewalk.core.state import State
from ropewalk.core.transitions import RUN_WAYS, STEP_WAYS

_OF_RUN = {**run.HANDLERS, **merge.HANDLERS, **asks.HANDLERS, **conflict.HANDLERS, **rounds.HANDLERS}
_OF_STEP = step.HANDLERS


def evolve(state: State, event: Event, at: float) -> State:
    """Fold one event that became true at `at` (unix seconds). What does not fit the tables of transitions is only counted."""
    kind = type(event)
    if kind in _OF_STEP:
        st = state.steps.get(event.step)  # type: ignore[attr-defined]
        if st is not None and (kind not in STEP_WAYS or st.status in STEP_WAYS[kind]):
            _OF_STEP[kind](state, st, event, at)
    elif kind in _OF_RUN and _fits(state, kind):
        _OF_RUN[kind](state, event, at)
    state.version += 1
    state.updated_at = at
    if state.ready or state.immediate:
        transitions.drop_stale(state)
    if state.alarms:
        plan.drop_stale(state)
    return state


def _fits(state: State, kind: type[Event]) -> bool:
    return (state.created or kind is RunCreated) and (kind not in RUN_WAYS or state.status in RUN_WAYS[kind])


def fold(state: State, history: Iterable[tuple[Event, float]]) -> State:
    """Fold events with their times, oldest first."""
    for event, at in history:
        evolve(state, event, at)
    return state
