"""An event in a few words for people: whom it is about, and what they want to know of it. Pure; never raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ropewalk.core import Usage
from ropewalk.core import events as e
from ropewalk.counting import counted


def event_subject(event: e.Event) -> str:
    """The step, phase, fact or file that an event is about; "" for the run as a whole."""
    for name in ("step", "phase"):
        subject = getattr(event, name, "")
        if subject:
            return str(subject)
    return str(getattr(event, "name", ""))


def event_words(event: e.Event) -> str:
    """What is worth saying beyond the kind and the subject; may be empty."""
    say = _WORDS.get(type(event))
    return str(say(event)) if say is not None else ""


def duration(seconds: float) -> str:
    """As people say it: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    if seconds < 9.95:
        return f"{max(seconds, 0):.1f} s"
    whole = round(seconds)
    for unit, size, smaller, part in (("d", 86400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1)):
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size} {unit} {rest} {smaller}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"


def money(usd: float | None, *, unknown: bool = False) -> str:
    """A cost; unknown is never nothing, and `unknown` says that there is more of which nothing is known."""
    if usd is None:
        return "cost unknown"
    if unknown:
        return f"at least {money(usd)}"
    return f"${usd:.2f}" if usd >= 0.1 or usd == 0 else f"${usd:.4f}"


