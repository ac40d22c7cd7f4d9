"""Why a run is where it is, in one sentence, and what somebody can do about it. Pure: it reads a state and a lease."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import Struct

from ropewalk.core import State, StepState
from ropewalk.core.events import AskOpened
from ropewalk.counting import counted
from ropewalk.observe.summary import warnings_of
from ropewalk.observe.verdicts import not_believed
from ropewalk.observe.wording import duration, short_value

Children = Callable[[str], State | None]
"""The state of a called run by its id, when it is there."""


class Explanation(Struct, frozen=True):
    """`kind`: person, quota, time, host, held, slot, worker, agent, budget, blocked, imported, failed, child, request, undriven,
    running, secret, completed, aborted. `commands` are what to type next; `warnings` what to know of the run's files.
    """

    kind: str
    sentence: str
    commands: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Silent(Struct, frozen=True):
    """A driver that holds a run and gives no sign: who it is, for how long, and its number where it can be reached (or 0)."""

    holder: str
    seconds: float
    pid: int = 0


def explain_state(
    state: State,
    now: float,
    *,
    driven: bool,
    children: Children = lambda run: None,
    silent: Silent | None = None,
) -> Explanation:
    """`driven`: a driver that is not proved dead holds the lease of the run. Times are in the local zone."""
    explanation = _reason(state, now, driven, children, silent)
    warnings = tuple(
        f"{w['step']}: {w['message']}" if w["step"] else w["message"] for w in warnings_of(state)
    )
    return msgspec.structs.replace(explanation, warnings=warnings) if warnings else explanation


def _reason(state: State, now: float, driven: bool, children: Children, silent: Silent | None) -> Explanation:
    if state.ended:
        return _ended(state)
    if silent is not None:
        return _held(state, silent)
    reason = _paused(state, now, children) if state.status == "paused" else _moving(state, now, children)
    if not driven and reason.kind in {"running", "time", "quota", "host", "slot", "child", "undriven"}:
        return _undriven(state, reason)
    return reason


def _held(state: State, silent: Silent) -> Explanation:
    """While that driver may be alive, no other one continues the run."""
    sentence = f"The run is held by {silent.holder}, which has given no sign for {duration(silent.seconds)}."
    if not silent.pid:
        return Explanation("held", f"{sentence} Look there; end it, and any driver goes on with the run.")
    commands = (f"kill -CONT {silent.pid}", f"kill -KILL {silent.pid} && ropewalk drive {state.run}")
    return Explanation("held", f"{sentence} Let it go on, or end it.", commands)


def _ended(state: State) -> Explanation:
    run = state.run
    if state.status == "completed":
        skipped = sum(st.status == "skipped" for st in state.steps.values())
        left_out = f", {counted(skipped, 'step')} left out" if skipped else ""
        reason = f": {state.reason}" if state.reason else ""
        held = not_believed(state)
        if held:
            more = f" and {len(held) - 3} more" if len(held) > 3 else ""
            left_out += f", judged with {', '.join(held[:3])}{more} as when it began"
        landed = f" Its result did not land: {state.not_landed}." if state.not_landed else ""
        commands = landing_commands(state) or (f"ropewalk show {run}",)
        return Explanation("completed", f"The run is completed{left_out}{reason}.{landed}", commands)
    if state.status == "aborted":
        return Explanation("aborted", f"The run was aborted: {state.reason}.", (f"ropewalk show {run}",))
    failed = _failed_steps(state)
    if not failed:
        return Explanation("failed", f"The run failed: {state.reason}.", (f"ropewalk show {run}",))
    return Explanation(
        "failed", f"The run failed because {_why_failed(failed)}.", _after_failure(run, failed)
    )


def landing_commands(state: State) -> tuple[str, ...]:
    """How to look at a result in git and to bring it somewhere; none where there is none, or it has landed."""
    base = state.base.get("commit", "")
    if not base or state.commit in ("", base) or state.landed or state.landing is not None:
        return ()
    where = "" if state.base.get("target") else " --branch NAME"
    return (f"ropewalk diff {state.run} --files", f"ropewalk land {state.run}{where}")


def _failed_steps(state: State) -> list[StepState]:
    failed = [state.steps[key] for key in state.failed]
    return sorted(failed, key=lambda st: (st.index, st.place if st.parent else -1))


def _why_failed(failed: list[StepState]) -> str:
    first = failed[0]
    failure = first.failure
    why = f" ({failure.kind}): {short_value(failure.message, 200).rstrip('.')}" if failure is not None else ""
    tries = f" after {first.attempts} attempts" if first.attempts > 1 else ""
    also = f"; also {', '.join(st.key for st in failed[1:4])}" if len(failed) > 1 else ""
    return f"step {first.key} failed{tries}{why}{also}"


def _after_failure(run: str, failed: list[StepState]) -> tuple[str, ...]:
    return (f"ropewalk logs {run} {failed[0].key}", f"ropewalk retry {run} && ropewalk drive {run}")


def _paused(state: State, now: float, children: Children) -> Explanation:
    run = state.run
    if state.reason == "by request":
        by = f" by {state.detail}" if state.detail else ""
        return Explanation("request", f"The run was paused{by}.", (f"ropewalk resume {run}",))
    if state.reason == "imported":
        by = f" by {state.detail}" if state.detail else ""
        sentence = f"The run was imported{by}, and nothing of it is done here before somebody says so."
        return Explanation(
            "imported", sentence, (f"ropewalk show {run}", f"ropewalk resume {run} && ropewalk drive {run}")
        )
    if state.reason == "quota":
        steps = state.detail or ", ".join(state.timers)
        sentence = f"The run waits for a quota{_until(state.until, now)}, which {steps} ran into."
        return Explanation("quota", sentence, (f"ropewalk drive {run}",))
    if state.reason == "secret":
        names = state.detail.split(", ")
        which = (
            f"the values of its secret inputs {state.detail}"
            if names[1:]
            else f"the value of its secret input {state.detail}"
        )
        sentence = (
            f"The run waits for {which}: such a value is never kept, and this process was not given it."
        )
        flags = " ".join(f"-i {name}=@env:NAME" for name in names)
        return Explanation("secret", sentence, (f"ropewalk drive {run} {flags}", f"ropewalk abort {run}"))
    if state.reason == "blocked":
        failed = _failed_steps(state)
        why = f": {state.detail.rstrip('.')}" if state.detail else ""
        if failed:
            why += f"; {_why_failed(failed)}"
        commands = (f"ropewalk resume {run} && ropewalk drive {run}", f"ropewalk abort {run}")
        return Explanation("blocked", f"The run is blocked{why}.", commands)
    if state.asks:
        return _asked(state, now)
    called = _called(state, now, children)
    if called is not None:
        return called
    return Explanation(
        "budget", f"The run has used up its budget: {state.detail}.", (f"ropewalk budget {run}",)
    )


def _asked(state: State, now: float) -> Explanation:
    name, opened = next(iter(state.asks.items()))
    more = f" (and {len(state.asks) - 1} more)" if len(state.asks) > 1 else ""
    expires = ""
    if opened.expires_at is not None:
        expires = f"; {opened.default or 'reject'} is taken{_until(opened.expires_at, now, ' at')}"
    kind = "budget" if opened.about == "budget" else "person"
    wanted = "a person to allow more" if kind == "budget" else "a person"
    sentence = (
        f"The run waits for {wanted}: {opened.step} asks {short_value(opened.prompt, 200)!r}{expires}{more}."
    )
    return Explanation(kind, sentence, answer_commands(state.run, name, opened))


def answer_commands(run: str, name: str, opened: AskOpened) -> tuple[str, ...]:
    """The commands that answer an ask."""
    if opened.about == "conflict":
        return (
            f"ropewalk conflicts {run}",
            *(f"ropewalk answer {run} {name} {side}" for side in ("ours", "theirs")),
        )
    value = ""
    if opened.form and not (opened.about == "fact" and opened.choices):
        value = " --value TEXT" if opened.form.get("type") == "string" else " --value JSON"
    if opened.choices:
        return tuple(f"ropewalk answer {run} {name} {choice}{value}" for choice in opened.choices)
    rejected = f"ropewalk reject {run} {name} --reason '…'"
    if not value:
        return (f"ropewalk approve {run} {name}", rejected)
    answered = f"ropewalk answer {run} {name}{value}"
    return (answered,) if opened.about == "fact" else (answered, rejected)


def _called(state: State, now: float, children: Children) -> Explanation | None:
    for key in state.calls:
        child = children(state.steps[key].child)
        if child is None or child.ended:
            continue
        inner = explain_state(child, now, driven=True, children=children)
        doing = inner.sentence[0].lower() + inner.sentence[1:].rstrip(".")
        doing = doing.replace("the run", "it", 1)
        kind = (
            inner.kind
            if inner.kind in {"person", "quota", "blocked", "budget", "imported", "secret"}
            else "child"
        )
        return Explanation(kind, f"Step {key} waits for its run {child.run}: {doing}.", inner.commands)
    return None


def _moving(state: State, now: float, children: Children) -> Explanation:
    run = state.run
    if state.landing is not None and not state.asks:
        sentence = f"The run's result is on its way to {state.landing.target}."
        return Explanation("running", sentence, (f"ropewalk watch {run}",))
    if state.running:
        return _running(state, now)
    called = _called(state, now, children)
    if called is not None:
        return called
    if state.ready:
        return _for_slot(state, 0)
    if state.timers:
        key, until = min(state.timers.items(), key=lambda item: item[1])
        st = state.steps[key]
        if st.on == "quota":
            return Explanation("quota", f"Step {key} waits for a quota{_until(until, now)}.")
        if st.on == "host":
            return Explanation("host", f"Step {key} waits for the host{_until(until, now)}: {st.detail}.")
        if st.on == "timer":
            return Explanation("time", f"Step {key} waits{_until(until, now)}, as it is written to.")
        last = f" after {short_value(st.failures[-1].message, 120)!r}" if st.failures else ""
        return Explanation("time", f"Step {key} is tried again{_until(until, now)}{last}.")
    if state.asks:
        return _asked(state, now)
    if state.failing:
        return Explanation("failed", f"The run is failing: {_why_failed(_failed_steps(state))}.")
    return Explanation(
        "undriven", f"The run is {state.status} and about to go on.", (f"ropewalk drive {run}",)
    )


def _running(state: State, now: float) -> Explanation:
    keys = list(state.running)
    first = state.steps[keys[0]]
    took = f" for {duration(now - first.started_at)}" if first.started_at is not None else ""
    others = f" and {counted(len(keys) - 1, 'other step')}" if len(keys) > 1 else ""
    waiting = _startable(state)
    if waiting and len(keys) >= state.parallel:
        return _for_slot(state, len(keys))
    if state.asks:
        opened = next(iter(state.asks.values()))
        if opened.step == first.key:
            return _asked(state, now)
    waits = next((w for w in map(_waits, (state.steps[key] for key in keys)) if w), "")
    if waits:
        return Explanation("host", f"{waits}.", (f"ropewalk logs {state.run} {first.key} --follow",))
    sentence = f"Step {first.key}{others} {'are' if others else 'is'} running{took}."
    return Explanation("running", sentence, (f"ropewalk logs {state.run} {first.key} --follow",))


def _waits(st: StepState) -> str:
    """Which part of ropewalk's own work for this attempt waits for resources of the host."""
    noted = st.notes.get("waits")
    if not isinstance(noted, dict) or noted.get("attempt") != st.attempt:
        return ""
    return f"Step {st.key} waits for the host ({noted.get('doing')}): {noted.get('reason')}"


