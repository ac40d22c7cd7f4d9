"""What a person's answer does: decided once, bound to what was shown, on record with who gave it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from weft.core import events as e
from weft.core.commands import Answer
from weft.core.draft import Draft, refuse, written
from weft.core.endings import conclude, fail_step, reopen_alone, send_back, skip_step, succeed
from weft.core.routes import take_route
from weft.core.state import StepState
from weft.core.work import Failure, Verdict
from weft.errors import NoSuchAsk

PLAIN = ("approve", "reject", "amend")


def answer(draft: Draft, command: Answer, expired: bool = False) -> None:
    """Answer an open ask. Raises Refused or NoSuchAsk and then changes nothing."""
    state = draft.state
    opened = state.asks.get(command.ask)
    if opened is None:
        if command.ask in state.answers:
            earlier = state.answers[command.ask]
            refuse("answer", f"{command.ask} was already answered ({earlier.verdict} by {earlier.by})")
        raise NoSuchAsk(run=state.run, ask=command.ask)
    if state.ended:
        refuse("answer", f"the run is {state.status}")
    if command.digest and command.digest != opened.digest:
        refuse("answer", f"what was shown with {command.ask} has changed since")
    allowed = verdicts(opened)
    if command.verdict not in allowed:
        refuse("answer", f"{command.ask} takes {', '.join(allowed)}, not {command.verdict!r}")
    draft.emit(
        e.AskAnswered(
            step=opened.step,
            round=opened.round,
            ask=command.ask,
            verdict=command.verdict,
            by=command.by,
            reason=command.reason,
            value=command.value,
            artifacts=command.artifacts,
            commit=command.commit,
            expired=expired,
        )
    )
    st = state.steps.get(opened.step)
    if opened.about == "budget":
        _budget(draft, opened, command)
    elif st is not None:
        _AFTER[opened.about](draft, st, opened, command)
    if state.status == "paused" and state.reason in {"asked", "quota"}:
        draft.emit(e.RunResumed(detail=f"{command.ask} answered"))


def verdicts(opened: e.AskOpened) -> tuple[str, ...]:
    """What may be answered: its choices where it has some, and the plain three as far as they make sense."""
    if opened.about in {"permission", "failure", "conflict", "route"} and opened.choices:
        return (*opened.choices, "reject") if "reject" not in opened.choices else opened.choices
    plain = PLAIN if opened.about in {"question", "before", "approval", "escalation", "fact"} else PLAIN[:2]
    return (*opened.choices, *(v for v in plain if v not in opened.choices))


def _question(draft: Draft, st: StepState, opened: e.AskOpened, given: Answer) -> None:
    if given.verdict == "reject" and "reject" not in opened.choices:
        fail_step(draft, st, _refusal(given))
        return
    choice = given.verdict if given.verdict in opened.choices else ""
    value = given.value if given.value is not None else (choice or given.verdict == "approve")
    outputs = {
        "verdict": given.verdict,
        "choice": choice,
        "value": value,
        "by": given.by,
        "reason": given.reason,
    }
    approval = written(draft.state, st).ask
    if approval is not None and approval.fact:
        draft.emit(e.FactSet(name=approval.fact, value=value, by=given.by))
    conclude(draft, st, e.Result(outputs=outputs, artifacts=given.artifacts, commit=given.commit))


def _before(draft: Draft, st: StepState, opened: e.AskOpened, given: Answer) -> None:
    approval = written(draft.state, st).ask
    if given.verdict == "reject":
        fail_step(draft, st, _refusal(given))
    elif approval is not None and approval.fact:
        value = given.value if given.value is not None else given.verdict
        draft.emit(e.FactSet(name=approval.fact, value=value, by=given.by))


def _approval(draft: Draft, st: StepState, opened: e.AskOpened, given: Answer) -> None:
    approval = written(draft.state, st).approve
    result = st.result or e.Result()
    if given.verdict == "reject":
        how = approval.on_reject if approval is not None else "redo"
        if how == "fail":
            fail_step(draft, st, _refusal(given))
        elif how == "back_to":
            send_back(draft, st, reason=given.reason, findings=(), source=given.by)
        else:
            reopen_alone(draft, st, reason=given.reason, source=given.by)
        return
    if given.verdict == "amend":
        changed = {a.path: a for a in given.artifacts}
        kept = tuple(a for a in result.artifacts if a.path not in changed)
        outputs = {**result.outputs, **given.value} if isinstance(given.value, dict) else result.outputs
        result = e.Result(
            outputs=outputs,
            artifacts=(*kept, *given.artifacts),
            handoff=result.handoff,
            usage=result.usage,
            commit=given.commit or result.commit,
            agent=result.agent,
            rehearsed=result.rehearsed,
        )
    if approval is not None and approval.fact:
        draft.emit(e.FactSet(name=approval.fact, value=given.value or given.verdict, by=given.by))
    conclude(draft, st, result)


def _escalation(draft: Draft, st: StepState, opened: e.AskOpened, given: Answer) -> None:
    if given.verdict == "reject":
        fail_step(draft, st, _refusal(given), final=True)
    elif given.verdict in {"retry", "amend"}:
        send_back(
            draft,
            st,
            reason=given.reason,
            findings=tuple(opened.detail.get("findings", ())),
            source=given.by,
            forced=True,
        )
    else:
        for verdict in [v for v in st.verdicts if v.verdict == "FAIL"]:
            waived = Verdict(
                verdict.gate, "WAIVED", verdict.findings, verdict.evidence, given.by, given.reason
            )
            draft.emit(e.GateJudged(step=st.key, round=st.round, attempt=st.attempt, verdict=waived))
        succeed(draft, st, st.result or e.Result())


def _fact(draft: Draft, st: StepState, opened: e.AskOpened, given: Answer) -> None:
    value: Any = given.value
    if value is None:
        value = given.verdict if given.verdict in opened.choices else given.verdict == "approve"
    draft.emit(e.FactSet(name=opened.fact, value=value, by=given.by))
    if st.status == "waiting" and st.result is not None:
        conclude(draft, st, st.result)


def _route(draft: Draft, st: StepState, opened: e.AskOpened, given: Answer) -> None:
    if given.verdict == "reject":
        fail_step(draft, st, _refusal(given))
    else:
        take_route(draft, st, given.verdict, by=given.by)


def _failure(draft: Draft, st: StepState, opened: e.AskOpened, given: Answer) -> None:
    if given.verdict == "retry":
        draft.emit(e.StepRetried(step=st.key, round=st.round, reason=given.reason))
    elif given.verdict == "skip":
        skip_step(draft, st, "operator", f"skipped by {given.by}")


def _conflict(draft: Draft, st: StepState, opened: e.AskOpened, given: Answer) -> None:
    if given.verdict == "reject":
        fail_step(draft, st, _refusal(given, "conflict"))
        return
    draft.emit(e.StepRetried(step=st.key, round=st.round))
    note = {
        "resolution": {"how": given.verdict, "commit": given.commit, "by": given.by, "value": given.value}
    }
    draft.emit(e.AttemptNoted(step=st.key, round=st.round, attempt=st.attempt, note=note))


def _permission(draft: Draft, st: StepState, opened: e.AskOpened, given: Answer) -> None:
    """The attempt that asked is still running and reads the answer off the feed."""


def _budget(draft: Draft, opened: e.AskOpened, given: Answer) -> None:
    if given.verdict == "reject":
        draft.emit(e.RunClosing(status="failed", reason=f"budget: {given.reason or 'no more'} ({given.by})"))
        return
    more = given.value if isinstance(given.value, dict) else opened.detail.get("raise", {})
    known = {k: more.get(k) for k in ("cost_usd", "tokens", "attempts", "seconds") if more.get(k)}
    draft.emit(e.BudgetRaised(**known))
    draft.emit(e.RunResumed(detail="budget raised"))


def _refusal(given: Answer, kind: str = "refused") -> Failure:
    why = f": {given.reason}" if given.reason else ""
    return Failure(kind=kind, message=f"rejected by {given.by or 'nobody'}{why}")  # type: ignore[arg-type]


_AFTER: dict[str, Callable[[Draft, StepState, e.AskOpened, Answer], None]] = {
    "question": _question,
    "before": _before,
    "approval": _approval,
    "escalation": _escalation,
    "fact": _fact,
    "route": _route,
    "failure": _failure,
    "conflict": _conflict,
    "permission": _permission,
}
