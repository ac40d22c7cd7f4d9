"""How a run comes to rest: it pauses because only people, a quota or a sub-run can move it, closes, or ends."""

from __future__ import annotations

from typing import Any

from weft.core import events as e
from weft.core.draft import Draft, scope_of
from weft.core.endings import stop_running
from weft.core.state import State
from weft.definition.condition import compile as compile_condition
from weft.errors import ConditionError


def rest(draft: Draft, waiting_for_place: bool) -> None:
    """Called when no attempt is under way: say what is waited for, or end the run."""
    state = draft.state
    if state.failing and not state.closing:
        if not _child_moves(state):
            _fail(draft)
    elif not state.closing and state.unfinished == 0:
        close(draft, "completed", "")
    elif state.closing and state.finals_left == 0:
        _end(draft)
    elif waiting_for_place or state.prompt or _child_moves(state):
        return
    elif state.timers:
        _wait_for_time(draft)
    elif state.asks or state.calls:
        names = ", ".join(state.asks) or "a sub-run"
        draft.emit(e.RunPaused(reason="asked", until=_expiry(state), detail=names))
    else:
        waits = [st.key for st in state.steps.values() if st.status in {"pending", "waiting", "running"}]
        detail = f"nothing can move: {', '.join(waits[:10])}"
        draft.emit(e.RunStalled(detail=detail))
        draft.emit(e.RunPaused(reason="blocked", detail=detail))


def close(draft: Draft, status: str, reason: str) -> None:
    """The main steps are over: run the final ones, if there are any, then end so."""
    state = draft.state
    if state.finals_left:
        draft.emit(e.RunClosing(status=status, reason=reason))  # type: ignore[arg-type]
        return
    _finish(draft, status, reason)


def _fail(draft: Draft) -> None:
    if draft.state.calls or draft.state.asks or draft.state.timers:
        stop_running(draft, "the run fails")
    close(draft, "failed", _errors(draft.state))


def _end(draft: Draft) -> None:
    _finish(draft, draft.state.closing, draft.state.reason)


def _finish(draft: Draft, status: str, reason: str) -> None:
    state = draft.state
    if status == "completed" and state.failed:
        status, reason = "failed", _errors(state)
    if status == "completed":
        try:
            draft.emit(e.RunCompleted(outputs=_outputs(draft), reason=reason))
        except ConditionError as error:
            draft.emit(e.RunFailed(reason=f"outputs: {error}"))
    elif status == "failed":
        draft.emit(e.RunFailed(reason=reason or _errors(state)))
    else:
        draft.emit(e.RunAborted(reason=reason))


def _outputs(draft: Draft) -> dict[str, Any]:
    scope = scope_of(draft.state)
    return {
        name: compile_condition(source).value(scope) for name, source in draft.state.workflow.outputs.items()
    }


def _errors(state: State) -> str:
    """The failed steps in written order, the first with its message."""
    failed = sorted(state.failed, key=lambda key: state.steps[key].index)
    if not failed:
        return ""
    failure = state.steps[failed[0]].failure
    first = f"{failed[0]}: {failure.message}" if failure else failed[0]
    return first + (f"; also {', '.join(failed[1:])}" if len(failed) > 1 else "")


def _child_moves(state: State) -> bool:
    return any(state.steps[key].child_status == "running" for key in state.calls)


def _wait_for_time(draft: Draft) -> None:
    """Only quotas left to wait for is a pause; a short backoff is not."""
    state = draft.state
    if all(state.steps[key].on == "quota" for key in state.timers):
        draft.emit(
            e.RunPaused(reason="quota", until=min(state.timers.values()), detail=", ".join(state.timers))
        )


def _expiry(state: State) -> float | None:
    return min((a.expires_at for a in state.asks.values() if a.expires_at is not None), default=None)
