"""What happens by itself: what is due comes due, what may start starts in written order, what cannot move is said."""

from __future__ import annotations

from weft.core import events as e
from weft.core.answers import answer
from weft.core.budgets import ask_for_more, exhausted, out_of_time, reserve
from weft.core.commands import Answer
from weft.core.draft import Draft, written
from weft.core.endings import fail_step, skip_step, stop_running
from weft.core.facts import judge_condition, values_read
from weft.core.finish import rest
from weft.core.items import expand
from weft.core.joins import judge, wants_condition
from weft.core.questions import ask, consent, prompt_of
from weft.core.routes import decide_route
from weft.core.state import State, StepState
from weft.core.work import Failure
from weft.definition.workflow import Approval, Step
from weft.errors import ConditionError


def advance(draft: Draft, places: int) -> None:
    """Move the run as far as it goes with `places` free places. Repeating it changes nothing."""
    state = draft.state
    if state.ended or not state.created:
        return
    if state.status == "pending":
        draft.emit(e.RunStarted())
    _fall_due(draft)
    if state.status == "paused" and state.reason in {"by request", "blocked", "budget"}:
        return
    free = places
    while True:
        free = _start_what_may(draft, free)
        if answer_all(draft):
            continue
        if state.status != "running" or state.running:
            return
        before = len(draft.events)
        rest(draft, waiting_for_place=bool(state.ready))
        if len(draft.events) == before:
            return


def answer_all(draft: Draft) -> bool:
    """Give the answers of an actor who agrees to everything; says whether there was anything to answer."""
    state = draft.state
    by = state.options.answer_all
    if not by or not state.asks:
        return False
    for name in list(state.asks):
        if name in state.asks:
            answer(draft, Answer(ask=name, verdict=consent(state.asks[name]), by=by))
    return True


def _fall_due(draft: Draft) -> None:
    state, now, before = draft.state, draft.now, len(draft.events)
    if state.status == "paused" and state.reason == "by request":
        return
    if (
        state.deadline is not None
        and now >= state.deadline
        and not (state.status == "paused" and _stopped_clock(state))
    ):
        limit = state.workflow.limits.timeout_seconds
        draft.emit(e.RunClosing(status="failed", reason=f"the run took longer than {limit:g} s"))
        stop_running(draft, "the run timed out")
    for name, opened in list(state.asks.items()):
        if opened.expires_at is not None and now >= opened.expires_at and name in state.asks:
            verdict = opened.default or "reject"
            answer(
                draft,
                Answer(ask=name, verdict=verdict, by="expiry", reason="nobody answered in time"),
                expired=True,
            )
    for key in [k for k, at in state.deadlines.items() if now >= at]:
        st = state.steps[key]
        limit = written(state, st).timeout.step_seconds
        fail_step(draft, st, Failure(kind="timeout", message=f"the step took longer than {limit:g} s"))
    due = sorted((at, state.steps[k].index, k) for k, at in state.timers.items() if now >= at)
    for _, _, key in due:
        draft.emit(e.StepDue(step=key, round=state.steps[key].round))
    if len(draft.events) > before and state.status == "paused" and state.reason in {"quota", "asked"}:
        draft.emit(e.RunResumed(detail="due"))


def _stopped_clock(state: State) -> bool:
    return not state.workflow.limits.count_waits and state.reason in {
        "asked",
        "by request",
        "budget",
        "blocked",
    }


def _start_what_may(draft: Draft, free: int) -> int:
    """Starts steps until nothing more may; gives the places that are left."""
    state = draft.state
    while state.status in {"running", "paused"} and not state.ended:
        if state.failing and not state.closing:
            break
        if state.prompt:
            _attend(draft, state.steps[state.prompt[0][2]])
        elif state.ready and free > 0 and len(state.running) < state.parallel:
            if not _start(draft, state.steps[state.ready[0][2]]):
                break
            free -= 1
        else:
            break
        if state.status == "paused" and state.reason in {"budget", "blocked"}:
            break
    return free


def _start(draft: Draft, st: StepState) -> bool:
    """Put the next attempt of a step on record; False when the budget does not allow it."""
    state = draft.state
    step = written(state, st)
    why = exhausted(state, st) or ("the time is used up" if out_of_time(state, draft.now) else "")
    if why == "waits":
        return False
    if why:
        ask_for_more(draft, st, why)
        return bool(answer_all(draft))
    _wake(draft)
    begun = e.StepStarted(
        step=st.key, round=st.round, attempt=st.attempt + 1, reserved_usd=reserve(state, st)
    )
    draft.start(begun, step)
    return True


def _wake(draft: Draft) -> None:
    if draft.state.status == "paused":
        draft.emit(e.RunResumed())


def _attend(draft: Draft, st: StepState) -> None:
    """The next thing for a step that needs no place yet: skip it, judge its condition, list its items, ask, or call."""
    step = written(draft.state, st)
    verdict = judge(step, len(draft.state.graph.needs[st.index]), st)
    if verdict == "need":
        skip_step(draft, st, "need", "a step that it needs did not succeed")
    elif verdict == "route":
        skip_step(draft, st, "route", "no route leads here")
    else:
        try:
            _proceed(draft, st, step)
        except ConditionError as error:
            fail_step(draft, st, Failure(kind="permanent", message=str(error)))


def _proceed(draft: Draft, st: StepState, step: Step) -> None:
    state = draft.state
    if wants_condition(state, step, st):
        held = judge_condition(draft, st, step.when)
        if held is not None:
            values = values_read(draft, st, step.when)
            if held:
                draft.emit(e.StepAdmitted(step=st.key, round=st.round, expression=step.when, values=values))
            else:
                skip_step(draft, st, "when", f"`{step.when}` is false", values)
    elif step.foreach is not None and not st.parent:
        expand(draft, st, step)
    elif step.kind == "ask":
        approval = step.ask or Approval()
        ask(draft, st, about="question", prompt=prompt_of(draft, st, approval, "{step}?"), approval=approval)
    elif step.ask is not None and not st.asked:
        ask(
            draft,
            st,
            about="before",
            prompt=prompt_of(draft, st, step.ask, "Begin {step}?"),
            approval=step.ask,
        )
    elif step.decision is not None:
        decide_route(draft, st)
    else:
        _call(draft, st, step)


def _call(draft: Draft, st: StepState, step: Step) -> None:
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
    draft.start(e.StepStarted(step=st.key, round=st.round, attempt=st.attempt + 1, child=child), step)