def _for_slot(state: State, taken: int) -> Explanation:
    waiting = _startable(state)
    steps = ", ".join(waiting[:3]) + (f" and {len(waiting) - 3} more" if len(waiting) > 3 else "")
    verb = "waits" if len(waiting) == 1 else "wait"
    if taken:
        held = ", ".join(list(state.running)[:3]) + ("…" if taken > 3 else "")
        slots = "the one slot is" if taken == 1 else f"all {taken} slots are"
        return Explanation("slot", f"{steps} {verb} for a slot: {slots} taken by {held}.")
    return Explanation("slot", f"{steps} {verb} for a free slot on the host.")


def _startable(state: State) -> list[str]:
    """Steps that could start at once; entries of the heap that are out of date are left out."""
    startable = {key for _, _, key in state.ready if state.steps[key].status == "pending"}
    return sorted(startable, key=lambda key: (state.steps[key].index, state.steps[key].place))


def _undriven(state: State, explanation: Explanation) -> Explanation:
    if state.running:
        lost = ", ".join(list(state.running)[:3])
        why = f"its last driver is gone, and {lost} will be done again"
    elif explanation.kind in {"quota", "time", "host"}:
        why = explanation.sentence[0].lower() + explanation.sentence[1:].rstrip(".")
    else:
        why = "it can go on at once"
    commands = (f"ropewalk drive {state.run}",)
    kind = explanation.kind if explanation.kind == "quota" else "undriven"
    return Explanation(kind, f"Nobody drives the run: {why}.", commands)


def _until(at: float | None, now: float, word: str = " until") -> str:
    if at is None:
        return ""
    moment = datetime.fromtimestamp(at).astimezone()
    today = abs(at - now) < 43200
    when = moment.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M")
    return f"{word} {when} (in {duration(at - now)})" if at > now else f"{word} {when} (now)"
