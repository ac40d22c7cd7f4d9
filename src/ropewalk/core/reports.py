"""What a report of an attempt leads to, and when a failed one comes back. A report of an attempt that is not under way changes
nothing.
"""

from __future__ import annotations

from zlib import crc32

import msgspec

from ropewalk.core import conflict
from ropewalk.core import events as e
from ropewalk.core.answers import answer_as_before, take_route
from ropewalk.core.asks import ask, know, withdraw, withdraw_budget_asks
from ropewalk.core.commands import Note, OpenAsk, Report, ReportChild, ReportLost, Wait
from ropewalk.core.endings import deliver, exhausted
from ropewalk.core.recorder import Recorder, refuse, written
from ropewalk.core.rounds import send_back
from ropewalk.core.state import ENDED, StepState
from ropewalk.core.transitions import worked
from ropewalk.core.work import Amount, Failure, Outcome, Spending, Usage
from ropewalk.definition import Budget, ErrorClass, Retry, Step


def retry_at(policy: Retry, failure: Failure, tries: int, key: str, now: float) -> float | None:
    """Unix seconds of the next attempt, None when there is none. `tries` are those that counted, this one included.

    A lost attempt comes back at once, a quota at its reset time; neither eats the retry budget.
    """
    if failure.kind == "lost":
        return now
    if failure.kind not in policy.on:
        return None
    if failure.kind == "quota" and failure.retry_at is not None:
        return max(failure.retry_at, now)
    if tries >= policy.attempts:
        return None
    wait = min(policy.cap_seconds, policy.delay_seconds * policy.factor ** max(0, tries - 1))
    if policy.jitter:
        wait *= 0.5 + crc32(f"{key}/{tries}".encode()) / 0xFFFFFFFF / 2
    return max(now + wait, failure.retry_at or 0.0)


LOOKS_AGAIN_SECONDS = 30.0
"""When a wait that names no time is over."""


def under_way(recorder: Recorder, step: str, round_: int, attempt: int) -> StepState | None:
    """The step, if exactly this attempt of it is on record as running."""
    st = recorder.state.steps.get(step)
    if st is None or step not in recorder.state.running or st.round != round_ or st.attempt != attempt:
        return None
    return st


def report(recorder: Recorder, command: Report) -> None:
    """An attempt ended with an outcome."""
    st = under_way(recorder, command.step, command.round, command.attempt)
    if st is not None:
        _accept(recorder, st, command.outcome)


def _accept(recorder: Recorder, st: StepState, outcome: Outcome) -> None:
    """Judge what an attempt or a called run gave back."""
    step = written(recorder.state, st)
    withdraw(recorder, st, "its attempt ended")
    for verdict in outcome.verdicts:
        recorder.emit(e.GateJudged(step=st.key, round=st.round, attempt=st.attempt, verdict=verdict))
    red = [v for v in outcome.verdicts if v.verdict == "FAIL"]
    if outcome.failure is not None:
        _failed(recorder, st, outcome, outcome.failure)
    elif red:
        findings = tuple(f for v in red for f in v.findings)
        _red(recorder, st, step, outcome, f"gate {red[0].gate} failed", findings)
    elif step.decision is not None and outcome.route not in [r.name for r in step.decision.routes]:
        names = ", ".join(r.name for r in step.decision.routes)
        message = f"the route {outcome.route!r} is none of {names}"
        _failed(recorder, st, outcome, Failure(kind="invalid_output", message=message))
    else:
        for name, value in outcome.facts.items():
            know(recorder, name, value, by=st.key)
        if step.decision is not None:
            take_route(recorder, st, outcome.route, by=outcome.agent or st.key, result=outcome.lasting())
        else:
            deliver(recorder, st, outcome.lasting())


def _red(
    recorder: Recorder, st: StepState, step: Step, outcome: Outcome, reason: str, findings: tuple[str, ...]
) -> None:
    """A gate said no: back with its findings where the workflow says so, else the attempt has failed."""
    if step.back_to is not None and not recorder.state.winding_up:
        result = outcome.lasting()
        recorder.emit(e.StepProduced(step=st.key, round=st.round, attempt=st.attempt, result=result))
        send_back(recorder, st, reason=reason, findings=findings, source=st.key)
        return
    message = reason + (": " + "; ".join(findings[:5]) if findings else "")
    _failed(recorder, st, outcome, Failure(kind="gate", message=message))


