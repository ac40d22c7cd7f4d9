"""How a step ends: done, sent back for another round, skipped, or failed with what its policy says; and the foreach around it."""

from __future__ import annotations

from typing import Any

from weft.core import events as e
from weft.core.draft import Draft, scope_of, written
from weft.core.facts import fact_names, judge_condition
from weft.core.questions import ask
from weft.core.state import State, StepState
from weft.core.work import Failure
from weft.definition.condition import compile as compile_condition
from weft.errors import ConditionError


def conclude(draft: Draft, st: StepState, result: e.Result) -> None:
    """The work is done and accepted: set the facts it sets, go round again if its loop says so, else succeed."""
    step = written(draft.state, st)
    try:
        for name, value in _sets(draft, st, result).items():
            draft.emit(e.FactSet(name=name, value=value, by=st.key))
        back = step.back_to
        if back is None or not back.when or st.parent:
            succeed(draft, st, result)
            return
        if not fact_names(compile_condition(back.when)) <= draft.state.facts.keys() and st.result is None:
            draft.emit(e.StepProduced(step=st.key, round=st.round, attempt=st.attempt, result=result))
        held = judge_condition(draft, st, back.when, result.outputs)
    except ConditionError as error:
        fail_step(draft, st, Failure(kind="invalid_output", message=str(error)))
        return
    if held is False:
        succeed(draft, st, result)
    elif held:
        _again(draft, st, result, f"`{back.when}` holds")


def _sets(draft: Draft, st: StepState, result: e.Result) -> dict[str, Any]:
    step = written(draft.state, st)
    scope = scope_of(draft.state, st, result.outputs) if step.sets else {}
    return {name: compile_condition(source).value(scope) for name, source in step.sets.items()}


def _again(draft: Draft, st: StepState, result: e.Result, reason: str) -> None:
    if _spent(draft.state, st):
        if st.result is None:
            draft.emit(e.StepProduced(step=st.key, round=st.round, attempt=st.attempt, result=result))
    else:
        succeed(draft, st, result)
    send_back(draft, st, reason=reason, findings=(), source=st.key)


def succeed(draft: Draft, st: StepState, result: e.Result) -> None:
    """Put the success on record; its foreach may be done with it."""
    draft.end(e.StepSucceeded(step=st.key, round=st.round, attempt=st.attempt, result=result))
    if st.parent:
        end_foreach(draft, draft.state.steps[st.parent])


def skip_step(
    draft: Draft,
    st: StepState,
    cause: e.SkipCause,
    reason: str,
    values: dict[str, Any] | None = None,
) -> None:
    """The step is not done, and the record says why."""
    withdraw(draft, st, "the step is skipped")
    draft.end(e.StepSkipped(step=st.key, round=st.round, cause=cause, reason=reason, values=values or {}))
    if st.parent:
        end_foreach(draft, draft.state.steps[st.parent])


def fail_step(draft: Draft, st: StepState, failure: Failure, *, final: bool = False) -> None:
    """No attempt is left. `final` overrules a policy that would go back or ask again."""
    withdraw(draft, st, "the step failed")
    policy = "continue" if st.parent else written(draft.state, st).on_failure
    if (final and policy in {"ask", "pause"}) or policy == "back_to":
        policy = "fail"
    draft.end(e.StepFailed(step=st.key, round=st.round, attempt=st.attempt, failure=failure, policy=policy))
    if st.parent:
        end_foreach(draft, draft.state.steps[st.parent])
    elif policy == "cancel":
        stop_running(draft, f"{st.key} failed")
    elif policy == "pause" and draft.state.status == "running":
        draft.emit(e.RunPaused(reason="blocked", detail=f"{st.key} failed: {failure.message}"))
    elif policy == "ask":
        prompt = f"Step `{st.key}` failed: {failure.message}. Try it again, skip it, or let the run fail?"
        ask(draft, st, about="failure", prompt=prompt, choices=("retry", "skip", "fail"))


def exhausted(draft: Draft, st: StepState, failure: Failure) -> None:
    """The last attempt failed: back to an earlier step if that is the policy, else the step has failed."""
    step = written(draft.state, st)
    if step.on_failure == "back_to" and step.back_to is not None:
        send_back(draft, st, reason=failure.message, findings=(), source=st.key)
    else:
        fail_step(draft, st, failure)


