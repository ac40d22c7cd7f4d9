"""What a report of an attempt leads to. A report of an attempt that is not under way changes nothing."""

from __future__ import annotations

from weft.core import events as e
from weft.core.backoff import retry_at
from weft.core.commands import Note, OpenAsk, Report, ReportChild, ReportLost, Wait
from weft.core.draft import Draft, written
from weft.core.endings import conclude, exhausted, send_back, withdraw
from weft.core.questions import ask, prompt_of
from weft.core.routes import take_route
from weft.core.state import StepState
from weft.core.work import Failure, Outcome
from weft.definition.workflow import Step


def under_way(draft: Draft, step: str, round_: int, attempt: int) -> StepState | None:
    """The step, if exactly this attempt of it is on record as running."""
    st = draft.state.steps.get(step)
    if st is None or step not in draft.state.running or st.round != round_ or st.attempt != attempt:
        return None
    return st


def report(draft: Draft, command: Report) -> None:
    """An attempt ended with an outcome."""
    st = under_way(draft, command.step, command.round, command.attempt)
    if st is None:
        return
    outcome, step = command.outcome, written(draft.state, st)
    for verdict in outcome.verdicts:
        draft.emit(e.GateJudged(step=st.key, round=st.round, attempt=st.attempt, verdict=verdict))
    if outcome.failure is not None:
        _failed(draft, st, step, outcome, outcome.failure)
        return
    for name, value in outcome.facts.items():
        draft.emit(e.FactSet(name=name, value=value, by=st.key))
    result = _result(outcome)
    red = [v for v in outcome.verdicts if v.verdict == "FAIL"]
    if red:
        findings = tuple(f for v in red for f in v.findings)
        _red(draft, st, step, outcome, result, f"gate {red[0].gate} failed", findings)
    elif step.decision is not None:
        _routed(draft, st, step, outcome, result)
    elif step.approve is not None:
        draft.emit(e.StepProduced(step=st.key, round=st.round, attempt=st.attempt, result=result))
        prompt = prompt_of(draft, st, step.approve, "Approve what {step} produced?")
        show = tuple(a for a in result.artifacts if not step.approve.show or a.path in step.approve.show)
        ask(draft, st, about="approval", prompt=prompt, approval=step.approve, show=show)
    else:
        conclude(draft, st, result)
        if step.kind == "weave":
            _woven(draft, result)


def _woven(draft: Draft, result: e.Result) -> None:
    """The internal last step has joined everything: the run has a branch now, and may have landed."""
    outputs = result.outputs
    draft.emit(e.RunWoven(branch=str(outputs.get("branch", "")), commit=result.commit, tree=result.tree))
    if outputs.get("landed"):
        landed = e.RunLanded(
            target=str(outputs["landed"]),
            commit=result.commit,
            previous=str(outputs.get("previous", "")),
            how=str(outputs.get("how", "")),
        )
        draft.emit(landed)


def _result(outcome: Outcome) -> e.Result:
    return e.Result(
        outputs=outcome.outputs,
        artifacts=outcome.artifacts,
        handoff=outcome.handoff,
        usage=outcome.usage,
        commit=outcome.commit,
        tree=outcome.tree,
        agent=outcome.agent,
        rehearsed=outcome.rehearsed,
        cached_from=outcome.cached_from,
        digest=outcome.digest,
    )


def _red(
    draft: Draft,
    st: StepState,
    step: Step,
    outcome: Outcome,
    result: e.Result,
    reason: str,
    findings: tuple[str, ...],
) -> None:
    """A gate said no: back with its findings where the workflow says so, else the attempt has failed."""
    if step.back_to is not None:
        draft.emit(e.StepProduced(step=st.key, round=st.round, attempt=st.attempt, result=result))
        send_back(draft, st, reason=reason, findings=findings, source=st.key)
        return
    message = reason + (": " + "; ".join(findings[:5]) if findings else "")
    _failed(draft, st, step, outcome, Failure(kind="gate", message=message))


def _routed(draft: Draft, st: StepState, step: Step, outcome: Outcome, result: e.Result) -> None:
    names = [r.name for r in step.decision.routes] if step.decision else []
    if outcome.route in names:
        take_route(draft, st, outcome.route, by=outcome.agent or st.key, result=result)
    else:
        message = f"the route {outcome.route!r} is none of {', '.join(names)}"
        _failed(draft, st, step, outcome, Failure(kind="invalid_output", message=message))


