"""What a fork keeps of the run it comes from: every step that had ended and does not come after the one it begins again at.

A route that was not taken stays so wherever its decision is kept, but for the very step that is begun at.
"""

from __future__ import annotations

from weft.core import events as e
from weft.core.state import State, StepState
from weft.errors import NoSuchStep


def kept(state: State, step: str) -> tuple[e.Event, ...]:
    """Events, in written order, that put those steps on record in a new run. Raises NoSuchStep."""
    if step not in state.graph.index:
        raise NoSuchStep(run=state.run, step=step, nearest="a step's id, without an item")
    again = state.graph.after([step])
    events: list[e.Event] = []
    for i, written in enumerate(state.graph.steps):
        st = state.steps[written.id]
        left_out = st.key != step and _still_left_out(state, st, again)
        if written.final or (i in again and not left_out):
            continue
        if st.status == "succeeded" and st.result is not None:
            if st.route:
                events.append(e.DecisionMade(step=st.key, route=st.route, by=f"run {state.run}"))
            events.append(e.StepSucceeded(step=st.key, attempt=st.attempt, result=st.result))
        elif st.cause and (st.cause in {"when", "operator"} or left_out):
            events.append(e.StepSkipped(st.key, cause=st.cause, reason=st.detail, decision=st.decision))
    return tuple(events)


def _still_left_out(state: State, st: StepState, again: set[int]) -> bool:
    """Whether the decision that took another route is kept; what follows from such steps follows anew."""
    return st.decision != "" and state.graph.index[st.decision] not in again