def send_back(
    draft: Draft, st: StepState, *, reason: str, findings: tuple[str, ...], source: str, forced: bool = False
) -> None:
    """Re-open everything from the step's `back_to` up to it; past the cap a person decides instead."""
    state = draft.state
    origin = state.steps[st.parent] if st.parent else st
    back = written(state, st).back_to
    if back is None:
        reopen_alone(draft, st, reason=reason, source=source)
        return
    if _spent(state, st) and not forced:
        _escalate(draft, st, reason, findings, f"sent back to `{back.to}` {origin.turns} times")
        return
    keys = tuple(state.graph.steps[i].id for i in state.graph.body(back.to, origin.key))
    for key in keys:
        for each in (*(state.steps[i] for i in state.steps[key].items), state.steps[key]):
            withdraw(draft, each, "a new round begins")
    turn = origin.turns + 1
    draft.emit(
        e.RoundOpened(
            step=origin.key,
            to=back.to,
            steps=keys,
            turn=turn,
            reason=reason,
            findings=findings,
            source=source,
        )
    )


def reopen_alone(draft: Draft, st: StepState, *, reason: str, source: str) -> None:
    """Do this one step (or item) again, with the reason in its brief."""
    if st.turns >= draft.state.workflow.limits.rounds:
        _escalate(draft, st, reason, (), f"done again {st.turns} times")
        return
    draft.emit(
        e.RoundOpened(
            step=st.key, to=st.key, steps=(st.key,), turn=st.turns + 1, reason=reason, source=source
        )
    )


def _spent(state: State, st: StepState) -> bool:
    origin = state.steps[st.parent] if st.parent else st
    back = written(state, st).back_to
    return back is not None and origin.turns >= min(back.at_most, state.workflow.limits.rounds)


def _escalate(draft: Draft, st: StepState, reason: str, findings: tuple[str, ...], spent: str) -> None:
    withdraw(draft, st, "escalated")
    prompt = f"Step `{st.key}` was {spent} and is not there yet: {reason}. Go on as it is, try once more, or give up?"
    show = st.result.artifacts if st.result else ()
    detail = {"findings": list(findings)}
    ask(
        draft,
        st,
        about="escalation",
        prompt=prompt,
        choices=("approve", "retry", "reject"),
        show=show,
        detail=detail,
    )


def end_foreach(draft: Draft, parent: StepState) -> None:
    """When the last item has ended, so does the step; a failed item starts no further ones unless told to continue."""
    state = draft.state
    if parent.status != "running":
        return
    items = [state.steps[key] for key in parent.items]
    if parent.open_items:
        if written(state, parent).on_failure != "continue" and any(st.status == "failed" for st in items):
            for st in items:
                if st.status == "pending":
                    skipped = e.StepSkipped(
                        step=st.key, round=st.round, cause="need", reason="another item failed"
                    )
                    draft.emit(skipped)
        if parent.open_items:
            return
    failed = [st for st in items if st.status in {"failed", "aborted"}]
    if failed:
        first = failed[0].failure or Failure(kind="permanent", message="it was stopped")
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        exhausted(draft, parent, Failure(kind=first.kind, message=f"{failed[0].key}: {first.message}{more}"))
    else:
        conclude(draft, parent, _gathered(parent, items))


def _gathered(parent: StepState, items: list[StepState]) -> e.Result:
    keys = [st.key[len(parent.key) + 1 : -1] for st in items]
    return e.Result(
        outputs={"items": [st.result.outputs if st.result else None for st in items], "keys": keys},
        artifacts=tuple(a for st in items if st.result for a in st.result.artifacts),
    )


def stop_running(draft: Draft, reason: str) -> None:
    """Abort every step that is under way or waits; the shell sees that nobody wants its attempts any more."""
    state = draft.state
    for name, opened in list(state.asks.items()):
        draft.emit(e.AskWithdrawn(step=opened.step, round=opened.round, ask=name, reason=reason))
    for st in under_way(state):
        draft.end(e.StepAborted(step=st.key, round=st.round, reason=reason))


def under_way(state: State) -> list[StepState]:
    """Steps and items that run or wait, items before the step that they belong to, in written order."""
    found = [st for st in state.steps.values() if st.status in {"running", "waiting"}]
    return sorted(found, key=lambda st: (st.index, not st.parent, st.place))


def withdraw(draft: Draft, st: StepState, reason: str) -> None:
    """Close the step's own open ask, if any."""
    if st.ask and st.ask in draft.state.asks:
        draft.emit(e.AskWithdrawn(step=st.key, round=st.round, ask=st.ask, reason=reason))
