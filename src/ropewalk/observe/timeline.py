"""A run's attempts over time, and the waits between them: bars for text and for a page. Read off the records; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from ropewalk.core import events as e

BarKind = Literal["attempt", "failed", "lost", "waiting", "retry"]


class Bar(Struct, frozen=True):
    """`since` and `until` in unix seconds; `until` None is still going on. `what` it waits for, or why it failed."""

    step: str
    kind: BarKind
    since: float
    until: float | None = None
    round: int = 1
    attempt: int = 0
    what: str = ""


class Timeline:
    """Takes the events of one run as they come: `bars` have begun and not ended, one a step; `done` have ended."""

    def __init__(self) -> None:
        self.bars: dict[str, Bar] = {}
        self.done: list[Bar] = []

    def begin(self, bar: Bar) -> None:
        self.end(bar.step, bar.since)
        self.bars[bar.step] = bar

    def end(self, step: str, at: float, kind: BarKind | None = None, detail: str = "") -> None:
        bar = self.bars.pop(step, None)
        if bar is not None:
            self.done.append(
                Bar(step, kind or bar.kind, bar.since, at, bar.round, bar.attempt, detail or bar.what)
            )

    def kind(self, step: str) -> str:
        return self.bars[step].kind if step in self.bars else ""

    def take(self, at: float, event: e.Event) -> None:
        """One more event."""
        _take(self, at, event)

    def all(self) -> list[Bar]:
        """Every bar so far, in the order in which they began."""
        return sorted([*self.done, *self.bars.values()], key=lambda bar: bar.since)


def bars_of(records: Iterable[tuple[float, e.Event]]) -> list[Bar]:
    """From (time, event) of one run in order; bars in the order in which they began."""
    timeline = Timeline()
    for at, event in records:
        timeline.take(at, event)
    return timeline.all()


def _take(timeline: Timeline, at: float, event: e.Event) -> None:
    match event:
        case e.StepStarted(step=step, round=round_, attempt=attempt):
            timeline.begin(Bar(step, "attempt", at, None, round_, attempt))
        case e.AttemptFailed(step=step, failure=failure, retry_at=retry_at):
            timeline.end(step, at, "lost" if failure.kind == "lost" else "failed", failure.message)
            if retry_at is not None:
                timeline.begin(Bar(step, "retry", at, None, event.round, event.attempt, failure.kind))
        case e.StepProduced(step=step):
            timeline.end(step, at)
        case e.StepWaiting(step=step, on=on):
            timeline.begin(Bar(step, "waiting", at, None, event.round, 0, on))
        case e.AskOpened(step=step) if timeline.kind(step) in {"", "waiting", "retry"}:
            timeline.begin(Bar(step, "waiting", at, None, event.round, 0, "a person"))
        case e.AskAnswered(step=step) | e.AskWithdrawn(step=step) | e.StepDue(step=step):
            if timeline.kind(step) in {"waiting", "retry"}:
                timeline.end(step, at)
        case e.StepFailed(step=step) | e.StepAborted(step=step) if step in timeline.bars:
            timeline.end(step, at, "failed" if timeline.kind(step) == "attempt" else None)
        case e.StepSucceeded(step=step) | e.StepSkipped(step=step):
            timeline.end(step, at)
        case e.RoundOpened(steps=steps):
            for step in steps:
                timeline.end(step, at)
        case e.RunCompleted() | e.RunFailed() | e.RunAborted():
            for step in list(timeline.bars):
                timeline.end(step, at)
        case _:
            return
