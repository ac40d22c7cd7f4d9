"""How a run comes to rest, pauses, closes or ends; and what facts about the whole run do to its state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ropewalk.core import events as e
from ropewalk.core.endings import stop_running
from ropewalk.core.plan import rests_at
from ropewalk.core.recorder import Recorder, error_so_far, scope_of
from ropewalk.core.state import STEP_ENDED, State, StepState
from ropewalk.core.step import charge, open_round, refresh
from ropewalk.core.transitions import (
    STEP_WAYS,
    acknowledge_failures,
    clear_queues,
    clock,
    enqueue,
    go_on,
    move_run,
    recount,
    settle_clock,
)
from ropewalk.core.work import Amount, why_too_large
from ropewalk.definition import compile_condition, secret_marks
from ropewalk.errors import ConditionError

SHOWN = 10
"""Names that a pause lists."""


def rest(recorder: Recorder) -> None:
    """Called when no attempt is under way: say what is waited for, or end the run."""
    state = recorder.state
    if state.failing and not state.closing:
        if not state.moving:
            stop_running(recorder, "the run fails")
            close(recorder, "failed", error_so_far(state))
    elif not state.closing and state.unfinished == 0:
        close(recorder, "completed", "")
    elif state.closing and state.finals_left == 0:
        finish(recorder, state.closing, state.why)
    elif state.immediate or state.moving or (state.ready and state.room > 0):
        return
    elif state.timers:
        _wait_for_time(recorder)
    elif state.asks or state.calls:
        detail = _listed(state.asks) or "a sub-run"
        recorder.emit(
            e.RunPaused(reason="asked", until=state.alarms[0][0] if state.alarms else None, detail=detail)
        )
    else:
        waits = [key for key, st in state.steps.items() if st.status in {"pending", "waiting", "running"}]
        detail = f"nothing can move: {_listed(waits)}"
        recorder.emit(e.RunStalled(detail=detail))
        recorder.emit(e.RunPaused(reason="blocked", detail=detail))


def wait_for_people(recorder: Recorder, free: int, busy: bool) -> None:
    """Called when attempts are under way: pause, if each of them waits for a permission and nothing else can move. What had one of
    the `free` slots and did not start waits for a reservation, which comes back by itself only from a `busy` run around this one."""
    state = recorder.state
    asking = all(state.steps[key].asked_at is not None for key in state.running)
    ends = state.failing and not state.closing
    starts = not ends and (
        state.immediate or state.timers or (state.ready and state.room > 0 and (busy or not free))
    )
    if asking and not (starts or state.moving):
        recorder.emit(e.RunPaused(reason="asked", detail=_listed(state.asks)))


def put_to_rest(recorder: Recorder) -> None:
    """Attempts that have waited for people long enough give their places back. They are taken up again when they are answered."""
    at = rests_at(recorder.state)
    if at is None or recorder.now < at:
        return
    for key in list(recorder.state.running):
        st = recorder.state.steps[key]
        recorder.emit(e.StepWaiting(step=key, round=st.round, on="answer", detail=_listed(st.asks)))
    if recorder.state.reason == "asked" and recorder.state.ready:
        recorder.emit(e.RunResumed())


def is_over(state: State) -> bool:
    """Whether nothing holds a run any more that waits for people or a quota."""
    return (state.failing and not state.closing) or not (state.asks or state.calls or state.timers)


def close(recorder: Recorder, status: str, reason: str) -> None:
    """The main steps are over: run the final ones, if there are any, then end so."""
    state = recorder.state
    if status == "completed" and state.failed:
        status, reason = "failed", error_so_far(state)
    if state.finals_left:
        recorder.emit(e.RunClosing(status=status, reason=reason))  # type: ignore[arg-type]
        return
    finish(recorder, status, reason)


def finish(recorder: Recorder, status: str, reason: str) -> None:
    """End the run; a final step that failed makes a failure of a success."""
    state = recorder.state
    if status == "completed" and state.failed:
        status, reason = "failed", error_so_far(state)
    if status == "completed":
        try:
            recorder.emit(e.RunCompleted(outputs=_outputs(recorder), reason=reason))
        except ConditionError as error:
            recorder.emit(e.RunFailed(reason=f"outputs: {error}"))
    elif status == "failed":
        recorder.emit(e.RunFailed(reason=reason, failed_by=state.failed_by))
    else:
        recorder.emit(e.RunAborted(reason=reason))


def _outputs(recorder: Recorder) -> dict[str, Any]:
    scope = scope_of(recorder.state)
    outputs = {
        name: compile_condition(source).value(scope)
        for name, source in recorder.state.workflow.outputs.items()
    }
    fault = why_too_large(outputs)
    if fault:
        raise ConditionError(f"they cannot be kept: {fault}")
    return outputs


def _wait_for_time(recorder: Recorder) -> None:
    """Only quotas left to wait for is a pause; a short backoff is not."""
    state = recorder.state
    if all(state.steps[key].on == "quota" for key in state.timers):
        until = min(state.timers.values())
        recorder.emit(e.RunPaused(reason="quota", until=until, detail=_listed(state.timers)))


def _listed(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - SHOWN} more" if len(listed) > SHOWN else ""
    return ", ".join(listed[:SHOWN]) + more


def _created(state: State, event: e.RunCreated, at: float) -> None:
    if state.created:
        return
    state.created = True
    state.digest = event.digest
    # A record of before may hold the values of secret inputs: nobody is to be shown them, or given them by that.
    state.inputs = {**event.inputs, **secret_marks(state.workflow, event.inputs)}
    state.facts = dict(event.facts)
    state.options = event.options
    state.parent = event.parent
    state.forked_from = event.forked_from
    state.base = event.base
    state.labels = dict(event.labels)
    state.title = event.title
    state.called = event.called
    state.created_at = at
    graph = state.graph
    state.phases = dict(graph.phase_sizes)
    state.unfinished = graph.main
    state.finals_left = len(graph.steps) - graph.main
    for i, step in enumerate(graph.steps):
        state.steps[step.id] = StepState(step.id, i, len(graph.needs[i]))


def _started(state: State, event: e.RunStarted, at: float) -> None:
    go_on(state, event, at)
    state.started_at = at
    limit = state.workflow.limits.timeout_seconds
    state.deadline = at + limit if limit is not None else None
    for i, step in enumerate(state.graph.steps):
        if not state.graph.needs[i] and not state.steps[step.id].queued:
            enqueue(state, state.steps[step.id])


def _paused(state: State, event: e.RunPaused, at: float) -> None:
    settle_clock(state, at)
    move_run(state, event)
    state.reason, state.until, state.detail, state.paused_at = event.reason, event.until, event.detail, at


def _resumed(state: State, event: e.RunResumed, at: float) -> None:
    if state.reason in {"blocked", "by request"}:
        state.recoveries = 0
    go_on(state, event, at)


def _imported(state: State, event: e.RunImported, at: float) -> None:
    state.imported = True
    if state.base.get("root"):
        state.base = {**state.base, "root": event.root}
    if not state.ended:
        settle_clock(state, at)
        move_run(state, event)
        state.reason, state.until, state.detail, state.paused_at = "imported", None, event.by, at


def _closing(state: State, event: e.RunClosing, at: float) -> None:
    """Only final steps begin from now on; those of an aborted run have the longest of their graces for all they do."""
    go_on(state, event, at)
    state.closing, state.reason, state.why = event.status, event.reason, event.reason
    state.failed_by = event.failed_by
    acknowledge_failures(state)
    graces = [s.timeout.grace_seconds for s in state.graph.steps if s.final]
    state.deadline = at + max(graces, default=0.0) if event.status == "aborted" else None
    for _, _, key in (*state.ready, *state.immediate):
        if key in state.steps:
            state.steps[key].queued = ""
    clear_queues(state)
    for step in state.graph.steps:
        if step.final:
            enqueue(state, state.steps[step.id])


def _ended(state: State, event: e.RunCompleted | e.RunFailed | e.RunAborted, at: float) -> None:
    move_run(state, event)
    state.reason, state.detail = event.reason, ""
    state.ended_at = at
    state.until, state.paused_at, state.deadline = None, None, None
    if isinstance(event, e.RunCompleted):
        state.result = event.outputs
    if isinstance(event, e.RunFailed):
        state.failed_by = event.failed_by
    for st in state.steps.values():
        if st.status in STEP_WAYS.get(type(event), ()):
            st.status, st.cause, st.queued, st.ended_at = "skipped", "end", "", at
    clear_queues(state)


def _reopened(state: State, event: e.RunReopened, at: float) -> None:
    """What the end left out is open again; final steps that were done are done once more, in a new round."""
    go_on(state, event, at)
    state.waited_seconds += at - (state.ended_at or at)
    state.closing, state.why, state.ended_at, state.failed_by = "", "", None, "permanent"
    state.recoveries = 0
    acknowledge_failures(state)
    limit = state.workflow.limits.timeout_seconds
    state.deadline = at + limit if limit is not None else None
    for st in [s for s in state.steps.values() if s.status in STEP_ENDED and not s.parent]:
        if st.status == "skipped" and st.cause == "end" and not st.decision:
            st.status = "pending"
            refresh(st)
        elif state.graph.steps[st.index].final:
            open_round(state, st, at)
    recount(state)


def _recovered(state: State, event: e.RunRecovered, at: float) -> None:
    state.recoveries += bool(event.at_work)
    for key in event.lost:
        if key in state.steps:  # What it did is counted as far as is known, not while nobody drove the run.
            clock(state, state.steps[key], state.updated_at)


def _fact(state: State, event: e.FactSet, at: float) -> None:
    state.facts[event.name] = event.value


def _phase(state: State, event: e.PhaseStarted, at: float) -> None:
    state.phases_begun[event.phase] = None


def _raised(state: State, event: e.BudgetRaised, at: float) -> None:
    more = Amount(event.cost_usd or 0.0, event.tokens or 0, event.seconds or 0.0, event.attempts or 0)
    state.raised = together(state.raised, more)
    if event.caller:
        state.granted = together(state.granted, more)
    st = state.steps.get(event.step)
    if st is not None:
        st.child_granted = together(st.child_granted, more)


def _child_stopped(state: State, event: e.ChildStopped, at: float) -> None:
    if state.unwanted.pop(event.child, None) is None:
        return
    charge(state, state.steps.get(event.step), event.spent)
    state.raised = together(state.raised, event.granted)
    if state.parent is not None:
        state.granted = together(state.granted, event.granted)


def together(left: Amount, right: Amount) -> Amount:
    """Two amounts added up."""
    return Amount(
        left.cost_usd + right.cost_usd,
        left.tokens + right.tokens,
        left.seconds + right.seconds,
        left.attempts + right.attempts,
    )


HANDLERS: dict[type[e.Event], Callable[[State, Any, float], None]] = {
    e.RunCreated: _created,
    e.RunStarted: _started,
    e.RunPaused: _paused,
    e.RunResumed: _resumed,
    e.RunClosing: _closing,
    e.RunCompleted: _ended,
    e.RunFailed: _ended,
    e.RunAborted: _ended,
    e.RunImported: _imported,
    e.RunReopened: _reopened,
    e.RunRecovered: _recovered,
    e.FactSet: _fact,
    e.PhaseStarted: _phase,
    e.BudgetRaised: _raised,
    e.ChildStopped: _child_stopped,
}
