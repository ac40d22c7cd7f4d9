"""The run list as a fold of the feed: `fold` is pure, and every store keeps its result as it likes and may build it anew.

A view counts steps with one bit each, so that a run of ten thousand steps folds as cheaply as one of ten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import copy
from functools import cache

import msgspec
from msgspec import Struct

from ropewalk.core import Usage
from ropewalk.core import events as e
from ropewalk.errors import Unreadable
from ropewalk.store.port import Record, RunQuery, RunRow

SHAPE = 4
"""Raised when `fold` changes its mind, so that stores build their views anew."""

ENDED = ("completed", "failed", "aborted")
UNFINISHED = ("pending", "running", "paused")
STATUSES = (*UNFINISHED, *ENDED)

Steps = Mapping[str, int]
"""The steps of a definition that count (the internal ones do not), and which bit each has."""

StepsOf = Callable[[str], Steps]
"""From the digest of a definition; empty when the definition is not there."""


class View(Struct):
    """What the records of a run say so far: what its RunRow shows and what is needed to go on folding.

    `done` and `failed` hold one bit a step, little end first; `asks` the positions of the open asks; `paid` the attempts
    whose usage was counted when their work was done, before it was approved. `before`: the status, its reason and the end of
    a run that is landing, as they were.
    """

    run: str
    workflow: str = ""
    status: str = "pending"
    reason: str = ""
    created_at: float = 0.0
    updated_at: float = 0.0
    ended_at: float | None = None
    cost_usd: float = 0.0
    cost_unknown: bool = False
    parent: str = ""
    forked_from: str = ""
    phase: str = ""
    error: str = ""
    version: int = 0
    labels: dict[str, str] = {}
    digest: str = ""
    total: int = 0
    done: bytes = b""
    failed: bytes = b""
    asks: dict[str, int] = {}
    paid: dict[str, tuple[int, int]] = {}
    before: tuple[str, str, float | None] | None = None
    title: str = ""


encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(View).decode


def row_of(view: View) -> RunRow:
    return RunRow(
        run=view.run,
        workflow=view.workflow,
        status=view.status,
        reason=view.reason,
        created_at=view.created_at,
        updated_at=view.updated_at,
        ended_at=view.ended_at,
        steps_total=view.total,
        steps_done=int.from_bytes(view.done, "little").bit_count(),
        steps_failed=int.from_bytes(view.failed, "little").bit_count(),
        asks_open=len(view.asks),
        cost_usd=view.cost_usd,
        cost_unknown=view.cost_unknown,
        parent=view.parent,
        phase=view.phase,
        error=view.error,
        version=view.version,
        labels=view.labels,
        title=view.title,
    )


def fold(view: View | None, record: Record, steps_of: StepsOf) -> View:
    """The view after one more record; the one before is left as it was. Never raises: what cannot be read is told in `error`."""
    view = View(run=record.run, created_at=record.at) if view is None else copy(view)
    view.version = record.version
    view.updated_at = record.at
    change = _CHANGES.get(record.kind)
    if change is not None:
        try:
            change(view, record, record.event, steps_of)
        except Unreadable as error:
            view.error = str(error)
    return view


def _created(view: View, record: Record, event: e.RunCreated, steps_of: StepsOf) -> None:
    view.workflow = event.workflow
    view.digest = event.digest
    view.labels = event.labels
    view.title = event.title
    view.parent = event.parent.run if event.parent else ""
    view.forked_from = event.forked_from.partition("/")[0]  # `run/step` says also where it began again
    view.total = len(steps_of(event.digest))


def _running(view: View, record: Record, event: e.Event, steps_of: StepsOf) -> None:
    view.status = "running"
    view.reason = ""
    view.ended_at = None


def _paused(view: View, record: Record, event: e.RunPaused, steps_of: StepsOf) -> None:
    view.status = "paused"
    view.reason = event.reason
    view.ended_at = None


def _imported(view: View, record: Record, event: e.RunImported, steps_of: StepsOf) -> None:
    if view.status not in ENDED:
        view.status, view.reason = "paused", "imported"


def _completed(view: View, record: Record, event: e.RunCompleted, steps_of: StepsOf) -> None:
    _end(view, "completed", event.reason, record.at)


def _failed(view: View, record: Record, event: e.RunFailed, steps_of: StepsOf) -> None:
    _end(view, "failed", event.reason, record.at)
    view.error = view.error or event.reason


def _aborted(view: View, record: Record, event: e.RunAborted, steps_of: StepsOf) -> None:
    _end(view, "aborted", event.reason, record.at)


def _end(view: View, status: str, reason: str, at: float) -> None:
    view.status = status
    view.reason = reason
    view.ended_at = at
    view.asks = {}


def _reopened(view: View, record: Record, event: e.RunReopened, steps_of: StepsOf) -> None:
    _running(view, record, event, steps_of)
    view.error = ""


def _landing_begun(view: View, record: Record, event: e.LandingBegun, steps_of: StepsOf) -> None:
    view.before = (view.status, view.reason, view.ended_at)
    _running(view, record, event, steps_of)


def _landing_over(
    view: View, record: Record, event: e.LandingFailed | e.RunLanded, steps_of: StepsOf
) -> None:
    if view.before is not None:
        view.status, view.reason, view.ended_at = view.before
        view.before = None


def _phase(view: View, record: Record, event: e.PhaseStarted, steps_of: StepsOf) -> None:
    view.phase = event.phase


def _step_done(view: View, record: Record, event: e.StepSkipped, steps_of: StepsOf) -> None:
    _mark(view, (event.step,), steps_of, done=True)


def _step_succeeded(view: View, record: Record, event: e.StepSucceeded, steps_of: StepsOf) -> None:
    if view.paid.get(event.step) == (event.round, event.attempt):
        view.paid = {step: paid for step, paid in view.paid.items() if step != event.step}
    else:
        _pay(view, event.result)
    _mark(view, (event.step,), steps_of, done=True)


def _step_produced(view: View, record: Record, event: e.StepProduced, steps_of: StepsOf) -> None:
    _pay(view, event.result)
    view.paid = {**view.paid, event.step: (event.round, event.attempt)}


def _attempt_failed(view: View, record: Record, event: e.AttemptFailed, steps_of: StepsOf) -> None:
    _spend(view, event.usage, bool(event.agent))


def _child_spent(view: View, record: Record, event: e.ChildSpent | e.ChildStopped, steps_of: StepsOf) -> None:
    view.cost_usd += event.spent.cost_usd
    view.cost_unknown = view.cost_unknown or bool(event.spent.unknown)


def _step_failed(view: View, record: Record, event: e.StepFailed, steps_of: StepsOf) -> None:
    view.error = view.error or f"{event.step}: {event.failure.message}"
    _mark(view, (event.step,), steps_of, failed=True)


def _step_aborted(view: View, record: Record, event: e.StepAborted, steps_of: StepsOf) -> None:
    _mark(view, (event.step,), steps_of, failed=True)


def _step_retried(view: View, record: Record, event: e.StepRetried, steps_of: StepsOf) -> None:
    view.error = ""
    _mark(view, (event.step,), steps_of)


def _round(view: View, record: Record, event: e.RoundOpened, steps_of: StepsOf) -> None:
    _mark(view, event.steps, steps_of)


def _asked(view: View, record: Record, event: e.AskOpened, steps_of: StepsOf) -> None:
    view.asks = {**view.asks, event.ask: record.position}


def _closed_ask(view: View, record: Record, event: e.AskAnswered | e.AskWithdrawn, steps_of: StepsOf) -> None:
    view.asks = {ask: position for ask, position in view.asks.items() if ask != event.ask}


def _mark(
    view: View, steps: tuple[str, ...], steps_of: StepsOf, done: bool = False, failed: bool = False
) -> None:
    """Items of a foreach have no bit: their parent stands for them."""
    bits = steps_of(view.digest)
    mask = 0
    for step in steps:
        if step in bits:
            mask |= 1 << bits[step]
    if mask:
        view.done = _with(view.done, mask, done)
        view.failed = _with(view.failed, mask, failed)


def _with(marks: bytes, mask: int, is_set: bool) -> bytes:
    bits = int.from_bytes(marks, "little")
    bits = bits | mask if is_set else bits & ~mask
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def _pay(view: View, result: e.Outcome) -> None:
    """What came out of the cache was paid for by another run; a rehearsal costs nothing."""
    if not result.cached_from:
        _spend(view, result.usage, bool(result.agent) and not result.rehearsed)


def _spend(view: View, usage: Usage, priced: bool) -> None:
    if usage.cost_usd is not None:
        view.cost_usd += usage.cost_usd
    elif priced or usage.tokens_in or usage.tokens_out:
        view.cost_unknown = True


_CHANGES: dict[str, Callable[..., None]] = {
    "run.created": _created,
    "run.started": _running,
    "run.paused": _paused,
    "run.resumed": _running,
    "run.completed": _completed,
    "run.failed": _failed,
    "run.aborted": _aborted,
    "run.imported": _imported,
    "run.reopened": _reopened,
    "landing.begun": _landing_begun,
    "landing.failed": _landing_over,
    "run.landed": _landing_over,
    "phase.started": _phase,
    "step.skipped": _step_done,
    "step.succeeded": _step_succeeded,
    "step.produced": _step_produced,
    "step.failed": _step_failed,
    "step.aborted": _step_aborted,
    "step.retried": _step_retried,
    "attempt.failed": _attempt_failed,
    "child.spent": _child_spent,
    "child.stopped": _child_spent,
    "round.opened": _round,
    "ask.opened": _asked,
    "ask.answered": _closed_ask,
    "ask.withdrawn": _closed_ask,
}


class _Written(Struct):
    """As much of a step as counting needs."""

    id: str
    internal: bool = False


class _Definition(Struct):
    steps: tuple[_Written, ...] = ()


@cache
def _definition() -> Callable[[bytes], _Definition]:
    return msgspec.json.Decoder(_Definition).decode


def steps_in(definition: bytes) -> Steps:
    """The steps that count; none when the bytes are no definition."""
    try:
        steps = _definition()(definition).steps
    except (ValueError, TypeError, RecursionError):
        return {}
    return {step.id: bit for bit, step in enumerate(step for step in steps if not step.internal)}


def words_of(view: View) -> str:
    """What a text search looks through."""
    labels = (f"{name}={value}" for name, value in view.labels.items())
    parts = (view.run, view.workflow, view.title, view.reason, view.error, view.phase, *labels)
    return "\n".join(parts).casefold()


def matches(view: View, query: RunQuery) -> bool:
    """Whether the run list shows this run; `limit` and `after` are not looked at."""
    return (
        (not query.status or view.status in query.status)
        and (not query.workflow or view.workflow == query.workflow)
        and (query.since is None or view.created_at >= query.since)
        and (query.until is None or view.created_at <= query.until)
        and (query.parent is None or view.parent == query.parent)
        and query.text.casefold() in words_of(view)
    )


_DIGEST = re.compile(rb'"([0-9a-f]{64})"')


def digests_in(body: bytes) -> list[str]:
    """Everything in a record, or in any JSON, that could be the name of a blob."""
    return [digest.decode() for digest in _DIGEST.findall(body)]
