"""The tables of transitions by type of event, as folding needs them, and what every change of a step's status brings along."""

from __future__ import annotations

from typing import get_args

from ropewalk.core import events as e
from ropewalk.core.joins import step_ended, step_reopened
from ropewalk.core.state import STEP_ENDED, State, StepState, Unwanted
from ropewalk.core.transitions import RUN_TRANSITIONS, STEP_TRANSITIONS, Table
from ropewalk.core.work import Amount

Ways = dict[str, tuple[str, ...]]


def _by_event(table: Table) -> dict[type[e.Event], Ways]:
    found: dict[type[e.Event], Ways] = {}
    for kind in get_args(e.AnyEvent):
        tag = kind.__struct_config__.tag
        ways = {before: after for (before, event), after in table.items() if event == tag}
        if ways:
            found[kind] = ways
    return found


_NOTHING = Amount()

RUN_WAYS = _by_event(RUN_TRANSITIONS)
STEP_WAYS = _by_event(STEP_TRANSITIONS)


def move(state: State, st: StepState, after: str, at: float) -> None:
    """Give a step its next status and keep all counts true. `cause` of a skipped step is set before."""
    before = st.status
    if before == "running":
        clock(state, st, at)
    if before in STEP_ENDED:
        step_reopened(state, st)
    st.status = after  # type: ignore[assignment]
    st.queued = ""
    if before == "running":
        _let_go(state, st)
    if before == "waiting" or st.until is not None:
        state.timers.pop(st.key, None)
        st.on, st.until, st.detail = "", None, ""
    if after in STEP_ENDED:
        st.ended_at = at
        state.deadlines.pop(st.key, None)
        step_ended(state, st)


def clock(state: State, st: StepState, at: float) -> None:
    """Count how long the attempt under way has worked until now; it is counted once."""
    if st.begun_at is None:
        return
    took = max(at - st.begun_at, 0.0)
    st.begun_at = None
    st.seconds += took
    state.spent.seconds += took
    state.spent.longest_seconds = max(state.spent.longest_seconds, took)


def _let_go(state: State, st: StepState) -> None:
    """What an attempt or a call held is free again; a called run whose end was not heard is not wanted any more."""
    if st.key in state.calls:
        state.unwanted[st.child] = Unwanted(st.key, st.round, st.child_spent, st.child_granted)
    for held in (state.running, state.calls, state.moving):
        held.pop(st.key, None)
    if st.reserved != _NOTHING:
        spent = state.spent
        spent.reserved_usd = max(0.0, spent.reserved_usd - st.reserved.cost_usd)
        spent.reserved_tokens = max(0, spent.reserved_tokens - st.reserved.tokens)
        st.reserved = _NOTHING
    for key in st.items:
        state.steps[key].queued = ""


def forget(state: State, key: str) -> None:
    """An item that a new round does without."""
    st = state.steps.pop(key)
    _let_go(state, st)
    state.timers.pop(key, None)
    state.deadlines.pop(key, None)
