"""What facts about questions to people do to the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ropewalk.core import events as e
from ropewalk.core.alarms import set_expiry
from ropewalk.core.evolve.arrows import STEP_WAYS, move
from ropewalk.core.joins import enqueue
from ropewalk.core.state import State, StepState

HOLDS_STEP = frozenset({"question", "before", "fact", "route", "escalation", "failure", "conflict"})
"""Asks for which the step itself waits, holding no slot. An approval waits by `step.produced`, a permission runs on."""
LETS_BEGIN = frozenset({"before", "fact", "route"})
"""Asks after which a step that has not worked yet is looked at again."""


def _opened(state: State, event: e.AskOpened, at: float) -> None:
    state.asks[event.ask] = event
    state.ask_count += 1
    if event.fact:
        state.wanted.setdefault(event.fact, {})[event.ask] = None
    set_expiry(state, event)
    st = state.steps.get(event.step)
    if st is None:
        return
    st.asks[event.ask] = None
    if event.about in HOLDS_STEP and st.status in STEP_WAYS[e.AskOpened]:
        move(state, st, "waiting", at)
        st.on = "answer"
        state.deadlines.pop(st.key, None)


def _answered(state: State, event: e.AskAnswered, at: float) -> None:
    opened, st = _closed(state, event)
    state.answers[event.ask] = event
    state.recoveries = 0
    if opened is None or st is None:
        return
    if opened.about == "before":
        st.asked = True
    if opened.about in LETS_BEGIN and st.status == "waiting" and st.result is None:
        move(state, st, "pending", at)
        enqueue(state, st)


def _withdrawn(state: State, event: e.AskWithdrawn, at: float) -> None:
    _closed(state, event)


def _closed(
    state: State, event: e.AskAnswered | e.AskWithdrawn
) -> tuple[e.AskOpened | None, StepState | None]:
    opened = state.asks.pop(event.ask, None)
    if opened is None:
        return None, None
    if opened.fact in state.wanted:
        state.wanted[opened.fact].pop(event.ask, None)
        if not state.wanted[opened.fact]:
            del state.wanted[opened.fact]
    st = state.steps.get(opened.step)
    if st is not None:
        st.asks.pop(event.ask, None)
    return opened, st


HANDLERS: dict[type[e.Event], Callable[[State, Any, float], None]] = {
    e.AskOpened: _opened,
    e.AskAnswered: _answered,
    e.AskWithdrawn: _withdrawn,
}