def short_value(value: Any, longest: int = 60) -> str:
    """A value on one line: a text as it is, all else as JSON."""
    written = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    text = " ".join(written.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _created(event: e.RunCreated) -> str:
    inputs = ", ".join(f"{name}={short_value(value, 30)}" for name, value in event.inputs.items())
    origin = f", forked from {event.forked_from}" if event.forked_from else ""
    warned = _warned(tuple(map(str, event.base.get("warnings", ()))))
    return f"of {event.workflow}" + (f" with {inputs}" if inputs else "") + origin + warned


def _paused(event: e.RunPaused) -> str:
    return f"{event.reason}: {event.detail}" if event.detail else event.reason


def _started(event: e.StepStarted) -> str:
    parts = [f"round {event.round}"] if event.round > 1 else []
    parts += [f"attempt {event.attempt}"] if event.attempt > 1 else []
    parts += [f"as run {event.child}"] if event.child else []
    return ", ".join(parts)


def _attempt_failed(event: e.AttemptFailed) -> str:
    again = ", will be tried again" if event.retry_at is not None else ""
    return f"{event.failure.kind}: {short_value(event.failure.message, 120)}{again}{_warned(event.warnings)}"


def _warned(warnings: tuple[str, ...]) -> str:
    return "".join(f"; mind: {short_value(warning, 300)}" for warning in warnings)


def _step_failed(event: e.StepFailed) -> str:
    return f"{event.failure.kind}: {short_value(event.failure.message, 120)}"


def _skipped(event: e.StepSkipped) -> str:
    return short_value(event.reason or event.cause, 120)


def _waiting(event: e.StepWaiting) -> str:
    return f"for {event.on}" + (f": {short_value(event.detail)}" if event.detail else "")


def _result(event: e.StepSucceeded | e.StepProduced) -> str:
    result = event.result
    parts = [f"made {', '.join(a.path for a in result.artifacts[:3])}"] if result.artifacts else []
    if len(result.artifacts) > 3:
        parts[0] += f" and {len(result.artifacts) - 3} more"
    parts += ["rehearsed"] if result.rehearsed else []
    parts += [f"taken from {result.cached_from}"] if result.cached_from else []
    parts += [spent] if (spent := _spent(result.usage)) else []
    return ", ".join(parts) + _warned(result.warnings)


def _spent(usage: Usage) -> str:
    return money(usage.cost_usd) if usage.cost_usd else ""


def _judged(event: e.GateJudged) -> str:
    verdict = event.verdict
    finding = f": {short_value(verdict.findings[0], 100)}" if verdict.findings else ""
    more = f" (and {len(verdict.findings) - 1} more)" if len(verdict.findings) > 1 else ""
    by = f" by {verdict.by}" if verdict.by else ""
    return f"{verdict.verdict}{by} ({verdict.gate}){finding}{more}"


def _round(event: e.RoundOpened) -> str:
    why = event.reason or "; ".join(event.findings)
    return f"sends the work back to {event.to}, turn {event.turn}" + (
        f": {short_value(why, 100)}" if why else ""
    )


def _asked(event: e.AskOpened) -> str:
    choices = f" ({', '.join(event.choices)})" if event.choices else ""
    return f"{event.ask}: {short_value(event.prompt, 100)}{choices}"


def _answered(event: e.AskAnswered) -> str:
    why = f": {short_value(event.reason)}" if event.reason else ""
    return f"{event.ask}: {event.verdict} by {event.by or 'nobody'}{why}"


def _fact(event: e.FactSet) -> str:
    return f"is {short_value(event.value)}" + (f" ({event.by})" if event.by else "")


def _budget(event: e.BudgetRaised) -> str:
    amounts = {
        "$": event.cost_usd,
        "tokens": event.tokens,
        "attempts": event.attempts,
        "seconds": event.seconds,
    }
    return ", ".join(f"{value:g} {unit}" for unit, value in amounts.items() if value is not None)


_WORDS: dict[type[e.Event], Callable[[Any], str]] = {
    e.RunCreated: _created,
    e.RunPaused: _paused,
    e.RunResumed: lambda event: event.detail,
    e.RunClosing: lambda event: f"{event.status}: {event.reason}" if event.reason else event.status,
    e.RunCompleted: lambda event: event.reason,
    e.RunFailed: lambda event: short_value(event.reason, 120),
    e.RunAborted: lambda event: event.reason,
    e.RunRecovered: lambda event: f"{', '.join(event.lost)} will be done again" if event.lost else "",
    e.RunImported: lambda event: f"by {event.by}" if event.by else "",
    e.RunStalled: lambda event: event.detail,
    e.StepAdmitted: lambda event: f"`{event.expression}` holds" if event.expression else "",
    e.StepSkipped: _skipped,
    e.StepExpanded: lambda event: counted(len(event.keys), "item"),
    e.StepStarted: _started,
    e.StepWaiting: _waiting,
    e.ChildSpent: lambda event: money(event.spent.cost_usd) if event.spent.cost_usd else "",
    e.ChildStopped: lambda event: f"its run {event.child} has ended, nobody waits for it any more",
    e.ChildMoved: lambda event: f"its run is {event.status}",
    e.AttemptFailed: _attempt_failed,
    e.AttemptNoted: lambda event: ", ".join(event.note),
    e.StepProduced: _result,
    e.StepSucceeded: _result,
    e.StepFailed: _step_failed,
    e.StepAborted: lambda event: event.reason,
    e.StepRetried: lambda event: event.reason,
    e.GateJudged: _judged,
    e.RoundOpened: _round,
    e.DecisionMade: lambda event: f"takes {event.route}" + (f" ({event.by})" if event.by else ""),
    e.AskOpened: _asked,
    e.AskAnswered: _answered,
    e.AskWithdrawn: lambda event: f"{event.ask}: {event.reason}",
    e.FactSet: _fact,
    e.BudgetRaised: _budget,
    e.ConflictFound: lambda event: ", ".join(
        str(c.get("path", "")) for c in event.report.get("conflicts", ())
    ),
    e.ConflictSettled: lambda event: (
        f"{event.ask}: {', '.join(s.path for s in event.settled)} by {event.by or 'nobody'}"
    ),
    e.RunMerged: lambda event: f"{event.branch} at {event.commit[:12]}" if event.branch else "",
    e.LandingBegun: lambda event: f"on {event.target}" + (f" (by {event.by})" if event.by else ""),
    e.LandingFailed: lambda event: f"on {event.target}: {event.reason}",
    e.RunLanded: lambda event: f"{event.target} at {event.commit[:12]}",
    e.NotePublished: lambda event: short_value(event.data),
}
