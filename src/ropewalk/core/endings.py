"""How a step ends: done, sent back for another round, skipped, or failed with what its policy says; and the foreach around it,
from its list of items to its last one."""

from __future__ import annotations

import re
from typing import Any

from ropewalk.core import events as e
from ropewalk.core.asks import ask, fact_names, judge_condition, know, settle_facts, show_after, withdraw
from ropewalk.core.merge import fail_landing, record_merge, result_to_keep
from ropewalk.core.recorder import Recorder, scope_of, scope_with, written
from ropewalk.core.rounds import left_out, send_back, spent
from ropewalk.core.state import State, StepState
from ropewalk.core.step import FATAL
from ropewalk.core.texts import prompt_of
from ropewalk.core.work import Failure, why_too_large
from ropewalk.counting import counted
from ropewalk.definition import FailurePolicy, Foreach, Step, compile_condition
from ropewalk.errors import ConditionError, TemplateError

EVENTS_OF_ONE = 2
"""An item that goes well at once is started and succeeds."""

_NAMED = 20
"""Failed items of a foreach that a warning names."""

_UNSAFE = re.compile(r"[^\w.@+-]+")


def expand(recorder: Recorder, st: StepState, step: Step) -> None:
    """Put the items of a foreach on record, or end the step when there are none or they cannot be used."""
    foreach = step.foreach or Foreach(over="[]")
    condition = compile_condition(foreach.over)
    if not settle_facts(recorder, st, condition):
        return
    try:
        collection = condition.value(scope_of(recorder.state, st))
        pairs = _pairs(collection, foreach)
    except (ConditionError, ValueError) as error:
        fail_step(recorder, st, Failure(kind="permanent", message=f"foreach: {error}"))
        return
    refusal = _too_many(recorder.state, len(pairs))
    if len(pairs) < foreach.quorum:
        refusal = f"foreach has {counted(len(pairs), 'item')}, and {foreach.quorum} of them have to go well"
    if refusal:
        fail_step(recorder, st, Failure(kind="permanent", message=refusal))
    elif not pairs:
        conclude(recorder, st, e.Outcome(outputs={"items": [], "keys": []}))
    else:
        keys, values = tuple(k for k, _ in pairs), tuple(v for _, v in pairs)
        recorder.emit(e.StepExpanded(step=st.key, round=st.round, keys=keys, values=values))


def _too_many(state: State, count: int) -> str:
    """Why so many items are not begun, with the limits to write; "" when they may be. Each is put on record twice at least."""
    limits = state.workflow.limits
    wanted = {}
    if count > limits.items:
        wanted["items"] = count
    if state.version + EVENTS_OF_ONE * count > limits.events:
        wanted["events"] = state.version + 2 * EVENTS_OF_ONE * count
    if not wanted:
        return ""
    allowed = " and ".join(f"limits.{name} allows {getattr(limits, name)}" for name in wanted)
    written = ", ".join(f"{name}: {number}" for name, number in wanted.items())
    return f"foreach has {counted(count, 'item')}, and {allowed}; write `limits: {{{written}}}` at the top of the workflow, or give fewer"


def _pairs(collection: Any, foreach: Foreach) -> list[tuple[str, Any]]:
    if isinstance(collection, dict):
        pairs = [(_clean(str(key)), {"key": key, "value": value}) for key, value in collection.items()]
    elif isinstance(collection, list | tuple):
        pairs = [(_clean(_key(value, n, foreach)), value) for n, value in enumerate(collection)]
    else:
        raise ValueError(f"`{foreach.over}` is {type(collection).__name__}, a list or a map is wanted")
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise ValueError(
                f"two items have the key {key!r}; give `key` an expression that tells them apart"
            )
        seen.add(key)
    return pairs


def _key(value: Any, n: int, foreach: Foreach) -> str:
    if foreach.key:
        return str(compile_condition(foreach.key).value({foreach.name: value}))
    if isinstance(value, str) and 0 < len(value) <= 64:
        return value
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, dict):
        for name in ("id", "key", "name"):
            if isinstance(value.get(name), str | int):
                return str(value[name])
    return str(n)


def _clean(key: str) -> str:
    return _UNSAFE.sub("-", key).strip("-") or "-"


def deliver(recorder: Recorder, st: StepState, result: e.Outcome) -> None:
    """The work is done and no gate stands against it: have it approved if that is wanted, else accept it."""
    approval = written(recorder.state, st).approve
    if approval is None:
        conclude(recorder, st, result)
        return
    recorder.emit(e.StepProduced(step=st.key, round=st.round, attempt=st.attempt, result=result))
    try:
        show = show_after(recorder, st, approval, result)
        prompt = prompt_of(recorder, st, approval, "Approve what {step} produced?", result.outputs)
        ask(recorder, st, about="approval", prompt=prompt, approval=approval, show=show)
    except TemplateError as error:
        fail_step(recorder, st, Failure(kind="permanent", message=f"`approve`: {error}"))