def _failed(recorder: Recorder, st: StepState, outcome: Outcome, failure: Failure) -> None:
    asks = failure.kind == "conflict" and failure.report.get("ask", True) and not recorder.state.winding_up
    again = None if asks else _comes_back(recorder, st, failure, outcome.usage)
    recorder.emit(
        e.AttemptFailed(
            step=st.key,
            round=st.round,
            attempt=st.attempt,
            failure=failure,
            retry_at=again,
            usage=outcome.usage,
            agent=outcome.agent,
            commit=outcome.commit,
            warnings=outcome.warnings,
        )
    )
    if failure.kind == "conflict":
        recorder.emit(e.ConflictFound(step=st.key, round=st.round, attempt=st.attempt, report=failure.report))
    if asks:
        ask(
            recorder,
            st,
            about="conflict",
            prompt=failure.message,
            choices=conflict.CHOICES,
            detail=failure.report,
        )
    elif again is None:
        exhausted(recorder, st, failure)


def _comes_back(recorder: Recorder, st: StepState, failure: Failure, usage: Usage) -> float | None:
    """When the step is tried again by itself; None when it is not, or may not be any more."""
    state, step = recorder.state, written(recorder.state, st)
    counts = failure.kind != "lost" and not (failure.kind == "quota" and failure.retry_at is not None)
    again = retry_at(step.retry, failure, st.tries + counts, f"{state.run}/{st.key}/{st.round}", recorder.now)
    return None if state.winding_up or _over_its_budget(step.budget, st, usage, recorder.now) else again


def _over_its_budget(budget: Budget, st: StepState, usage: Usage, now: float) -> bool:
    """Whether the step has nothing left of its own for one more attempt; `usage` is not counted yet."""
    before = st.usage
    tokens = before.tokens_in + before.tokens_out + usage.tokens_in + usage.tokens_out
    cost = (before.cost_usd or 0.0) + (usage.cost_usd or 0.0)
    took = st.seconds + worked(st, now)
    return (
        (budget.attempts is not None and st.attempts >= budget.attempts)
        or (budget.cost_usd is not None and cost >= budget.cost_usd)
        or (budget.tokens is not None and tokens >= budget.tokens)
        or (budget.seconds is not None and took >= budget.seconds)
    )


def report_lost(recorder: Recorder, command: ReportLost) -> None:
    """Attempts that nobody works on any more are tried again; a run that only ever loses them is blocked."""
    state = recorder.state
    running = [key for key, round_, attempt in command.attempts if under_way(recorder, key, round_, attempt)]
    lost = list(dict.fromkeys(running))
    if not lost:
        return
    at_work = lost if command.at_work is None else [key for key in lost if key in command.at_work]
    recorder.emit(e.RunRecovered(lost=tuple(lost), at_work=tuple(at_work)))
    for key in lost:
        st = state.steps.get(key)
        report = {"at_work": True} if key in at_work else {}
        failure = Failure(kind="lost", message="the process that worked on it is gone", report=report)
        if st is not None and key in state.running:
            withdraw(recorder, st, "its attempt ended")
            _failed(recorder, st, Outcome(failure=failure), failure)
    if state.recoveries >= state.workflow.limits.recoveries and state.status == "running":
        detail = f"{state.recoveries} recoveries without any progress; lost {', '.join(lost)}"
        recorder.emit(e.RunPaused(reason="blocked", detail=detail))


def report_child(recorder: Recorder, command: ReportChild) -> None:
    """A called run paused, went on, or ended; of one that is not waited for any more only its end counts."""
    state = recorder.state
    if command.child in state.unwanted:
        _stopped(recorder, command)
        return
    st = state.steps.get(command.step)
    if st is None or command.step not in state.calls or st.round != command.round:
        return
    if command.status == "pending" or command.child not in {"", st.child}:
        return
    _settle(recorder, st, command)
    if command.status == "paused" or command.status == "running":
        if command.status != st.child_status:
            moved = e.ChildMoved(step=st.key, round=st.round, status=command.status, detail=command.reason)
            recorder.emit(moved)
    elif command.status == "completed" or command.outcome.failure is not None:
        _accept(recorder, st, command.outcome)
    else:
        kind: ErrorClass = "refused" if command.status == "aborted" else "permanent"
        failure = Failure(kind=kind, message=f"{st.child} {command.status}: {command.reason}")
        _failed(recorder, st, command.outcome, failure)
    if command.status != "paused" and state.status == "paused" and state.reason in {"asked", "quota"}:
        recorder.emit(e.RunResumed(detail=f"{st.child} is {command.status}"))


