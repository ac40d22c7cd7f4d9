"""What a fork keeps of the run it comes from: every step that had ended and does not come after the one it begins again at.

A foreach keeps its items with it: what they left is what the foreach left.
A route that was not taken stays so wherever its decision is kept, but for the very step that is begun at.
"""

from __future__ import annotations

from ropewalk.core import events as e
from ropewalk.core.bypass import Bypass, still_left_out
from ropewalk.core.state import State, StepState
from ropewalk.errors import NoSuchStep


def kept_events(state: State, step: str) -> tuple[e.Event, ...]:
    """Events, in written order, that put those steps on record in a new run. Raises NoSuchStep."""
    if step not in state.graph.index:
        raise NoSuchStep(run=state.run, step=step, nearest="a step's id, without an item")
    again = state.graph.after([step])
    bypassed = still_left_out(state, undecided={state.graph.steps[i].id for i in again})
    events: list[e.Event] = []
    for i, written in enumerate(state.graph.steps):
        st = state.steps[written.id]
        bypass = bypassed.get(st.key) if st.key != step else None
        if written.final:
            continue
        if i in again:
            if bypass is not None and (bypass.cause == "route" or st.status == "skipped"):
                events.append(_left_out(st, bypass))
        elif st.status == "succeeded" and st.result is not None:
            if st.route:
                events.append(e.DecisionMade(step=st.key, route=st.route, by=f"run {state.run}"))
            events += _items(state, st)
            events.append(e.StepSucceeded(step=st.key, attempt=st.attempt, result=st.result))
        elif st.cause in {"when", "operator"}:
            events += _items(state, st) if st.status == "skipped" else ()
            events.append(e.StepSkipped(st.key, cause=st.cause, reason=st.detail))
        elif st.cause and bypass is not None:
            events.append(_left_out(st, bypass))
    return tuple(events)


def _left_out(st: StepState, bypass: Bypass) -> e.StepSkipped:
    return e.StepSkipped(st.key, cause=bypass.cause, reason=bypass.reason, decision=bypass.decision)


def _items(state: State, st: StepState) -> list[e.Event]:
    """The items of a foreach, each as it ended; in a new run all of it is round 1."""
    if not st.items:
        return []
    items = [state.steps[key] for key in st.items]
    keys = tuple(item.key[len(st.key) + 1 : -1] for item in items)
    events: list[e.Event] = [
        e.StepExpanded(step=st.key, keys=keys, values=tuple(item.item for item in items))
    ]
    for item in items:
        if item.status == "succeeded" and item.result is not None:
            events.append(e.StepSucceeded(step=item.key, attempt=item.attempt, result=item.result))
        elif item.status == "skipped" and item.cause:
            events.append(e.StepSkipped(item.key, cause=item.cause, reason=item.detail))
        else:
            reason = item.failure.message if item.failure is not None else item.detail
            events.append(e.StepSkipped(item.key, cause="need", reason=reason))
    return events
