"""Numbers: nothing without a cap, nothing that would end before it began, nothing beyond what ropewalk takes on."""

from __future__ import annotations

from typing import Final

from ropewalk.definition.check.subject import Subject
from ropewalk.definition.findings import Path
from ropewalk.definition.items import written_items
from ropewalk.definition.policy import Budget, Retry, Timeouts
from ropewalk.definition.workflow import Step

MAX_STEPS: Final = 20_000
MAX_ATTEMPTS: Final = 1_000
LIMITS: Final = ("parallel", "rounds", "items", "depth", "events", "output_bytes", "recoveries")
KEYS: Final = {
    "attempt_seconds": "attempt",
    "step_seconds": "step",
    "idle_seconds": "idle",
    "grace_seconds": "grace",
}


def check_numbers(subject: Subject) -> None:
    """Retries, timeouts, budgets, caps of loops and lists, limits of the run."""
    limits = subject.workflow.limits
    for name in LIMITS:
        _at_least(subject, ("limits", name), f"limits.{name}", getattr(limits, name), 1)
    if limits.timeout_seconds is not None and limits.timeout_seconds <= 0:
        _ends_at_once(subject, ("limits", "timeout"), "limits.timeout")
    _budget(subject, ("limits", "budget"), limits.budget)
    for path, step in subject.steps():
        _retry(subject, (*path, "retry"), step.retry)
        _timeouts(subject, (*path, "timeout"), step.timeout)
        _budget(subject, (*path, "budget"), step.budget)
        _loops(subject, path, step)


def _loops(subject: Subject, path: Path, step: Step) -> None:
    if step.back_to is not None and step.back_to.at_most < 1:
        message = f"`at_most` is {step.back_to.at_most}: a loop needs a cap of at least 1"
        subject.findings.fault(
            (*path, "back_to", "at_most"), message, "say how many times, or remove `back_to`"
        )
    if step.foreach is not None:
        _at_least(subject, (*path, "foreach", "at_most"), "foreach.at_most", step.foreach.at_most, 0)
        _at_least(subject, (*path, "foreach", "quorum"), "foreach.quorum", step.foreach.quorum, 0)
        items = written_items(step.foreach.over)
        if items is not None and 0 < len(items) < step.foreach.quorum:
            message = f"`foreach.quorum` is {step.foreach.quorum}, the list has {len(items)}"
            subject.findings.fault((*path, "foreach", "quorum"), message, "lower `quorum`, or add items")


def _retry(subject: Subject, path: Path, retry: Retry) -> None:
    _at_least(subject, (*path, "attempts"), "retry.attempts", retry.attempts, 1)
    if retry.attempts > MAX_ATTEMPTS:
        message = f"{retry.attempts} attempts, {MAX_ATTEMPTS} are allowed"
        subject.findings.fault(
            (*path, "attempts"), message, "a wait for something outside is a step of its own"
        )
    _at_least(subject, (*path, "delay"), "retry.delay", retry.delay_seconds, 0)
    _at_least(subject, (*path, "factor"), "retry.factor", retry.factor, 1)
    if retry.cap_seconds < retry.delay_seconds:
        message = (
            f"the cap of {retry.cap_seconds:g}s is shorter than the first delay of {retry.delay_seconds:g}s"
        )
        subject.findings.fault((*path, "cap"), message, "raise `cap`, or lower `delay`")


def _timeouts(subject: Subject, path: Path, timeout: Timeouts) -> None:
    for field, key in KEYS.items():
        limit = getattr(timeout, field)
        if key == "grace":
            _at_least(subject, (*path, key), "timeout.grace", limit, 0)
        elif limit is not None and limit <= 0:
            _ends_at_once(subject, (*path, key), f"timeout.{key}")
    step, attempt = timeout.step_seconds, timeout.attempt_seconds
    if step is not None and attempt is not None and attempt > step:
        message = f"one attempt may take {attempt:g}s, all together only {step:g}s"
        subject.findings.fault((*path, "attempt"), message, "raise `step`, or lower `attempt`")


def _ends_at_once(subject: Subject, path: Path, name: str) -> None:
    subject.findings.fault(path, f"`{name}` of 0 would end it at once", "write `none` for no limit")


def _budget(subject: Subject, path: Path, budget: Budget) -> None:
    for field in ("cost_usd", "tokens", "seconds", "attempts"):
        spent = getattr(budget, field)
        if spent is not None and spent <= 0:
            subject.findings.fault((*path, field), f"a budget of {spent:g} allows nothing", "remove it")


def _at_least(subject: Subject, path: Path, name: str, value: float, least: float) -> None:
    if value < least:
        subject.findings.fault(path, f"`{name}` is {value:g}, at least {least:g} is expected")
