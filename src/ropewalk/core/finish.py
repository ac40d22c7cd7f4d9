"""How a run comes to rest: it pauses because only people, a quota or a sub-run can move it, closes, or ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ropewalk.core import events as e
from ropewalk.core.endings import stop_running
from ropewalk.core.recorder import Recorder, scope_of
from ropewalk.core.sizes import why_too_large
from ropewalk.core.state import State
from ropewalk.definition import compile_condition
from ropewalk.errors import ConditionError

SHOWN = 10
"""Names that a pause lists."""


def rest(recorder: Recorder) -> None:
    """Called when no attempt is under way: say what is waited for, or end the run."""
    state = recorder.state
    if state.failing and not state.closing:
        if not state.moving:
            stop_running(recorder, "the run fails")
            close(recorder, "failed", _errors(state))
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


def is_over(state: State) -> bool:
    """Whether nothing holds a run any more that waits for people or a quota."""
    return (state.failing and not state.closing) or not (state.asks or state.calls or state.timers)


def close(recorder: Recorder, status: str, reason: str) -> None:
    """The main steps are over: run the final ones, if there are any, then end so."""
    state = recorder.state
    if status == "completed" and state.failed:
        status, reason = "failed", _errors(state)
    if state.finals_left:
        recorder.emit(e.RunClosing(status=status, reason=reason))  # type: ignore[arg-type]
        return
    finish(recorder, status, reason)


def finish(recorder: Recorder, status: str, reason: str) -> None:
    """End the run; a final step that failed makes a failure of a success."""
    state = recorder.state
    if status == "completed" and state.failed:
        status, reason = "failed", _errors(state)
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
    found = {
        name: compile_condition(source).value(scope)
        for name, source in recorder.state.workflow.outputs.items()
    }
    fault = why_too_large(found)
    if fault:
        raise ConditionError(f"they cannot be kept: {fault}")
    return found


def _errors(state: State) -> str:
    """The failed steps in written order, the first with its message."""
    failed = sorted((state.steps[key] for key in state.failed), key=lambda st: (st.index, st.place))
    failure = failed[0].failure
    first = f"{failed[0].key}: {failure.message}" if failure else failed[0].key
    return first + (f"; also {', '.join(st.key for st in failed[1:])}" if len(failed) > 1 else "")


def _wait_for_time(recorder: Recorder) -> None:
    """Only quotas left to wait for is a pause; a short backoff is not."""
    state = recorder.state
    if all(state.steps[key].on == "quota" for key in state.timers):
        until = min(state.timers.values())
        recorder.emit(e.RunPaused(reason="quota", until=until, detail=_listed(state.timers)))


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return ", ".join(found[:SHOWN]) + more