def _stopped(recorder: Recorder, command: ReportChild) -> None:
    if command.status not in ENDED:
        return
    unwanted = recorder.state.unwanted[command.child]
    more, granted = _since(command.spent, unwanted.spent), _granted_since(command.granted, unwanted.granted)
    recorder.emit(e.ChildStopped(unwanted.step, unwanted.round, command.child, spent=more, granted=granted))
    if granted != Amount():
        withdraw_budget_asks(recorder, "the budget was raised")


def _settle(recorder: Recorder, st: StepState, command: ReportChild) -> None:
    """What the called run spent since it was last told of, and what it was allowed on top; a late report tells nothing new."""
    more = _since(command.spent, st.child_spent)
    if more != Spending():
        recorder.emit(e.ChildSpent(step=st.key, round=st.round, spent=more))
    granted = _granted_since(command.granted, st.child_granted)
    if granted != Amount():
        raised = e.BudgetRaised(
            cost_usd=granted.cost_usd or None,
            tokens=granted.tokens or None,
            attempts=granted.attempts or None,
            seconds=granted.seconds or None,
            caller=recorder.state.parent is not None,
            step=st.key,
        )
        recorder.emit(raised)
        withdraw_budget_asks(recorder, "the budget was raised")


def _since(now: Spending, before: Spending) -> Spending:
    """The largest of its attempts is told anew with every amount, and alone it is nothing new."""
    more = Spending(
        max(now.cost_usd - before.cost_usd, 0.0),
        max(now.unknown - before.unknown, 0),
        max(now.tokens - before.tokens, 0),
        max(now.attempts - before.attempts, 0),
        max(now.seconds - before.seconds, 0.0),
        max(now.reported - before.reported, 0),
    )
    if more == Spending():
        return more
    return msgspec.structs.replace(
        more, dearest_usd=now.dearest_usd, most_tokens=now.most_tokens, longest_seconds=now.longest_seconds
    )


def _granted_since(now: Amount, before: Amount) -> Amount:
    return Amount(
        max(now.cost_usd - before.cost_usd, 0.0),
        max(now.tokens - before.tokens, 0),
        max(now.seconds - before.seconds, 0.0),
        max(now.attempts - before.attempts, 0),
    )


def note(recorder: Recorder, command: Note) -> None:
    """Put on record what must survive a crash of the attempt."""
    if under_way(recorder, command.step, command.round, command.attempt):
        recorder.emit(
            e.AttemptNoted(step=command.step, round=command.round, attempt=command.attempt, note=command.note)
        )


def wait(recorder: Recorder, command: Wait) -> None:
    """An attempt gives its slot back until a time; what waits for a worker or an agent looks again after a while."""
    st = under_way(recorder, command.step, command.round, command.attempt)
    if st is not None:
        until = command.until if command.until is not None else recorder.now + LOOKS_AGAIN_SECONDS
        withdraw(recorder, st, "its attempt ended")
        recorder.emit(
            e.StepWaiting(step=st.key, round=st.round, on=command.on, until=until, detail=command.detail)
        )


def open_ask(recorder: Recorder, command: OpenAsk) -> None:
    """An attempt under way asks a person and goes on holding its slot, unless it is told what was answered before."""
    st = under_way(recorder, command.step, command.round, command.attempt)
    if command.about != "permission":
        refuse("ask", f"an attempt asks for a permission, not about {command.about!r}")
    if (
        st is not None
        and command.ask not in recorder.state.asks
        and command.ask not in recorder.state.answers
    ):
        ask(
            recorder,
            st,
            about=command.about,
            prompt=command.prompt,
            choices=command.choices,
            detail=command.detail,
            expires_at=command.expires_at,
            default=command.default,
            name=command.ask,
        )
        answer_as_before(recorder, command.ask)
