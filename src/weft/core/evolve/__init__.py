"""What a fact does to the state. Total: it never refuses, and an event costs the same however large the run is.

The state is moved forward in place and returned (docs/decisions/0001).
"""

from __future__ import annotations

from collections.abc import Iterable

from weft.core.events import Event
from weft.core.evolve import ask, run, step
from weft.core.joins import sweep
from weft.core.state import State

_HANDLERS = {**run.HANDLERS, **step.HANDLERS, **ask.HANDLERS}


def evolve(state: State, event: Event, at: float) -> State:
    """Fold one event that became true at `at` (unix seconds)."""
    handler = _HANDLERS.get(type(event))
    if handler is not None:
        handler(state, event, at)
    state.version += 1
    state.updated_at = at
    if state.ready or state.prompt:
        sweep(state)
    return state


def fold(state: State, history: Iterable[tuple[Event, float]]) -> State:
    """Fold events with their times, oldest first."""
    for event, at in history:
        evolve(state, event, at)
    return state
