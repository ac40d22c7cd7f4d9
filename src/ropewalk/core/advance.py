"""What happens by itself: what is due comes due, what may start starts in written order, what cannot move is said."""

from __future__ import annotations

from ropewalk.core import events as e
from ropewalk.core.alarms import EXPIRY, TIMER
from ropewalk.core.answers import answer_all, answer_expired, answer_known
from ropewalk.core.around import NOTHING, Around
from ropewalk.core.budgets import WAITS, ask_for_more, begin_attempt, go_on_if_more_is_allowed, used_up
from ropewalk.core.draft import Draft, written
from ropewalk.core.endings import exhausted, fail_step, skip_step, stop_running
from ropewalk.core.facts import judge_condition, values_read
from ropewalk.core.finish import finish, is_over, rest
from ropewalk.core.items import expand
from ropewalk.core.joins import judge, wants_condition
from ropewalk.core.questions import ask, prompt_of
from ropewalk.core.routes import decide_route
from ropewalk.core.state import State, StepState
from ropewalk.core.work import Failure
from ropewalk.definition.workflow import Approval, Step
from ropewalk.errors import ConditionError

HELD = ("by request", "imported", "blocked", "budget", "secret")
"""Pauses that only a person ends."""


def advance(draft: Draft, places: int, around: Around = NOTHING) -> None:
    """Move the run as far as it goes with `places` free places and the budgets `around`. Repeating it changes nothing."""
    state = draft.state
    if state.ended or not state.created:
        return
    if state.status == "pending":
        draft.emit(e.RunStarted())
    if not _paused_for(state, "by request", "imported"):
        _fall_due(draft)
    go_on_if_more_is_allowed(draft, around)
    free = places
    while _goes_on(state):
        before = len(draft.events)
        free = _start_what_may(draft, free, around)
        answer_known(draft)
        if answer_all(draft):
            continue
        if _paused_for(state, "asked", "quota") and not state.running and is_over(state):
            _wake(draft)
        if state.status == "running" and not state.running:
            rest(draft)
        if len(draft.events) == before:
            return


def _goes_on(state: State) -> bool:
    return not state.ended and not _paused_for(state, *HELD)


def _paused_for(state: State, *reasons: str) -> bool:
    return state.status == "paused" and state.reason in reasons


def _fall_due(draft: Draft) -> None:
    """Let everything happen whose time has come, in the order of the times."""
    state, before = draft.state, len(draft.events)
    if state.deadline is not None and draft.now >= state.deadline and not state.clock_stands:
        _time_out(draft)
    while state.alarms and draft.now >= state.alarms[0][0]:
        _, kind, _, _, name = state.alarms[0]
        if kind == EXPIRY:
            answer_expired(draft, name)
        elif kind == TIMER:
            draft.emit(e.StepDue(step=name, round=state.steps[name].round))
        else:
            st = state.steps[name]
            limit = written(state, st).timeout.step_seconds
            exhausted(draft, st, Failure(kind="timeout", message=f"the step took longer than {limit:g} s"))
    if len(draft.events) > before and _paused_for(state, "quota", "asked"):
        draft.emit(e.RunResumed(detail="due"))


def _time_out(draft: Draft) -> None:
    """The run has had its time; or, being aborted, its final steps have."""
    state = draft.state
    if state.closing:
        stop_running(draft, "the final steps had their time")
        finish(draft, state.closing, state.why)
        return
    limit = state.workflow.limits.timeout_seconds
    reason = f"the run took longer than {limit:g} s"
    draft.emit(e.RunClosing(status="failed", reason=reason))
    stop_running(draft, reason)


def _start_what_may(draft: Draft, free: int, around: Around) -> int:
    """Starts steps until nothing more may; gives the places that are left."""
    state = draft.state
    while not (state.failing and not state.closing) and not _paused_for(state, "blocked", "budget", "secret"):
        if state.prompt:
            _attend(draft, state.steps[state.prompt[0][2]], around)
        elif state.ready and free > 0 and state.room > 0:
            st = state.steps[state.ready[0][2]]
            if written(state, st).kind == "call":
                _attend(draft, st, around)
                continue
            why = used_up(state, st, draft.now, around)
            if why == WAITS:
                break
            if why:
                ask_for_more(draft, st, why, around)
                break
            _wake(draft)
            begin_attempt(draft, st, around)
            free -= 1
        else:
            break
    return free


def _wake(draft: Draft) -> None:
    if draft.state.status == "paused":
        draft.emit(e.RunResumed())


def _attend(draft: Draft, st: StepState, around: Around) -> None:
    """The next thing for a step that needs no place yet: skip it, judge its condition, list its items, ask, or call."""
    step = written(draft.state, st)
    verdict = judge(step, len(draft.state.graph.needs[st.index]), st)
    if verdict == "need":
        skip_step(draft, st, "need", "a step that it needs did not succeed")
    elif verdict == "route":
        skip_step(draft, st, "route", "no route leads here")
    else:
        try:
            _proceed(draft, st, step, around)
        except ConditionError as error:
            fail_step(draft, st, Failure(kind="permanent", message=str(error)))


def _proceed(draft: Draft, st: StepState, step: Step, around: Around) -> None:
    state = draft.state
    if wants_condition(state, step, st):
        _judge_when(draft, st, step)
        return
    if (
        step.kind == "call"
        and not (step.foreach and not st.parent)
        and (why := used_up(state, st, draft.now, around))
    ):
        ask_for_more(draft, st, why, around)
        return
    draft.begin(step)
    if step.foreach is not None and not st.parent:
        expand(draft, st, step)
    elif step.kind == "ask":
        approval = step.ask or Approval()
        ask(draft, st, about="question", prompt=prompt_of(draft, st, approval, "{step}?"), approval=approval)
    elif step.ask is not None and not st.asked:
        prompt = prompt_of(draft, st, step.ask, "Begin {step}?")
        ask(draft, st, about="before", prompt=prompt, approval=step.ask)
    elif step.decision is not None:
        decide_route(draft, st)
    else:
        _call(draft, st)


def _judge_when(draft: Draft, st: StepState, step: Step) -> None:
    held = judge_condition(draft, st, step.when)
    if held is not None:
        values = values_read(draft, st, step.when)
        if held:
            draft.emit(e.StepAdmitted(step=st.key, round=st.round, expression=step.when, values=values))
        else:
            skip_step(draft, st, "when", f"`{step.when}` is false", values)


def _call(draft: Draft, st: StepState) -> None:
    state = draft.state
    depth = (state.parent.depth if state.parent else 0) + 1
    if depth > state.workflow.limits.depth:
        message = f"calls are nested deeper than {state.workflow.limits.depth}"
        fail_step(draft, st, Failure(kind="permanent", message=message))
        return
    _wake(draft)
    child = f"{state.run}.{st.index + 1}" + (f"-{st.place}" if st.parent else "") + f".{st.round}"
    if st.attempts:
        child += f"-{st.attempts + 1}"
    draft.emit(e.StepStarted(step=st.key, round=st.round, attempt=st.attempt + 1, child=child))
