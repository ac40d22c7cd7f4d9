"""When a step's needs are enough, and where it queues then. Kept by counting, so that an ended step costs its followers only."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Literal

from ropewalk.core.state import STEP_ENDED, State, StepState
from ropewalk.definition.workflow import Step

Judgement = Literal["open", "go", "need", "route"]


def judge(step: Step, needs: int, st: StepState) -> Judgement:
    """`go`, or skip because of a failed `need`, or because every need is on a `route` not taken; else still `open`."""
    if st.parent:
        return "go"
    if step.join.kind == "all":
        if st.left:
            return "open"
        if st.bad:
            return "need"
        return "route" if needs and st.dead == needs else "go"
    wanted = 1 if step.join.kind == "any" else step.join.count
    if st.good >= wanted or not needs:
        return "go"
    if st.left + st.good >= wanted:
        return "open"
    return "route" if st.dead == needs else "need"


def needs_place(state: State, step: Step, st: StepState) -> bool:
    """Whether what comes next for an offered step is an attempt; else it is a condition, a list, a question or a call.

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


def offer(state: State, st: StepState) -> None:
    """Put a pending step into the heap where it is looked for next, once its needs are enough.

    Not when the run or its foreach is past that.
    """
    step = state.graph.steps[st.index]
    verdict = judge(step, len(state.graph.needs[st.index]), st)
    if st.status != "pending" or verdict == "open" or bool(state.closing) != step.final:
        return
    if st.parent and state.steps[st.parent].status != "running":
        return
    ready = verdict == "go" and needs_place(state, step, st)
    st.offered = "ready" if ready else "prompt"
    st.seated = bool(st.parent)
    heappush(state.ready if ready else state.prompt, (st.index, st.place, st.key))


def drop_stale(state: State) -> None:
    """Drop heads that do not count any more, so that readers may trust them."""
    for name, heap in (("ready", state.ready), ("prompt", state.prompt)):
        while heap:
            st = state.steps.get(heap[0][2])
            if st is not None and st.status == "pending" and st.offered == name:
                break
            heappop(heap)


def arrive(state: State, st: StepState) -> None:
    """A step has ended: tell its followers; an item tells its foreach."""
    if st.parent:
        _item_ended(state, st)
        return
    graph = state.graph
    _count(state, st, -1)
    how = manner(st)
    for follower in graph.followers[st.index]:
        other = state.steps[graph.steps[follower].id]
        other.left -= 1
        _tally(other, how, 1)
        if other.status == "pending" and not other.offered:
            offer(state, other)


def leave(state: State, st: StepState) -> None:
    """An ended step is open again: take back what its followers, or its foreach, were told."""
    graph = state.graph
    how = manner(st)
    if st.parent:
        parent = state.steps[st.parent]
        parent.open_items += 1
        parent.broken_items -= how == "bad" and st.status != "skipped"
        return
    _count(state, st, 1)
    for follower in graph.followers[st.index]:
        other = state.steps[graph.steps[follower].id]
        other.left += 1
        _tally(other, how, -1)
        if judge(graph.steps[follower], len(graph.needs[follower]), other) == "open":
            other.offered = ""


def _item_ended(state: State, st: StepState) -> None:
    """Its place in the foreach, if it had one, goes to the next."""
    parent = state.steps[st.parent]
    parent.open_items -= 1
    parent.broken_items += st.status in {"failed", "aborted"}
    while st.seated and parent.queue:
        following = state.steps[parent.queue.pop()]
        if following.status == "pending":
            offer(state, following)
            break
    st.seated = False


def manner(st: StepState) -> str:
    """How an ended step counts for its followers; `pass` is skipped, but in the way of nobody."""
    if st.status == "succeeded":
        return "good"
    if st.status == "skipped":
        return {"need": "bad", "route": "dead", "end": "dead"}.get(st.cause, "pass")
    return "bad" if st.status in STEP_ENDED else ""


def _tally(st: StepState, how: str, by: int) -> None:
    if how == "good":
        st.good += by
    elif how == "bad":
        st.bad += by
    elif how == "dead":
        st.dead += by


def _count(state: State, st: StepState, by: int) -> None:
    step = state.graph.steps[st.index]
    if step.final:
        state.finals_left += by
    else:
        state.unfinished += by
    if step.phase:
        state.phases[step.phase] += by
