"""What the shell owes a run, read off its state: attempts under way, runs that were called, and when to look again."""

from __future__ import annotations

from ropewalk.core.effects import Call, Effect, Perform, Wake
from ropewalk.core.state import State


def plan(state: State) -> list[Effect]:
    """The owed effects, attempts in the order in which they started. Costs as much as there is under way."""
    if state.ended or state.untouched:
        return []
    owed: list[Effect] = []
    for key in state.running:
        st = state.steps[key]
        owed.append(Perform(key, st.round, st.attempt))
    for key in state.calls:
        st = state.steps[key]
        owed.append(Call(key, st.round, st.child))
    due = next_due(state)
    if due is not None:
        owed.append(Wake(due))
    return owed


def next_due(state: State) -> float | None:
    """When something happens by itself next, in unix seconds; None when nothing will."""
    if state.ended or (state.status == "paused" and state.reason in {"by request", "imported"}):
        return None
    alarm = state.alarms[0][0] if state.alarms else None
    if state.deadline is None or state.clock_stands:
        return alarm
    return state.deadline if alarm is None else min(alarm, state.deadline)
