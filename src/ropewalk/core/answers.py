"""How what was asked is answered, by people, by time or by a fact; and how a decision takes its route."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ropewalk.core import conflict
from ropewalk.core import events as e
from ropewalk.core.asks import ask, consent_to, judge_condition, know, possible_verdicts, wants_value
from ropewalk.core.commands import Answer
from ropewalk.core.endings import conclude, deliver, fail_step, left_by, skip_step, succeed
from ropewalk.core.recorder import Recorder, refuse, written
from ropewalk.core.rounds import do_again, retry, send_back
from ropewalk.core.state import StepState
from ropewalk.core.texts import filled, route_titles
from ropewalk.core.work import Failure, Verdict
from ropewalk.definition import Decision, ErrorClass, Fact, fact_fault, fact_value
from ropewalk.errors import NoSuchAsk, TemplateError

MORE = ("cost_usd", "tokens", "attempts", "seconds")


def answer(recorder: Recorder, command: Answer) -> None:
    """Answer an open ask. Raises Refused or NoSuchAsk and then changes nothing.

    One that comes late counts as long as nothing else has been put on record.
    """
    state = recorder.state
    opened = state.asks.get(command.ask)
    if opened is None:
        if command.ask in state.answers:
            earlier = state.answers[command.ask]
            refuse("answer", f"{command.ask} was already answered ({earlier.verdict} by {earlier.by})")
        raise NoSuchAsk(run=state.run, ask=command.ask)
    if command.digest and command.digest != opened.digest:
        refuse("answer", f"what was shown with {command.ask} has changed since")
    allowed = possible_verdicts(opened)
    if command.verdict not in allowed:
        refuse("answer", f"{command.ask} takes {', '.join(allowed)}, not {command.verdict!r}")
    if opened.about == "fact":
        _check_fact(recorder, opened, command)
    elif (known := _made_known(recorder, opened, command)) is not None:
        name, value = known
        fact = recorder.state.workflow.facts.get(name)
        if why := fact_fault(name, fact, fact_value(fact, value)):
            refuse("answer", why)
    if opened.about == "budget" and command.verdict == "approve":
        _check_more(command.value)
    if opened.about == "conflict" and command.verdict == "reject" and command.value is not None:
        refuse("answer", "`reject` takes no value")
    if opened.about == "conflict" and command.verdict != "reject":
        more = conflict.settled_by(opened, command)
        opened = conflict.after(opened, more)
        if opened.detail["left"]:
            recorder.emit(
                e.ConflictSettled(
                    step=opened.step,
                    round=opened.round,
                    ask=command.ask,
                    by=command.by,
                    reason=command.reason,
                    settled=more,
                )
            )
            return
    _give(recorder, opened, command)


def _give(recorder: Recorder, opened: e.AskOpened, command: Answer, expired: bool = False) -> None:
    """Put an answer on record, with what follows from it."""
    state = recorder.state
    recorder.emit(
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
    _AFTER[opened.about](recorder, state.steps[opened.step], opened, command)
    if state.status == "paused" and state.reason in {"asked", "quota"}:
        recorder.emit(e.RunResumed(detail=f"{command.ask} answered"))


def answer_expired(recorder: Recorder, name: str) -> None:
    """Nobody answered in time: its default does, or a no, as also where a default lacks the value that is wanted."""
    opened = recorder.state.asks[name]
    known = opened.default in (*possible_verdicts(opened), "approve") and not wants_value(opened)
    verdict = opened.default if known else "reject"
    default = Answer(ask=name, verdict=verdict, by="expiry", reason="nobody answered in time")
    _give(recorder, opened, default, expired=True)


def answer_as_before(recorder: Recorder, name: str) -> None:
    """What an attempt asked before it was put to rest, and was answered then, is not asked of anybody again."""
    opened = recorder.state.asks[name]
    earlier = recorder.state.answers.get(recorder.state.steps[opened.step].allowed.get(opened.digest, ""))
    if earlier is not None:
        _give(recorder, opened, Answer(name, earlier.verdict, earlier.by, earlier.reason))


def answer_known(recorder: Recorder) -> None:
    """What was asked about a fact that is known by now is answered by that, in the name of who made it known. The way that
    a decision took in an earlier round answers no later one: it was sent back to be decided anew.
    """
    state = recorder.state
    for fact in [name for name in state.wanted if name in state.facts]:
        value = state.facts[fact]
        for name in list(state.wanted.get(fact, ())):
            opened = state.asks.get(name)
            if opened is None or (opened.about == "route" and value not in opened.choices):
                continue
            facts_set = _set_since(recorder, fact, opened)
            if opened.about == "route" and opened.round > 1 and not facts_set:
                continue
            verdict = str(value) if opened.about == "route" else "approve"
            by = facts_set[-1].by if facts_set else ""
            _give(recorder, opened, Answer(ask=name, verdict=verdict, by=by, value=value))


def _set_since(recorder: Recorder, fact: str, opened: e.AskOpened) -> list[e.FactSet]:
    """How a fact was just set, after the question was put where that is new too."""
    events = recorder.events
    begin = events.index(opened) if opened in events and opened.round > 1 else 0
    return [event for event in events[begin:] if isinstance(event, e.FactSet) and event.name == fact]


def answer_all(recorder: Recorder) -> bool:
    """Give the answers of an actor who agrees to everything, until nothing is asked to which a yes is an answer; says whether there
    was anything."""
    state = recorder.state
    by = state.options.answer_all
    if not by or not state.asks:
        return False
    answered = False
    while opened := next((opened for opened in state.asks.values() if consent_to(opened)), None):
        _give(recorder, opened, Answer(ask=opened.ask, verdict=consent_to(opened), by=by))
        answered = True
    return answered


def _question(recorder: Recorder, st: StepState, opened: e.AskOpened, answer: Answer) -> None:
    if answer.verdict == "reject" and "reject" not in opened.choices:
        fail_step(recorder, st, _refusal(answer))
        return
    choice = answer.verdict if answer.verdict in opened.choices else ""
    value = answer.value if answer.value is not None else (choice or answer.verdict == "approve")
    outputs = {
        "verdict": answer.verdict,
        "choice": choice,
        "value": value,
        "by": answer.by,
        "reason": answer.reason,
    }
    _know(recorder, opened, answer)
    deliver(recorder, st, e.Outcome(outputs=outputs, artifacts=answer.artifacts, commit=answer.commit))


def _before(recorder: Recorder, st: StepState, opened: e.AskOpened, answer: Answer) -> None:
    if answer.verdict == "reject" and "reject" not in opened.choices:
        fail_step(recorder, st, _refusal(answer))
    else:
        _know(recorder, opened, answer)


def _approval(recorder: Recorder, st: StepState, opened: e.AskOpened, answer: Answer) -> None:
    approval = written(recorder.state, st).approve
    result = st.result or e.Outcome()
    if answer.verdict == "reject" and "reject" not in opened.choices:
        how = approval.on_reject if approval is not None else "redo"
        if how == "fail" or recorder.state.winding_up:
            fail_step(recorder, st, _refusal(answer))
        elif how == "back_to":
            send_back(recorder, st, reason=answer.reason, source=answer.by)
        else:
            do_again(recorder, st, reason=answer.reason, source=answer.by)
        return
    if answer.verdict == "amend":
        result = _amended(result, answer)
    _know(recorder, opened, answer)
    conclude(recorder, st, result)


def _know(recorder: Recorder, opened: e.AskOpened, answer: Answer) -> None:
    if (known := _made_known(recorder, opened, answer)) is not None:
        know(recorder, *known, by=answer.by)


def _made_known(recorder: Recorder, opened: e.AskOpened, answer: Answer) -> tuple[str, Any] | None:
    """The fact that an answer to a question, before the work or about it, makes known, and its value."""
    step = written(recorder.state, recorder.state.steps[opened.step])
    approval = {"question": step.ask, "before": step.ask, "approval": step.approve}.get(opened.about)
    chosen = answer.verdict in opened.choices
    if approval is None or not approval.fact or (answer.verdict == "reject" and not chosen):
        return None
    fact = recorder.state.workflow.facts.get(approval.fact, Fact("any"))
    consent = True if opened.about == "question" or fact.type == "boolean" else answer.verdict
    if opened.about == "before" and fact.type == "any" and fact.default == "":
        consent = ""  # a plain yes says no more than to begin
    verdict = answer.verdict if chosen else consent
    return approval.fact, verdict if answer.value is None else answer.value


def _amended(result: e.Outcome, answer: Answer) -> e.Outcome:
    """What the person gave in place of what the step produced; the rest stays."""
    changed = {a.path for a in answer.artifacts}
    kept = tuple(a for a in result.artifacts if a.path not in changed)
    amended = tuple(msgspec.structs.replace(a, amended_by=answer.by) for a in answer.artifacts)
    return msgspec.structs.replace(
        result,
        outputs={**result.outputs, **answer.value} if isinstance(answer.value, dict) else result.outputs,
        artifacts=(*kept, *amended),
        commit=answer.commit or result.commit,
        tree="" if answer.commit else result.tree,
    )


def _escalation(recorder: Recorder, st: StepState, opened: e.AskOpened, answer: Answer) -> None:
    if answer.verdict == "reject":
        fail_step(recorder, st, _refusal(answer), overruled_by="fail")
    elif answer.verdict in {"retry", "amend"}:
        findings = tuple(opened.detail.get("findings", ()))
        send_back(recorder, st, reason=answer.reason, findings=findings, source=answer.by, forced=True)
    elif written(recorder.state, st).decision is not None and not st.route:
        ask_route(recorder, st)
    else:
        for verdict in [v for v in st.verdicts if v.verdict == "FAIL"]:
            waived = Verdict(
                verdict.gate, "WAIVED", verdict.findings, verdict.evidence, answer.by, answer.reason
            )
            recorder.emit(e.GateJudged(step=st.key, round=st.round, attempt=st.attempt, verdict=waived))
        succeed(recorder, st, left_by(recorder, st))


def _fact(recorder: Recorder, st: StepState, opened: e.AskOpened, answer: Answer) -> None:
    if opened.fact not in recorder.state.facts:
        know(recorder, opened.fact, _value(opened, answer), by=answer.by)
    if st.status == "waiting" and st.result is not None:
        conclude(recorder, st, st.result)


def _check_fact(recorder: Recorder, opened: e.AskOpened, answer: Answer) -> None:
    """What cannot be the fact is refused here: as a fact it would only fail the condition that reads it."""
    fact = recorder.state.workflow.facts.get(opened.fact)
    value = fact_value(fact, _value(opened, answer))
    why = fact_fault(opened.fact, fact, value)
    if why and answer.value is None and not opened.choices:
        why = f"the fact {opened.fact} takes a value: --value {'TEXT' if fact and fact.type == 'string' else 'JSON'}"
    if why:
        refuse("answer", why)


def _value(opened: e.AskOpened, answer: Answer) -> Any:
    if answer.value is not None:
        return answer.value
    return answer.verdict if answer.verdict in opened.choices else answer.verdict == "approve"


def _route(recorder: Recorder, st: StepState, opened: e.AskOpened, answer: Answer) -> None:
    if answer.verdict == "reject" and "reject" not in opened.choices:
        fail_step(recorder, st, _refusal(answer))
    else:
        take_route(recorder, st, answer.verdict, by=answer.by)


def _failure(recorder: Recorder, st: StepState, opened: e.AskOpened, answer: Answer) -> None:
    if answer.verdict == "retry":
        retry(recorder, st, answer.reason)
    elif answer.verdict == "skip":
        skip_step(recorder, st, "operator", f"skipped by {answer.by}")
    else:
        failure = Failure(kind=opened.detail["class"], message=opened.detail["message"])
        fail_step(recorder, st, failure, overruled_by="fail")


def _conflict(recorder: Recorder, st: StepState, opened: e.AskOpened, answer: Answer) -> None:
    if answer.verdict == "reject":
        fail_step(recorder, st, _refusal(answer, "conflict"))
        return
    note = {"resolution": conflict.resolution(st, opened)}
    retry(recorder, st)
    recorder.emit(e.AttemptNoted(step=st.key, round=st.round, attempt=st.attempt, note=note))


def _permission(recorder: Recorder, st: StepState, opened: e.AskOpened, answer: Answer) -> None:
    """The attempt that asked is still running and reads the answer off the feed; or it rests, and asks again when it goes on."""


def _budget(recorder: Recorder, st: StepState, opened: e.AskOpened, answer: Answer) -> None:
    state = recorder.state
    if answer.verdict == "reject":
        failure = Failure(
            kind="refused", message=f"the budget is used up: more was {_refusal(answer).message}"
        )
        fail_step(recorder, st, failure, overruled_by="fail")
    else:
        more = answer.value if answer.value is not None else opened.detail["raise"]
        recorder.emit(e.BudgetRaised(**more, caller=bool(opened.detail.get("of"))))
    if state.status == "paused" and state.reason == "budget":
        recorder.emit(e.RunResumed(detail=f"{opened.ask} answered"))


def _check_more(value: Any) -> None:
    """None for what was offered, or how much more of what."""
    if value is None:
        return
    if not isinstance(value, dict) or not value or not value.keys() <= set(MORE):
        refuse("answer", f"how much more is a map with some of {', '.join(MORE)}")
    for name, more in value.items():
        if isinstance(more, bool) or not isinstance(more, int | float) or more <= 0:
            refuse("answer", f"{name} is {more!r}; a number above 0 is wanted")


def _refusal(answer: Answer, kind: ErrorClass = "refused") -> Failure:
    why = f": {answer.reason}" if answer.reason else ""
    return Failure(kind=kind, message=f"rejected by {answer.by or 'nobody'}{why}")


_AFTER: dict[str, Callable[[Recorder, StepState, e.AskOpened, Answer], None]] = {
    "question": _question,
    "before": _before,
    "approval": _approval,
    "escalation": _escalation,
    "fact": _fact,
    "route": _route,
    "failure": _failure,
    "conflict": _conflict,
    "permission": _permission,
    "budget": _budget,
}


def decide_route(recorder: Recorder, st: StepState) -> None:
    """Pick the route of a decision that needs no agent: by conditions, by a fact, or by asking a person."""
    decision = written(recorder.state, st).decision or Decision()
    if decision.by == "condition":
        _by_condition(recorder, st, decision)
    elif decision.by == "fact" and decision.fact in recorder.state.facts:
        _by_value(recorder, st, decision, recorder.state.facts[decision.fact])
    elif decision.by == "fact" and recorder.state.options.assume is not None:
        take_route(
            recorder, st, decision.routes[0 if recorder.state.options.assume else -1].name, by="--assume"
        )
    else:
        ask_route(recorder, st)


def ask_route(recorder: Recorder, st: StepState) -> None:
    """Let a person pick the route."""
    decision = written(recorder.state, st).decision or Decision()
    state = recorder.state
    choices = tuple(r.name for r in decision.routes)
    try:
        prompt = filled(state, st, decision.prompt) or f"Which way after `{st.key}`?"
        titles = route_titles(state, st, decision)
    except TemplateError as error:
        fail_step(recorder, st, Failure(kind="permanent", message=f"`decide`: {error}"))
        return
    ask(recorder, st, about="route", prompt=prompt, choices=choices, titles=titles, fact=decision.fact)


def _by_condition(recorder: Recorder, st: StepState, decision: Decision) -> None:
    for route in decision.routes:
        held = judge_condition(recorder, st, route.when) if route.when else True
        if held is None:
            return
        if held:
            take_route(recorder, st, route.name, by=route.when or "otherwise")
            return
    fail_step(recorder, st, Failure(kind="permanent", message="no route's condition holds"))


def _by_value(recorder: Recorder, st: StepState, decision: Decision, value: object) -> None:
    if any(r.name == value for r in decision.routes):
        take_route(recorder, st, str(value), by=f"fact {decision.fact}")
    else:
        names = ", ".join(r.name for r in decision.routes)
        message = f"fact `{decision.fact}` is {value!r}, which is none of the routes {names}"
        fail_step(recorder, st, Failure(kind="invalid_output", message=message))


def take_route(
    recorder: Recorder, st: StepState, name: str, by: str, result: e.Outcome | None = None
) -> None:
    """Record the decision; its work is done with that."""
    decision = written(recorder.state, st).decision or Decision()
    recorder.emit(e.DecisionMade(step=st.key, round=st.round, route=name, by=by))
    if decision.fact:
        know(recorder, decision.fact, name, by=by)
    done = result or e.Outcome()
    deliver(recorder, st, msgspec.structs.replace(done, outputs={**done.outputs, "route": name}))
