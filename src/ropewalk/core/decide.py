"""What is allowed, and what follows from it: a command becomes the events that it leads to, or is refused. What happens by itself
is here too: what is due comes due, what may start starts in written order, what cannot move is said.

Pure but for its state, which it moves forward with the events that it returns (docs/decisions/0001): when those cannot
be appended, throw the state away and fold the history again. A refusal leaves the state as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core import merge, reports, verbs
from ropewalk.core.answers import answer, answer_all, answer_expired, answer_known, decide_route
from ropewalk.core.asks import ask, judge_condition, show_before, values_read
from ropewalk.core.budgets import WAITS, ask_for_more, begin_attempt, go_on_if_more_is_allowed, used_up
from ropewalk.core.endings import deliver, exhausted, expand, fail_step, skip_step, stop_running
from ropewalk.core.events import Event
from ropewalk.core.evolve import evolve
from ropewalk.core.plan import EXPIRY, TIMER
from ropewalk.core.recorder import Recorder, scope_of, written
from ropewalk.core.run import finish, is_over, put_to_rest, rest, wait_for_people
from ropewalk.core.state import State, StepState
from ropewalk.core.texts import prompt_of, texts_at_start
from ropewalk.core.transitions import judge, wants_condition
from ropewalk.core.work import NO_FAMILY_BUDGET, Failure, FamilyBudget
from ropewalk.definition import WRITTEN, Approval, Step, compile_condition, moment
from ropewalk.errors import ConditionError, Refused, TemplateError

HELD = ("by request", "imported", "blocked", "budget", "secret")
"""Pauses that only a person ends."""


def advance(recorder: Recorder, slots: int, around: FamilyBudget = NO_FAMILY_BUDGET) -> None:
    """Move the run as far as it goes with `slots` free slots and the budgets `around`. Repeating it changes nothing."""
    state = recorder.state
    if state.ended or not state.created:
        return
    if state.status == "pending":
        recorder.emit(e.RunStarted())
    if not _paused_for(state, "by request", "imported"):
        _fall_due(recorder)
        answer_all(recorder)  # a run that is held up does not come to it below
    put_to_rest(recorder)
    go_on_if_more_is_allowed(recorder, around)
    free = slots
    while _goes_on(state):
        before = len(recorder.events)
        free = _start_what_may(recorder, free, around)
        answer_known(recorder)
        if answer_all(recorder):
            continue
        if _paused_for(state, "asked", "quota") and not state.running and is_over(state):
            _wake(recorder)
        if state.status == "running" and not state.running:
            rest(recorder)
        elif state.status == "running":
            wait_for_people(recorder, free, around.busy)
        if len(recorder.events) == before:
            return


def _goes_on(state: State) -> bool:
    return not state.ended and not _paused_for(state, *HELD)


def _paused_for(state: State, *reasons: str) -> bool:
    return state.status == "paused" and state.reason in reasons


def _fall_due(recorder: Recorder) -> None:
    """Let everything happen whose time has come, in the order of the times."""
    state, before = recorder.state, len(recorder.events)
    if state.deadline is not None and recorder.now >= state.deadline and not state.clock_stands:
        _time_out(recorder)
    while state.alarms and recorder.now >= state.alarms[0][0]:
        _, kind, _, _, name = state.alarms[0]
        if kind == EXPIRY:
            answer_expired(recorder, name)
        elif kind == TIMER and state.steps[name].on == "timer":
            _wait_over(recorder, state.steps[name], state.alarms[0][0])
        elif kind == TIMER:
            recorder.emit(e.StepDue(step=name, round=state.steps[name].round))
        else:
            st = state.steps[name]
            limit = written(state, st).timeout.step_seconds
            exhausted(recorder, st, Failure(kind="timeout", message=f"the step took longer than {limit:g} s"))
    if len(recorder.events) > before and _paused_for(state, "quota", "asked"):
        recorder.emit(e.RunResumed(detail="due"))


def _time_out(recorder: Recorder) -> None:
    """The run has had its time; or, being aborted, its final steps have."""
    state = recorder.state
    if state.closing:
        stop_running(recorder, "the final steps had their time")
        finish(recorder, state.closing, state.why)
        return
    limit = state.workflow.limits.timeout_seconds
    reason = f"the run took longer than {limit:g} s"
    recorder.emit(e.RunClosing(status="failed", reason=reason, failed_by="timeout"))
    stop_running(recorder, reason)


def _start_what_may(recorder: Recorder, free: int, around: FamilyBudget) -> int:
    """Starts steps until nothing more may; gives the slots that are left."""
    state = recorder.state
    while not (state.failing and not state.closing) and not _paused_for(state, "blocked", "budget", "secret"):
        if state.immediate:
            _attend(recorder, state.steps[state.immediate[0][2]], around)
        elif state.ready and free > 0 and state.room > 0:
            st = state.steps[state.ready[0][2]]
            if written(state, st).kind == "call":
                _attend(recorder, st, around)
                continue
            why = used_up(state, st, recorder.now, around)
            if why == WAITS:
                break
            if why:
                ask_for_more(recorder, st, why, around)
                break
            _wake(recorder)
            free -= begin_attempt(recorder, st, around)
        else:
            break
    return free


def _wake(recorder: Recorder) -> None:
    if recorder.state.status == "paused":
        recorder.emit(e.RunResumed())


def _attend(recorder: Recorder, st: StepState, around: FamilyBudget) -> None:
    """The next thing for a step that needs no slot yet: skip it, judge its condition, list its items, ask, or call."""
    step = written(recorder.state, st)
    verdict = judge(step, len(recorder.state.graph.needs[st.index]), st)
    if verdict == "need":
        skip_step(recorder, st, "need", "a step that it needs did not succeed")
    elif verdict == "route":
        skip_step(recorder, st, "route", "no route leads here")
    else:
        try:
            _proceed(recorder, st, step, around)
        except (ConditionError, TemplateError) as error:
            fail_step(recorder, st, Failure(kind="permanent", message=str(error)))


def _proceed(recorder: Recorder, st: StepState, step: Step, around: FamilyBudget) -> None:
    state = recorder.state
    if wants_condition(state, step, st):
        _judge_when(recorder, st, step)
        return
    if (
        step.kind == "call"
        and not (step.foreach and not st.parent)
        and (why := used_up(state, st, recorder.now, around))
    ):
        ask_for_more(recorder, st, why, around)
        return
    recorder.begin(step)
    if step.foreach is not None and not st.parent:
        expand(recorder, st, step)
    elif step.kind == "ask":
        approval = step.ask or Approval()
        ask(
            recorder,
            st,
            about="question",
            prompt=prompt_of(recorder, st, approval, "{step}?"),
            approval=approval,
            show=show_before(recorder, st, approval),
        )
    elif step.ask is not None and not st.asked:
        prompt = prompt_of(recorder, st, step.ask, "Begin {step}?")
        show = show_before(recorder, st, step.ask)
        ask(recorder, st, about="before", prompt=prompt, approval=step.ask, show=show)
    elif step.decision is not None:
        decide_route(recorder, st)
    elif step.kind == "sleep":
        _sleep(recorder, st, step)
    else:
        _call(recorder, st)


def _judge_when(recorder: Recorder, st: StepState, step: Step) -> None:
    held = judge_condition(recorder, st, step.when)
    if held is not None:
        values = values_read(recorder, st, step.when)
        if held:
            recorder.emit(e.StepAdmitted(step=st.key, round=st.round, expression=step.when, values=values))
        else:
            skip_step(recorder, st, "when", f"`{step.when}` is false", values)


def _sleep(recorder: Recorder, st: StepState, step: Step) -> None:
    """Wait without a slot; when that is over is on record, so that no restart makes it longer. A rehearsal does not wait."""
    written_until = str(step.args.get("until", ""))
    try:
        if not written_until:
            until = recorder.now + float(step.args.get("seconds", 0))
        elif WRITTEN.match(written_until):
            until = moment(written_until)
        else:
            until = moment(compile_condition(written_until).value(scope_of(recorder.state, st)))
    except ValueError as error:
        fail_step(recorder, st, Failure(kind="permanent", message=f"until: {error}"))
        return
    if until <= recorder.now or recorder.state.options.rehearse is not None:
        _wait_over(recorder, st, until)
    else:
        recorder.emit(e.StepWaiting(step=st.key, round=st.round, on="timer", until=until))


def _wait_over(recorder: Recorder, st: StepState, until: float) -> None:
    deliver(recorder, st, e.Outcome(outputs={"until": until}))


def _call(recorder: Recorder, st: StepState) -> None:
    state = recorder.state
    depth = (state.parent.depth if state.parent else 0) + 1
    if depth > state.workflow.limits.depth:
        message = f"calls are nested deeper than {state.workflow.limits.depth}"
        fail_step(recorder, st, Failure(kind="permanent", message=message))
        return
    texts = texts_at_start(state, st)
    _wake(recorder)
    child = f"{state.run}.{st.index + 1}" + (f"-{st.place}" if st.parent else "") + f".{st.round}"
    if st.attempts:
        child += f"-{st.attempts + 1}"
    recorder.emit(
        e.StepStarted(step=st.key, round=st.round, attempt=st.attempt + 1, child=child, texts=texts)
    )


def decide(state: State, command: c.Command, now: float) -> list[Event]:
    """The events of one command at `now` (unix seconds). Raises Refused, NoSuchStep or NoSuchAsk."""
    recorder = Recorder(
        state, now, evolve, command.owner if isinstance(command, c.Advance | c.ExecuteStep) else ""
    )
    if not state.created and not isinstance(command, c.Create):
        raise Refused(verb=type(command).__name__, reason="the run is not there")
    if isinstance(command, c.Advance):
        advance(recorder, command.slots, command.around)
        return recorder.events
    _HANDLERS[type(command)](recorder, command)
    if isinstance(command, c.Report) and recorder.events and _has_too_many_events(state):
        verbs.abort(recorder, c.Abort(reason=f"the run has more than {state.workflow.limits.events} events"))
    if state.wanted:
        answer_known(recorder)
    if state.options.answer_all:
        answer_all(recorder)
    return recorder.events


def _has_too_many_events(state: State) -> bool:
    return state.version > state.workflow.limits.events and not state.ended


_HANDLERS: dict[type[c.Command], Callable[[Recorder, Any], None]] = {
    c.Create: verbs.create,
    c.Import: verbs.take_in,
    c.Report: reports.report,
    c.ReportLost: reports.report_lost,
    c.ReportChild: reports.report_child,
    c.Note: reports.note,
    c.Wait: reports.wait,
    c.OpenAsk: reports.open_ask,
    c.Answer: answer,
    c.SetFact: verbs.set_fact,
    c.Pause: verbs.pause,
    c.Hold: verbs.hold,
    c.Resume: verbs.resume,
    c.Abort: verbs.abort,
    c.RetryStep: verbs.retry_step,
    c.SkipStep: verbs.skip,
    c.ExecuteStep: verbs.execute,
    c.Land: merge.land,
    c.RaiseBudget: verbs.raise_budget,
    c.Publish: verbs.publish,
}
