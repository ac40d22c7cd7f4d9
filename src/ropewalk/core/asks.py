"""What people are asked and what is known: how an ask is opened and withdrawn, how conditions read facts, and what that does to
the state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

import msgspec

from ropewalk.core import events as e
from ropewalk.core.plan import set_expiry
from ropewalk.core.recorder import Recorder, scope_of, scope_with, written
from ropewalk.core.state import State, StepState
from ropewalk.core.texts import as_title, filled, shown_names
from ropewalk.core.transitions import STEP_WAYS, enqueue, move, start_clocks, stop_clocks
from ropewalk.core.work import Artifact, Feedback, Outcome
from ropewalk.definition import (
    Approval,
    CompiledCondition,
    compile_condition,
    fact_form,
    fact_question,
    fact_value,
)

PLAIN = ("approve", "reject", "amend")


def ask(
    recorder: Recorder,
    st: StepState,
    *,
    about: e.AskKind,
    prompt: str,
    choices: tuple[str, ...] = (),
    titles: tuple[str, ...] = (),
    approval: Approval | None = None,
    show: tuple[Artifact, ...] = (),
    fact: str = "",
    detail: dict[str, Any] | None = None,
    expires_at: float | None = None,
    default: str = "",
    name: str = "",
    form: dict[str, Any] | None = None,
) -> None:
    """Open an ask. The digest binds an answer to exactly what is shown here. Raises TemplateError."""
    form = form or {}
    if approval is not None:
        choices = choices or tuple(c.id for c in approval.choices)
        titles = tuple(as_title(filled(recorder.state, st, c.title)) for c in approval.choices)
        form, default = approval.form, approval.default
        if approval.fact and not form and not choices:
            form = fact_form(recorder.state.workflow.facts.get(approval.fact))
        if approval.expires_seconds is not None:
            expires_at = recorder.now + approval.expires_seconds
    shown = {"prompt": prompt, "show": show, "choices": choices, "detail": detail or {}}
    opened = e.AskOpened(
        step=st.key,
        round=st.round,
        ask=name or f"a{recorder.state.ask_count + 1}",
        about=about,
        prompt=prompt,
        choices=choices,
        titles=titles,
        form=form,
        show=show,
        digest=sha256(msgspec.json.encode(shown, order="sorted")).hexdigest(),
        expires_at=expires_at,
        default=default,
        fact=fact,
        attempt=st.attempt,
        detail=detail or {},
    )
    recorder.emit(opened)


def show_before(recorder: Recorder, st: StepState, approval: Approval) -> tuple[Artifact, ...]:
    """The files that an ask names, as its step starts from them. Raises TemplateError."""
    return _before(recorder.state, st, shown_names(recorder.state, st, approval)) if approval.show else ()


def show_after(
    recorder: Recorder, st: StepState, approval: Approval, result: Outcome
) -> tuple[Artifact, ...]:
    """The files that an approval names, as its step left them, or all that it wrote where it names none; what it did not write
    is as it started from it. Raises TemplateError."""
    if not approval.show:
        return result.artifacts
    written_by_it = {artifact.path: artifact for artifact in result.artifacts}
    names = shown_names(recorder.state, st, approval, result.outputs)
    rest = [name for name in names if name not in written_by_it]
    if result.commit:
        others = tuple(Artifact(path, "", commit=result.commit) for path in rest)
    else:
        others = _before(recorder.state, st, rest)
    return (*(written_by_it[name] for name in names if name in written_by_it), *others)


def _before(state: State, st: StepState, names: Sequence[str]) -> tuple[Artifact, ...]:
    """Files as the steps before left them: what several wrote side by side is their merge, in written order. What none of them
    wrote is the file of the commit from which the run began."""
    left: dict[str, dict[str, tuple[int, Artifact]]] = {name: {} for name in names}
    for index in sorted(state.graph.ancestors(st.index)):
        before = state.steps[state.graph.steps[index].id]
        for each in (before, *(state.steps[key] for key in before.items)):
            for artifact in each.result.artifacts if each.result else ():
                if artifact.path in left:
                    earlier = left[artifact.path].items()
                    past = state.graph.ancestors(index) if earlier else set()
                    others = {commit: known for commit, known in earlier if known[0] not in past}
                    left[artifact.path] = {**others, artifact.commit: (index, artifact)}
    began = str(state.base.get("commit", ""))
    shown = (
        _merge_of([a for _, a in left[name].values()]) or Artifact(name, "", commit=began) for name in names
    )
    return tuple(artifact for artifact in shown if artifact.change != "deleted")


def _merge_of(versions: Sequence[Artifact]) -> Artifact | None:
    """One file of versions that stand side by side; the last where they are all gone, or are of no commit."""
    commits = tuple(version.commit for version in versions)
    if len(versions) < 2 or not all(commits) or all(version.change == "deleted" for version in versions):
        return versions[-1] if versions else None
    return Artifact(versions[-1].path, "", merged_from=commits)


def withdraw(recorder: Recorder, st: StepState, reason: str) -> None:
    """Close the open asks of a step. A run that waited for one of them to allow something goes on, and asks anew if it must."""
    for name in list(st.asks):
        held = _HELD_BY.get(recorder.state.asks[name].about)
        recorder.emit(e.AskWithdrawn(step=st.key, round=st.round, ask=name, reason=reason))
        if recorder.state.status == "paused" and recorder.state.reason == held:
            recorder.emit(e.RunResumed(detail=reason))


_HELD_BY: dict[str, e.PauseReason] = {"budget": "budget", "permission": "asked"}
"""Pauses in which an attempt may be under way, or be about to begin, by what is asked then."""


def withdraw_budget_asks(recorder: Recorder, reason: str) -> None:
    """More was allowed without an answer."""
    for opened in [opened for opened in recorder.state.asks.values() if opened.about == "budget"]:
        withdraw(recorder, recorder.state.steps[opened.step], reason)


_CHOSEN = frozenset({"permission", "failure", "conflict", "route", "question", "before"})
"""What is answered with one of the choices where there are any: a plain yes would not say which."""


def possible_verdicts(opened: e.AskOpened) -> tuple[str, ...]:
    """What may be answered: its choices where it has some, and the plain three as far as they make sense."""
    if opened.about == "fact":
        return opened.choices or (("approve",) if opened.form else PLAIN[:2])
    if opened.about in _CHOSEN and opened.choices:
        return (*opened.choices, "reject") if "reject" not in opened.choices else opened.choices
    plain: tuple[str, ...] = (
        PLAIN if opened.about in {"question", "before", "approval", "escalation"} else PLAIN[:2]
    )
    if opened.about == "approval" and opened.choices:
        plain = plain[1:]
    return (*opened.choices, *(v for v in plain if v not in opened.choices))


def wants_value(opened: e.AskOpened) -> bool:
    """Whether no plain word answers it, as what its form wants has to be given; a choice of a fact is its value."""
    return bool(opened.form) and not (opened.about == "fact" and opened.choices)


def consent_to(opened: e.AskOpened) -> str:
    """What approving everything means for an ask: go on, never round again. "" where only a person has the value."""
    if wants_value(opened):
        return ""
    if opened.about == "failure":
        return "fail"
    if opened.about == "conflict":
        return "reject"
    if opened.about == "permission":
        agreed = [c for c in opened.choices if c.startswith("allow") or c == "approve"]
        return (*agreed, *opened.choices, "approve")[0]
    if opened.choices and opened.about in {"question", "route", "before", "fact", "approval"}:
        return opened.default if opened.default in opened.choices else opened.choices[0]
    return "approve"


def judge_condition(
    recorder: Recorder, st: StepState, source: str, own: dict[str, Any] | None = None
) -> bool | None:
    """Whether a condition holds; None when a person was asked for a fact first. Raises ConditionError."""
    condition = compile_condition(source)
    if not settle_facts(recorder, st, condition):
        return None
    scope = scope_of(recorder.state, st) if own is None else scope_with(recorder.state, st, own, condition)
    return condition.holds(scope)


def know(recorder: Recorder, name: str, value: Any, by: str) -> None:
    """Put a fact on record, of its declared type, unless it is known as just that."""
    value = fact_value(recorder.state.workflow.facts.get(name), value)
    if name not in recorder.state.facts or recorder.state.facts[name] != value:
        recorder.emit(e.FactSet(name=name, value=value, by=by))


def settle_facts(recorder: Recorder, st: StepState, condition: CompiledCondition) -> bool:
    """Give every fact that the condition reads a value; False when a person has to be asked."""
    for name in sorted(fact_names(condition)):
        if name in recorder.state.facts:
            continue
        fact = recorder.state.workflow.facts.get(name)
        assumed = recorder.state.options.assume
        if assumed is not None and (fact is None or fact.type == "boolean"):
            recorder.emit(e.FactSet(name=name, value=assumed, by="--assume"))
        elif fact is not None and fact.default is not None:
            recorder.emit(e.FactSet(name=name, value=fact.default, by="default"))
        else:
            step = written(recorder.state, st)
            prompt = f"{fact_question(name, fact)} Step `{step.id}` depends on it."
            prompt = (fact.question if fact else "") or prompt
            choices = tuple(str(c) for c in fact.choices) if fact else ()
            ask(recorder, st, about="fact", prompt=prompt, choices=choices, fact=name, form=fact_form(fact))
            return False
    return True


def fact_names(condition: CompiledCondition) -> set[str]:
    """The facts that a condition reads."""
    return {name.split(".")[1] for name in condition.names if name.startswith("facts.")}


def values_read(recorder: Recorder, st: StepState, source: str) -> dict[str, Any]:
    """The values behind each name of a condition, for the record; what is not there is left out."""
    scope = scope_of(recorder.state, st)
    values: dict[str, Any] = {}
    for name in sorted(compile_condition(source).names):
        value: Any = scope
        for part in name.split("."):
            if not isinstance(value, dict) or part not in value:
                break
            value = value[part]
        else:
            values[name] = value if isinstance(value, str | int | float | bool | None) else "…"
    return values


HOLDS_STEP = frozenset({"question", "before", "fact", "route", "escalation", "failure", "conflict"})
"""Asks for which the step itself waits, holding no slot. An approval waits by `step.produced`, a permission runs on, until
the attempt is put to rest."""
LETS_BEGIN = frozenset({"before", "fact", "route"})
"""Asks after which a step that has not worked yet is looked at again."""


def _opened(state: State, event: e.AskOpened, at: float) -> None:
    state.asks[event.ask] = event
    state.ask_count += 1
    if event.fact:
        state.wanted.setdefault(event.fact, {})[event.ask] = None
    set_expiry(state, event)
    st = state.steps.get(event.step)
    if st is None:
        return
    st.asks[event.ask] = None
    if event.about == "permission":
        stop_clocks(state, st, at)
    if event.about in HOLDS_STEP and st.status in STEP_WAYS[e.AskOpened]:
        move(state, st, "waiting", at)
        st.on = "answer"
        state.deadlines.pop(st.key, None)


def _answered(state: State, event: e.AskAnswered, at: float) -> None:
    opened, st = _closed(state, event, at)
    state.answers[event.ask] = event
    state.recoveries = 0
    if opened is None or st is None:
        return
    if opened.about == "before":
        st.asked = True
        remarks = [
            remark for remark in st.feedback if not remark.beforehand
        ]  # asked anew, the answer before counts no more
        st.feedback = [*remarks, *_answer_before(opened, event)]
    if opened.about == "permission":
        _decided(state, st, opened, at)
    if opened.about in LETS_BEGIN and st.status == "waiting" and st.result is None:
        move(state, st, "pending", at)
        enqueue(state, st)


def _decided(state: State, st: StepState, opened: e.AskOpened, at: float) -> None:
    """An attempt that rests goes on once all that it asked is answered; it asks again, and is given what was answered, once."""
    if st.status != "waiting":
        st.allowed = {digest: name for digest, name in st.allowed.items() if digest != opened.digest}
        return
    st.allowed = {**st.allowed, opened.digest: opened.ask}
    if not st.asks:
        move(state, st, "pending", at)
        enqueue(state, st)


def _answer_before(opened: e.AskOpened, event: e.AskAnswered) -> list[Feedback]:
    """What a person chose or typed before the work is for who does it; a plain yes says nothing more."""
    typed = "" if event.value is None else msgspec.json.encode(event.value).decode()
    reason = "" if event.expired else event.reason  # that nobody answered in time tells the work nothing
    words = [event.verdict if event.verdict in opened.choices else "", typed, reason]
    answer = "; ".join(word for word in words if word)
    if not answer:
        return []
    return [Feedback(source=event.by or "person", text=f"{opened.prompt} {answer}", beforehand=True)]


def _withdrawn(state: State, event: e.AskWithdrawn, at: float) -> None:
    _closed(state, event, at)


def _closed(
    state: State, event: e.AskAnswered | e.AskWithdrawn, at: float
) -> tuple[e.AskOpened | None, StepState | None]:
    opened = state.asks.pop(event.ask, None)
    if opened is None:
        return None, None
    if opened.fact in state.wanted:
        state.wanted[opened.fact].pop(event.ask, None)
        if not state.wanted[opened.fact]:
            del state.wanted[opened.fact]
    st = state.steps.get(opened.step)
    if st is not None:
        st.asks.pop(event.ask, None)
        if not st.asks:
            start_clocks(state, st, at)
    return opened, st


HANDLERS: dict[type[e.Event], Callable[[State, Any, float], None]] = {
    e.AskOpened: _opened,
    e.AskAnswered: _answered,
    e.AskWithdrawn: _withdrawn,
}
