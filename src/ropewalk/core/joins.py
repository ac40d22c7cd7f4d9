"""When a step's needs are enough, and where it queues then. Kept by counting, so that an ended step costs its followers only."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Literal

from ropewalk.core.state import STEP_ENDED, State, StepState
from ropewalk.definition import Step

Judgement = Literal["open", "go", "need", "route"]


def judge(step: Step, needs: int, st: StepState) -> Judgement:
    """`go`, or skip because of a failed `need`, or because every need is on a `route` not taken; else still `open`."""
    if st.parent:
        return "go"
    if step.join.kind == "all":
        if st.needs_open:
            return "open"
        if st.needs_failed:
            return "need"
        return "route" if needs and st.needs_off_route == needs else "go"
    wanted = 1 if step.join.kind == "any" else step.join.count
    if st.needs_ok >= wanted or not needs:
        return "go"
    if st.needs_open + st.needs_ok >= wanted:
        return "open"
    return "route" if st.needs_off_route == needs else "need"


def needs_slot(state: State, step: Step, st: StepState) -> bool:
    """Whether what comes next for a queued step is an attempt; else it is a condition, a list, a question or a call.

    A call needs its turn only where one step goes at a time.
    """
    if wants_condition(state, step, st) or (step.foreach and not st.parent):
        return False
    if step.ask and not st.asked:
        return False
    if step.decision is not None and step.decision.by != "role":
        return False
    return step.kind != "ask" and (step.kind != "call" or state.options.sequential)


def wants_condition(state: State, step: Step, st: StepState) -> bool:
    """Whether `when` is still to be judged here: once for the step, or for each item when it names the item."""
    if not step.when or st.admitted:
        return False
    return state.graph.each_when[st.index] == bool(st.parent)


def enqueue(state: State, st: StepState) -> None:
    """Put a pending step into the heap where it is looked for next, once its needs are enough.

    Not when the run or its foreach is past that.
    """
    step = state.graph.steps[st.index]
    verdict = judge(step, len(state.graph.needs[st.index]), st)
    if st.status != "pending" or verdict == "open" or bool(state.closing) != step.final:
        return
    if st.parent and state.steps[st.parent].status != "running":
        return
    ready = verdict == "go" and needs_slot(state, step, st)
    st.queued = "ready" if ready else "immediate"
    st.seated = bool(st.parent)
    heappush(state.ready if ready else state.immediate, (st.index, st.place, st.key))


def drop_stale(state: State) -> None:
    """Drop heads that do not count any more, so that readers may trust them."""
    for name, heap in (("ready", state.ready), ("immediate", state.immediate)):
        while heap:
            st = state.steps.get(heap[0][2])
            if st is not None and st.status == "pending" and st.queued == name:
                break
            heappop(heap)


def step_ended(state: State, st: StepState) -> None:
    """A step has ended: tell its followers; an item tells its foreach."""
    if st.parent:
        _item_ended(state, st)
        return
    graph = state.graph
    _count(state, st, -1)
    how = counts_as(st)
    for follower in graph.followers[st.index]:
        other = state.steps[graph.steps[follower].id]
        other.needs_open -= 1
        _tally(other, how, 1)
        if other.status == "pending" and not other.queued:
            enqueue(state, other)


def step_reopened(state: State, st: StepState) -> None:
    """An ended step is open again: take back what its followers, or its foreach, were told."""
    graph = state.graph
    how = counts_as(st)
    if st.parent:
        parent = state.steps[st.parent]
        parent.open_items += 1
        parent.broken_items -= how == "failed" and st.status != "skipped"
        return
    _count(state, st, 1)
    for follower in graph.followers[st.index]:
        other = state.steps[graph.steps[follower].id]
        other.needs_open += 1
        _tally(other, how, -1)
        if judge(graph.steps[follower], len(graph.needs[follower]), other) == "open":
            other.queued = ""


def _item_ended(state: State, st: StepState) -> None:
    """Its place in the foreach, if it had one, goes to the next."""
    parent = state.steps[st.parent]
    parent.open_items -= 1
    parent.broken_items += st.status in {"failed", "aborted"}
    while st.seated and parent.queue:
        following = state.steps[parent.queue.pop()]
        if following.status == "pending":
            enqueue(state, following)
            break
    st.seated = False


def counts_as(st: StepState) -> str:
    """How an ended step counts for its followers; `pass` is skipped, but in the way of nobody."""
    if st.status == "succeeded":
        return "ok"
    if st.status == "skipped":
        return {"need": "failed", "route": "off_route", "end": "off_route"}.get(st.cause, "pass")
    return "failed" if st.status in STEP_ENDED else ""


def _tally(st: StepState, how: str, by: int) -> None:
    if how == "ok":
        st.needs_ok += by
    elif how == "failed":
        st.needs_failed += by
    elif how == "off_route":
        st.needs_off_route += by


def _count(state: State, st: StepState, by: int) -> None:
    step = state.graph.steps[st.index]
    if step.final:
        state.finals_left += by
    else:
        state.unfinished += by
    if step.phase:
        state.phases[step.phase] += by
