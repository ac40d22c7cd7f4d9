"""What going round again does to the state: exactly the steps between are open again, each in its next round.

A loop inside the body begins to count its turns anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ropewalk.core import events as e
from ropewalk.core.evolve.arrows import forget, move
from ropewalk.core.evolve.step import absolve, refresh
from ropewalk.core.joins import enqueue
from ropewalk.core.state import State, StepState
from ropewalk.core.work import Feedback


def open_round(state: State, st: StepState, at: float) -> None:
    """Nothing of the round before is left but its number, what it cost and the feedback that it got."""
    move(state, st, "pending", at)
    refresh(st)
    absolve(state, st)
    state.deadlines.pop(st.key, None)
    st.round = 1 + max((state.steps[item].round for item in st.items), default=st.round)
    st.attempt = 0
    st.verdicts, st.failures = [], []
    for item in st.items:
        absolve(state, state.steps[item])
        forget(state, item)
    st.items, st.open_items, st.broken_items, st.queue = (), 0, 0, []


def _round(state: State, event: e.RoundOpened, at: float) -> None:
    origin, target = state.steps.get(event.step), state.steps.get(event.to)
    body = [state.steps[key] for key in event.steps if key in state.steps]
    earlier = _left_by(target) if target is not None else None
    if origin is not None:
        origin.turns = event.turn
    for st in body:
        open_round(state, st, at)
        st.feedback, st.earlier = [], None
        if st is not origin:
            st.turns = 0
    if target is not None:
        target.earlier = earlier
        source = event.source or event.step
        target.feedback = [Feedback(source=source, text=event.reason, findings=event.findings)]
    for st in body:
        enqueue(state, st)


def _left_by(st: StepState) -> e.Result | None:
    """The work that came back, which is fixed and not done anew; nothing where no commit holds it."""
    return st.result if st.result is not None and st.result.commit else st.earlier


HANDLERS: dict[type[e.Event], Callable[[State, Any, float], None]] = {e.RoundOpened: _round}