def _failed(draft: Draft, st: StepState, step: Step, outcome: Outcome, failure: Failure) -> None:
    withdraw(draft, st, "its attempt ended")
    counts = failure.kind != "lost" and not (failure.kind == "quota" and failure.retry_at is not None)
    again = retry_at(
        step.retry, failure, st.tries + counts, f"{draft.state.run}/{st.key}/{st.round}", draft.now
    )
    if draft.state.closing == "aborted" or (draft.state.failing and not draft.state.closing):
        again = None
    if again is not None and _too_many(draft, st):
        again = None
    draft.emit(
        e.AttemptFailed(
            step=st.key,
            round=st.round,
            attempt=st.attempt,
            failure=failure,
            retry_at=again,
            usage=outcome.usage,
            agent=outcome.agent,
            commit=outcome.commit,
        )
    )
    if failure.kind == "conflict":
        draft.emit(e.ConflictFound(step=st.key, round=st.round, attempt=st.attempt, report=failure.report))
        if failure.report.get("ask", True):
            choices = ("ours", "theirs", "resolved", "reject")
            ask(draft, st, about="conflict", prompt=failure.message, choices=choices, detail=failure.report)
            return
    if again is None:
        exhausted(draft, st, failure)


def _too_many(draft: Draft, st: StepState) -> bool:
    limit = written(draft.state, st).budget.attempts
    return limit is not None and st.attempts >= limit


def report_lost(draft: Draft, command: ReportLost) -> None:
    """Attempts that nobody works on any more are tried again; a run that only ever loses them is blocked."""
    state = draft.state
    gone = [key for key, round_, attempt in command.attempts if under_way(draft, key, round_, attempt)]
    if not gone:
        return
    draft.emit(e.RunRecovered(lost=tuple(gone)))
    for key in gone:
        st = state.steps[key]
        failure = Failure(kind="lost", message="the process that worked on it is gone")
        _failed(draft, st, written(state, st), Outcome(failure=failure), failure)
    if state.recoveries >= state.workflow.limits.recoveries and state.status == "running":
        detail = f"{state.recoveries} recoveries without any progress; lost {', '.join(gone)}"
        draft.emit(e.RunPaused(reason="blocked", detail=detail))


def report_child(draft: Draft, command: ReportChild) -> None:
    """A called run paused, went on, or ended."""
    state = draft.state
    st = state.steps.get(command.step)
    if st is None or command.step not in state.calls or st.round != command.round:
        return
    outcome = command.outcome
    if command.status == "paused" or command.status == "running":
        if command.status != st.child_status:
            moved = e.ChildMoved(step=st.key, round=st.round, status=command.status, detail=command.reason)
            draft.emit(moved)
    elif command.status == "completed":
        conclude(draft, st, _result(outcome))
    else:
        failure = outcome.failure or Failure(
            kind="permanent", message=f"{st.child} {command.status}: {command.reason}"
        )
        draft.emit(
            e.AttemptFailed(
                step=st.key, round=st.round, attempt=st.attempt, failure=failure, usage=outcome.usage
            )
        )
        exhausted(draft, st, failure)
    if command.status != "paused" and state.status == "paused" and state.reason in {"asked", "quota"}:
        draft.emit(e.RunResumed(detail=f"{st.child} is {command.status}"))


def note(draft: Draft, command: Note) -> None:
    """Put on record what must survive a crash of the attempt."""
    if under_way(draft, command.step, command.round, command.attempt):
        draft.emit(
            e.AttemptNoted(step=command.step, round=command.round, attempt=command.attempt, note=command.note)
        )


def wait(draft: Draft, command: Wait) -> None:
    """An attempt gives its place back until a time."""
    st = under_way(draft, command.step, command.round, command.attempt)
    if st is not None:
        draft.emit(
            e.StepWaiting(
                step=st.key, round=st.round, on=command.on, until=command.until, detail=command.detail
            )
        )


def open_ask(draft: Draft, command: OpenAsk) -> None:
    """An attempt under way asks a person and goes on holding its place."""
    st = under_way(draft, command.step, command.round, command.attempt)
    if st is not None and command.ask not in draft.state.asks and command.ask not in draft.state.answers:
        ask(
            draft,
            st,
            about=command.about,
            prompt=command.prompt,
            choices=command.choices,
            detail=command.detail,
            expires_at=command.expires_at,
            default=command.default,
            name=command.ask,
        )
