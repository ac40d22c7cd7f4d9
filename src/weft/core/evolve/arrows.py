"""The tables of transitions by type of event, as folding needs them, and what every change of a step's status brings along."""

from __future__ import annotations

from typing import get_args

from weft.core import events as e
from weft.core.joins import arrive, leave
from weft.core.state import STEP_ENDED, State, StepState
from weft.core.transitions import RUN, STEP, Table

Ways = dict[str, tuple[str, ...]]


def _by_event(table: Table) -> dict[type[e.Event], Ways]:
    found: dict[type[e.Event], Ways] = {}
    for kind in get_args(e.AnyEvent):
        tag = kind.__struct_config__.tag
        ways = {before: after for (before, event), after in table.items() if event == tag}
        if ways:
            found[kind] = ways
    return found


RUN_WAYS = _by_event(RUN)
STEP_WAYS = _by_event(STEP)


def move(state: State, st: StepState, after: str, at: float) -> None:
    """Give a step its next status and keep all counts true. `cause` of a skipped step is set before."""
    before = st.status
    if before in STEP_ENDED:
        leave(state, st)
    st.status = after  # type: ignore[assignment]
    st.offered = ""
    if before == "running":
        _let_go(state, st)
    if before == "waiting" or st.until is not None:
        state.timers.pop(st.key, None)
        st.on, st.until, st.detail = "", None, ""
    if after in STEP_ENDED:
        st.ended_at = at
        state.deadlines.pop(st.key, None)
        arrive(state, st)


def _let_go(state: State, st: StepState) -> None:
    """What an attempt or a call held is free again."""
    for held in (state.running, state.calls, state.moving):
        held.pop(st.key, None)
    if st.reserved_usd:
        state.spent.reserved_usd = max(0.0, state.spent.reserved_usd - st.reserved_usd)
        st.reserved_usd = 0.0
    for key in st.items:
        state.steps[key].offered = ""


def forget(state: State, key: str) -> None:
    """An item that a new round does without."""
    st = state.steps.pop(key)
    _let_go(state, st)
    state.timers.pop(key, None)
    state.deadlines.pop(key, None)
