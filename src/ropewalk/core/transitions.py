"""What follows what: the two tables of statuses, by event, and what each change of a step's status brings along for those that
need it. Needs are kept by counting, so that an ended step costs its followers only.

Diagrams and tests are made from the tables. Where an event has two ways the first is the usual one. An event that is not in
the table for a status changes nothing."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Literal, get_args

from ropewalk.core import events as e
from ropewalk.core.plan import set_limit
from ropewalk.core.state import FOR_PEOPLE, STEP_ENDED, State, StepState, Unwanted
from ropewalk.core.work import Amount
from ropewalk.definition import Step

Table = dict[tuple[str, str], tuple[str, ...]]

RUN_TRANSITIONS: Table = {
    ("pending", "run.created"): ("pending",),
    ("pending", "run.started"): ("running",),
    ("pending", "run.paused"): ("paused",),
    ("pending", "run.aborted"): ("aborted",),
    ("running", "run.paused"): ("paused",),
    ("running", "run.closing"): ("running",),
    ("running", "run.completed"): ("completed",),
    ("running", "run.failed"): ("failed",),
    ("running", "run.aborted"): ("aborted",),
    ("paused", "run.started"): ("running",),
    ("paused", "run.paused"): ("paused",),
    ("paused", "run.resumed"): ("running",),
    ("paused", "run.closing"): ("running",),
    ("paused", "run.aborted"): ("aborted",),
    # What was under way elsewhere rests here until somebody says that it may go on.
    ("pending", "run.imported"): ("paused",),
    ("running", "run.imported"): ("paused",),
    ("paused", "run.imported"): ("paused",),
    ("completed", "run.imported"): ("completed",),
    ("failed", "run.imported"): ("failed",),
    ("aborted", "run.imported"): ("aborted",),
    ("failed", "run.reopened"): ("running",),
    ("aborted", "run.reopened"): ("running",),
    # A run that has ended lands at a person's word, and is then again what it was.
    ("completed", "landing.begun"): ("running",),
    ("failed", "landing.begun"): ("running",),
    ("aborted", "landing.begun"): ("running",),
    ("running", "run.landed"): ("running", "completed", "failed", "aborted"),
    ("paused", "run.landed"): ("paused", "completed", "failed", "aborted"),
    ("running", "landing.failed"): ("completed", "failed", "aborted"),
    ("paused", "landing.failed"): ("completed", "failed", "aborted"),
}

STEP_TRANSITIONS: Table = {
    ("pending", "step.started"): ("running",),
    ("pending", "step.expanded"): ("running",),
    ("pending", "step.waiting"): ("waiting",),  # a step that only waits
    ("pending", "step.produced"): ("waiting",),
    ("pending", "step.succeeded"): ("succeeded",),
    ("pending", "step.failed"): ("failed",),
    ("pending", "step.skipped"): ("skipped",),
    ("pending", "ask.opened"): ("waiting",),
    ("pending", "round.opened"): ("pending",),
    ("running", "attempt.failed"): ("pending", "waiting"),  # it comes back at once, or waits for its time
    ("running", "step.waiting"): ("waiting",),
    ("running", "step.produced"): ("waiting",),
    ("running", "step.succeeded"): ("succeeded",),
    ("running", "step.failed"): ("failed",),
    ("running", "step.skipped"): ("skipped",),
    ("running", "step.aborted"): ("aborted",),
    ("running", "ask.opened"): ("waiting",),
    ("running", "round.opened"): ("pending",),
    ("waiting", "step.due"): ("pending",),
    ("waiting", "step.produced"): ("waiting",),
    ("waiting", "step.succeeded"): ("succeeded",),
    ("waiting", "step.failed"): ("failed",),
    ("waiting", "step.skipped"): ("skipped",),
    ("waiting", "step.aborted"): ("aborted",),
    ("waiting", "step.retried"): ("pending", "running"),  # a foreach runs on, what is done of it stays done
    ("waiting", "ask.opened"): ("waiting",),
    ("waiting", "ask.answered"): ("pending",),
    ("waiting", "round.opened"): ("pending",),
    ("succeeded", "round.opened"): ("pending",),
    ("failed", "step.skipped"): ("skipped",),
    ("failed", "step.retried"): ("pending", "running"),
    ("failed", "round.opened"): ("pending",),
    ("aborted", "step.retried"): ("pending", "running"),
    ("skipped", "step.retried"): ("pending",),
    ("skipped", "round.opened"): ("pending",),
    # The end of a run leaves out what has not begun. Reopening takes that back, and final steps are done again.
    ("pending", "run.failed"): ("skipped",),
    ("pending", "run.aborted"): ("skipped",),
    ("skipped", "run.reopened"): ("pending",),
    ("succeeded", "run.reopened"): ("pending",),
    ("failed", "run.reopened"): ("pending",),
    ("aborted", "run.reopened"): ("pending",),
    ("succeeded", "landing.begun"): ("pending",),
    ("pending", "landing.failed"): ("succeeded",),
    ("waiting", "landing.failed"): ("succeeded",),
    ("aborted", "landing.failed"): ("succeeded",),
}


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
    return step.kind not in {"ask", "sleep"} and (step.kind != "call" or state.options.sequential)


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
    how = counts_as(graph.steps[st.index], st)
    for follower in graph.followers[st.index]:
        other = state.steps[graph.steps[follower].id]
        other.needs_open -= 1
        _tally(other, how, 1)
        if other.status == "pending" and not other.queued:
            enqueue(state, other)


def step_reopened(state: State, st: StepState) -> None:
    """An ended step is open again: take back what its followers, or its foreach, were told."""
    graph = state.graph
    how = counts_as(graph.steps[st.index], st)
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


def counts_as(step: Step, st: StepState) -> str:
    """How an ended step counts for its followers; `pass` is in the way of nobody: it was skipped, or is optional."""
    if st.status == "succeeded":
        return "ok"
    if st.status == "skipped":
        how = {"need": "failed", "route": "off_route", "end": "off_route"}.get(st.cause, "pass")
    else:
        how = "failed" if st.status in STEP_ENDED else ""
    return "pass" if how == "failed" and step.optional and not st.parent else how


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


Ways = dict[str, tuple[str, ...]]


def _by_event(table: Table) -> dict[type[e.Event], Ways]:
    ways_of: dict[type[e.Event], Ways] = {}
    for kind in get_args(e.AnyEvent):
        tag = kind.__struct_config__.tag
        ways = {before: after for (before, event), after in table.items() if event == tag}
        if ways:
            ways_of[kind] = ways
    return ways_of


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
        st.ended_at, st.limit_left = at, None
        state.deadlines.pop(st.key, None)
        step_ended(state, st)


def clock(state: State, st: StepState, at: float) -> None:
    """Count how long the attempt under way has worked until now; it is counted once."""
    if st.begun_at is None:
        return
    took = worked(st, at)
    st.begun_at = st.asked_at = None
    st.seconds += took
    state.spent.seconds += took
    state.spent.longest_seconds = max(state.spent.longest_seconds, took)


def worked(st: StepState, at: float) -> float:
    """How long the attempt under way has worked until now."""
    if st.begun_at is None:
        return 0.0
    return max((at if st.asked_at is None else st.asked_at) - st.begun_at, 0.0)


def stop_clocks(state: State, st: StepState, at: float) -> None:
    """An attempt asks for a permission: until that is answered neither it nor its step gets any older."""
    if st.key not in state.running or st.asked_at is not None:
        return
    st.asked_at = at
    if st.key in state.deadlines:
        st.limit_left = state.deadlines.pop(st.key) - at


def start_clocks(state: State, st: StepState, at: float) -> None:
    """Nothing is asked any more."""
    if st.asked_at is not None and st.begun_at is not None:
        st.begun_at += at - st.asked_at
    if st.limit_left is not None:
        set_limit(state, st, at + st.limit_left)
    st.asked_at = st.limit_left = None


def _let_go(state: State, st: StepState) -> None:
    """What an attempt or a call held is free again; a called run whose end was not heard is not wanted any more."""
    if st.key in state.calls:
        state.unwanted[st.child] = Unwanted(st.key, st.round, st.child_spent, st.child_granted)
    for held in (state.running, state.calls, state.moving):
        held.pop(st.key, None)
    st.asked_at = None
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


def move_run(state: State, event: e.Event) -> None:
    state.status = RUN_WAYS[type(event)][state.status][0]  # type: ignore[assignment]


def go_on(state: State, event: e.Event, at: float) -> None:
    settle_clock(state, at)
    move_run(state, event)
    state.reason, state.until, state.detail, state.paused_at = "", None, "", None


def settle_clock(state: State, at: float) -> None:
    """The time in which only people were waited for moves the deadline on, unless it is asked to count."""
    if state.paused_at is not None and state.reason in FOR_PEOPLE:
        waited = at - state.paused_at
        state.waited_seconds += waited
        if state.deadline is not None and not state.workflow.limits.count_waits and not state.closing:
            state.deadline += waited


def clear_queues(state: State) -> None:
    for queued in (state.ready, state.immediate, state.timers, state.deadlines):
        queued.clear()


def acknowledge_failures(state: State) -> None:
    """What has failed stays so, but does nothing more to the run."""
    state.failed = dict.fromkeys(state.failed, "continue")
    state.failing = False


def recount(state: State) -> None:
    """Count all needs anew; only where a whole run is opened again."""
    graph = state.graph
    state.unfinished = state.finals_left = 0
    state.phases = dict.fromkeys(graph.phase_sizes, 0)
    for i, step in enumerate(graph.steps):
        st = state.steps[step.id]
        hows = [counts_as(graph.steps[n], state.steps[graph.steps[n].id]) for n in graph.needs[i]]
        st.needs_open, st.needs_ok = hows.count(""), hows.count("ok")
        st.needs_failed, st.needs_off_route = hows.count("failed"), hows.count("off_route")
        if counts_as(step, st) == "":
            state.finals_left += step.final
            state.unfinished += not step.final
            if step.phase:
                state.phases[step.phase] += 1
    for step in graph.steps:
        enqueue(state, state.steps[step.id])
