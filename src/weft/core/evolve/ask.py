"""What facts about questions to people do to the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from weft.core import events as e
from weft.core.joins import offer
from weft.core.state import State

HOLDS_STEP = frozenset({"question", "before", "fact", "route", "escalation", "failure", "conflict"})
"""Asks for which the step itself waits, holding no place. An approval waits by `step.produced`, a permission runs on."""


def _opened(state: State, event: e.AskOpened, at: float) -> None:
    state.asks[event.ask] = event
    state.ask_count += 1
    st = state.steps.get(event.step)
    if st is None:
        return
    st.ask = event.ask
    if event.about in HOLDS_STEP and st.status in {"pending", "running"}:
        st.status, st.on, st.offered = "waiting", "answer", ""
        state.running.pop(st.key, None)


def _answered(state: State, event: e.AskAnswered, at: float) -> None:
    opened = state.asks.pop(event.ask, None)
    state.answers[event.ask] = event
    state.recoveries = 0
    st = state.steps.get(event.step)
    if st is None or opened is None:
        return
    if st.ask == event.ask:
        st.ask = ""
    if opened.about == "before":
        st.asked = True
    if opened.about == "failure" and event.verdict in {"fail", "reject"}:
        state.failing = True
    if opened.about in {"before", "fact", "route"} and st.status == "waiting" and st.result is None:
        st.status, st.on = "pending", ""
        offer(state, st)


def _withdrawn(state: State, event: e.AskWithdrawn, at: float) -> None:
    state.asks.pop(event.ask, None)
    st = state.steps.get(event.step)
    if st is not None and st.ask == event.ask:
        st.ask = ""


HANDLERS: dict[type[e.Event], Callable[[State, Any, float], None]] = {
    e.AskOpened: _opened,
    e.AskAnswered: _answered,
    e.AskWithdrawn: _withdrawn,
}
