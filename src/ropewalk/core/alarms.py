"""What happens by itself, soonest first: asks expire, steps run out of time, waits are over.

A heap next to the dicts that say what holds: an alarm that they do not know any more is dropped when it comes up.
"""

from __future__ import annotations

from heapq import heappop, heappush

from ropewalk.core.events import AskOpened
from ropewalk.core.state import Alarm, State, StepState

EXPIRY, LIMIT, TIMER = 0, 1, 2


def set_expiry(state: State, opened: AskOpened) -> None:
    """An ask answers itself at its time, if it has one."""
    if opened.expires_at is not None:
        heappush(state.alarms, (opened.expires_at, EXPIRY, state.ask_count, 0, opened.ask))


def set_limit(state: State, st: StepState, at: float) -> None:
    """A step has to have ended by then."""
    state.deadlines[st.key] = at
    heappush(state.alarms, (at, LIMIT, st.index, st.place, st.key))


def set_timer(state: State, st: StepState, at: float) -> None:
    """A step waits until then."""
    st.until = state.timers[st.key] = at
    heappush(state.alarms, (at, TIMER, st.index, st.place, st.key))


def drop_stale(state: State) -> None:
    """Drop the first alarms until one still holds, so that readers may trust the first."""
    while state.alarms and not _holds(state, state.alarms[0]):
        heappop(state.alarms)


def _holds(state: State, alarm: Alarm) -> bool:
    at, kind, _, _, name = alarm
    if kind == EXPIRY:
        return name in state.asks and state.asks[name].expires_at == at
    return (state.deadlines if kind == LIMIT else state.timers).get(name) == at
