"""What the shell owes a run, read off its state: attempts under way, called runs to drive or to end, and when to look again.

The driver starts what stands here and is not under way, and stops what is under way and does not stand here; it knows of no
other source of work. So what the simulation proves of `plan` holds for what runs.
"""

from __future__ import annotations

from ropewalk.core.effects import Call, Effect, EndCall, Perform, Wake
from ropewalk.core.state import State


def plan(state: State) -> list[Effect]:
    """The owed effects, attempts in the order in which they started. Costs as much as there is under way.

    A run that has ended owes only the end of what it called and did not wait for.
    """
    if state.untouched:
        return []
    owed: list[Effect] = [EndCall(left.step, left.round, child) for child, left in state.unwanted.items()]
    if state.ended:
        return owed
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