def conclude(recorder: Recorder, st: StepState, result: e.Outcome) -> None:
    """The work is accepted: set the facts it sets, go round again if its loop says so, else succeed."""
    back = written(recorder.state, st).back_to
    try:
        for name, value in _sets(recorder, st, result).items():
            know(recorder, name, value, by=st.key)
        over = recorder.state.winding_up or recorder.state.landing is not None
        if back is None or not back.when or st.parent or over:
            succeed(recorder, st, result)
            return
        if not fact_names(compile_condition(back.when)) <= recorder.state.facts.keys():
            _keep(recorder, st, result)
        held = judge_condition(recorder, st, back.when, result.outputs)
    except ConditionError as error:
        _keep(recorder, st, result)
        fail_step(recorder, st, Failure(kind="invalid_output", message=str(error)))
        return
    if held is False:
        succeed(recorder, st, result)
    elif held:
        if spent(recorder.state, st, back):
            _keep(recorder, st, result)
        else:
            succeed(recorder, st, result)
        send_back(recorder, st, reason=f"`{back.when}` holds", source=st.key)


def _keep(recorder: Recorder, st: StepState, result: e.Outcome) -> None:
    """Put the work on record, and what it cost, before it is known whether it is good."""
    if st.result is None:
        recorder.emit(e.StepProduced(step=st.key, round=st.round, attempt=st.attempt, result=result))


def _sets(recorder: Recorder, st: StepState, result: e.Outcome) -> dict[str, Any]:
    facts = {}
    for name, source in written(recorder.state, st).sets.items():
        condition = compile_condition(source)
        value = condition.value(scope_with(recorder.state, st, result.outputs, condition))
        fault = why_too_large(value)
        if fault:
            raise ConditionError(f"the fact {name} cannot be kept: {fault}")
        facts[name] = value
    return facts


def succeed(recorder: Recorder, st: StepState, result: e.Outcome) -> None:
    """Put the success on record; a decision leaves out what is not on its way, a foreach may be done with an item."""
    step = written(recorder.state, st)
    kept = result_to_keep(recorder.state, result) if step.internal else result
    recorder.end(e.StepSucceeded(step=st.key, round=st.round, attempt=st.attempt, result=kept))
    if step.decision is not None and st.route:
        _leave_out(recorder, st)
    if step.internal:
        record_merge(recorder, result, kept)
    if st.parent:
        end_foreach(recorder, recorder.state.steps[st.parent])


def _leave_out(recorder: Recorder, decider: StepState) -> None:
    """Skip what has not begun of the steps that the decision leaves out."""
    for key, bypass in left_out(recorder.state, decider).items():
        st = recorder.state.steps[key]
        if not _has_begun(st):
            skip_step(recorder, st, bypass.cause, bypass.reason, decision=bypass.decision)


def _has_begun(st: StepState) -> bool:
    """Waiting for a person's word is no beginning; a foreach has begun with its items, though it makes no attempts."""
    return (
        st.status not in {"pending", "waiting"} or st.attempt > 0 or st.result is not None or bool(st.items)
    )


def skip_step(
    recorder: Recorder,
    st: StepState,
    cause: e.SkipCause,
    reason: str,
    values: dict[str, Any] | None = None,
    decision: str = "",
) -> None:
    """The step is not done, and the record says why."""
    withdraw(recorder, st, "the step is skipped")
    recorder.end(
        e.StepSkipped(
            step=st.key, round=st.round, cause=cause, reason=reason, values=values or {}, decision=decision
        )
    )
    if st.parent:
        end_foreach(recorder, recorder.state.steps[st.parent])


def exhausted(recorder: Recorder, st: StepState, failure: Failure) -> None:
    """No attempt is left: back to an earlier step if that is the policy, else the step has failed."""
    step = written(recorder.state, st)
    if step.on_failure == "back_to" and step.back_to is not None and not recorder.state.winding_up:
        send_back(recorder, st, reason=failure.message, source=st.key)
    else:
        fail_step(recorder, st, failure)


def fail_step(
    recorder: Recorder, st: StepState, failure: Failure, overruled_by: FailurePolicy | None = None
) -> None:
    """The step has failed, and its policy says what that does to the run. With `ask` a person is asked before it fails."""
    state = recorder.state
    if state.landing is not None:
        fail_landing(recorder, st, failure.message)
        return
    withdraw(recorder, st, "the step failed")
    policy = overruled_by or ("continue" if st.parent else written(state, st).on_failure)
    if written(state, st).optional and policy in FATAL:
        policy = "continue"  # nothing else of the run is touched
    if policy == "back_to" or (policy == "ask" and state.winding_up):
        policy = "fail"
    if policy == "ask":
        _ask_what_now(recorder, st, failure)
        return
    recorder.end(
        e.StepFailed(step=st.key, round=st.round, attempt=st.attempt, failure=failure, policy=policy)
    )
    if st.parent:
        _item_failed(recorder, state.steps[st.parent])
    elif policy == "cancel":
        stop_running(recorder, f"{st.key} failed")
    elif policy == "pause" and not (state.status == "paused" and state.reason == "by request"):
        recorder.emit(e.RunPaused(reason="blocked", detail=f"{st.key} failed: {failure.message}"))


def _ask_what_now(recorder: Recorder, st: StepState, failure: Failure) -> None:
    question = "Try it again, skip it, or let the run fail?"
    ask(
        recorder,
        st,
        about="failure",
        prompt=f"Step `{st.key}` failed: {failure.message}. {question}",
        choices=("retry", "skip", "fail"),
        detail={"class": failure.kind, "message": failure.message},
    )


def end_foreach(recorder: Recorder, parent: StepState) -> None:
    """When the last item has ended, so does the step."""
    if parent.open_items or parent.status != "running":
        return
    failure = _too_few(recorder, parent)
    if failure is not None:
        exhausted(recorder, parent, failure)
        return
    result = left_by(recorder, parent)
    fault = why_too_large(result)
    if fault:
        message = f"what its {len(parent.items)} items gave is too large together: {fault}; let each give large data as a file"
        fail_step(recorder, parent, Failure(kind="invalid_output", message=message))
    else:
        conclude(recorder, parent, result)


def _too_few(recorder: Recorder, parent: StepState) -> Failure | None:
    """Why a foreach whose items have ended has failed: one of them has, or fewer went well than its quorum."""
    items = [recorder.state.steps[key] for key in parent.items]
    broken = [st for st in items if st.status in {"failed", "aborted"}]
    quorum = _quorum(recorder, parent)
    well = sum(st.status == "succeeded" for st in items)
    if well >= quorum if quorum else not broken:
        return None
    shortfall = f"{well} of {len(items)} items went well, and {quorum} are wanted" if quorum else ""
    if not broken:
        return Failure(kind="permanent", message=shortfall)
    first = _why_broken(broken[0])
    more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
    reason = f"{broken[0].key}: {first.message}{more}"
    return Failure(kind=first.kind, message=f"{shortfall}; {reason}" if shortfall else reason)


def _quorum(recorder: Recorder, parent: StepState) -> int:
    foreach = written(recorder.state, parent).foreach
    return foreach.quorum if foreach is not None else 0


def _why_broken(st: StepState) -> Failure:
    return st.failure or Failure(kind="permanent", message="it was stopped")


def _item_failed(recorder: Recorder, parent: StepState) -> None:
    """As soon as too many items have failed no further ones start, unless the step is to be continued."""
    quorum = _quorum(recorder, parent)
    spare = len(parent.items) - quorum if quorum else 0
    if parent.broken_items == spare + 1 and written(recorder.state, parent).on_failure != "continue":
        for item in (recorder.state.steps[key] for key in parent.items):
            if not _has_begun(item):
                withdraw(recorder, item, "another item failed")
                recorder.emit(e.StepSkipped(item.key, item.round, cause="need", reason="another item failed"))
    end_foreach(recorder, parent)


def left_by(recorder: Recorder, st: StepState) -> e.Outcome:
    """What there is of a step's work: what it produced, or what the items of a foreach did, in input order."""
    if st.result is not None or not st.items:
        return st.result or e.Outcome()
    items = [recorder.state.steps[key] for key in st.items]
    results = [item.result if item.status == "succeeded" else None for item in items]
    outputs: dict[str, Any] = {
        "items": [result.outputs if result else None for result in results],
        "keys": [_key_of(item) for item in items],
    }
    warnings: list[str] = []
    if _quorum(recorder, st):
        broken = [item for item in items if item.status in {"failed", "aborted"}]
        outputs["failed"] = [_key_of(item) for item in broken]
        warnings = [f"{item.key} failed and is left out: {_why_broken(item).message}" for item in broken]
        warnings[_NAMED:] = [f"and {len(warnings) - _NAMED} more items"] if len(warnings) > _NAMED else []
    artifacts = tuple(artifact for result in results if result for artifact in result.artifacts)
    return e.Outcome(outputs=outputs, artifacts=artifacts, warnings=tuple(warnings))


def _key_of(item: StepState) -> str:
    return item.key[len(item.parent) + 1 : -1]


def stop_running(recorder: Recorder, reason: str) -> None:
    """Abort every step that is under way or waits, items before their foreach; the shell sees that nobody wants them."""
    stoppable = [st for st in recorder.state.steps.values() if st.status in {"running", "waiting"}]
    for st in sorted(stoppable, key=lambda st: (st.index, not st.parent, st.place)):
        withdraw(recorder, st, reason)
        recorder.end(e.StepAborted(step=st.key, round=st.round, reason=reason))
    for opened in list(recorder.state.asks.values()):
        withdraw(recorder, recorder.state.steps[opened.step], reason)
