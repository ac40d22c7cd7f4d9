"""Figures of how runs went, read off their records: durations, waits, retries, success and recovery rates, cost.

Only what is on record counts; what is not known is None, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import Final

from msgspec import Struct

from ropewalk.core import events as e
from ropewalk.store import read_feed
from ropewalk.store.port import Record, RunQuery, RunRow, Store

PAGE: Final = 200
PATTERNS: Final = (
    "run.started", "run.paused", "run.resumed", "run.recovered", "step.started", "attempt.failed",
    "step.succeeded", "step.produced", "ask.opened", "ask.answered", "ask.withdrawn",
)  # fmt: skip


class Figures(Struct, frozen=True, omit_defaults=False):
    """Of one run or of several. Seconds; `rate`s are 0 to 1 of those that ended (None: none did).

    `waited_seconds` were spent paused, `people_seconds` on people's answers; `recovered` runs lost a driver and went on.
    """

    runs: int = 0
    completed: int = 0
    failed: int = 0
    aborted: int = 0
    success_rate: float | None = None
    duration_seconds: float | None = None
    duration_p50_seconds: float | None = None
    duration_p90_seconds: float | None = None
    waited_seconds: float = 0.0
    people_seconds: float = 0.0
    attempts: int = 0
    retries: int = 0
    lost: int = 0
    recoveries: int = 0
    recovered: int = 0
    recovery_rate: float | None = None
    cost_usd: float | None = None
    cost_unknown: bool = False


class Statistics(Struct, frozen=True):
    """By workflow, and of all that were looked at; `days` has the cost and the ends by day (unix seconds of its begin)."""

    workflows: dict[str, Figures]
    total: Figures
    days: tuple[dict[str, float], ...] = ()


class Counted(Struct):
    """What the records of one run say."""

    attempts: int = 0
    retries: int = 0
    lost: int = 0
    recoveries: int = 0
    waited_seconds: float = 0.0
    people_seconds: float = 0.0


def count(records: Iterable[Record], now: float) -> Counted:
    """Read the records of one run, in order. Pure."""
    counted = Counted()
    paused: float | None = None
    asked: dict[str, float] = {}
    for record in records:
        match record.event:
            case e.StepStarted(child=""):
                counted.attempts += 1
            case e.AttemptFailed(failure=failure, retry_at=retry_at):
                counted.lost += failure.kind == "lost"
                counted.retries += retry_at is not None
            case e.RunRecovered():
                counted.recoveries += 1
            case e.RunPaused():
                paused = record.at if paused is None else paused
            case e.RunResumed() if paused is not None:
                counted.waited_seconds += record.at - paused
                paused = None
            case e.AskOpened(ask=ask):
                asked[ask] = record.at
            case e.AskAnswered(ask=ask) | e.AskWithdrawn(ask=ask) if ask in asked:
                counted.people_seconds += record.at - asked.pop(ask)
            case _:
                pass
    counted.waited_seconds += now - paused if paused is not None else 0.0
    counted.people_seconds += sum(now - since for since in asked.values())
    return counted


async def run_statistics(store: Store, run: str, now: float) -> Figures:
    """Of one run. Raises NoSuchRun."""
    row = await store.row(run)
    return figures([(row, await _counted(store, row, now))], now)


async def workflow_statistics(
    store: Store, now: float, *, workflow: str = "", since: float | None = None, most: int = PAGE
) -> Statistics:
    """Of the newest `most` runs, by workflow."""
    rows: list[RunRow] = []
    after = ""
    while len(rows) < most:
        query = RunQuery(workflow=workflow, since=since, limit=min(PAGE, most - len(rows)), after=after)
        page = await store.runs(query)
        rows += page
        if len(page) < query.limit:
            break
        after = page[-1].run
    counted = [(row, await _counted(store, row, now)) for row in rows]
    names = sorted({row.workflow for row in rows})
    by_name = {name: figures([run for run in counted if run[0].workflow == name], now) for name in names}
    return Statistics(by_name, figures(counted, now), _days(rows))


async def _counted(store: Store, row: RunRow, now: float) -> Counted:
    records = [record async for record in read_feed(store, 0, PATTERNS, row.run)]
    return count(records, row.ended_at or now)


def figures(counted: list[tuple[RunRow, Counted]], now: float) -> Figures:
    """Put those of several runs together. Pure."""
    rows = [row for row, _ in counted]
    ended = [row for row in rows if row.ended_at is not None]
    completed = sum(row.status == "completed" for row in rows)
    took = sorted((row.ended_at or now) - row.created_at for row in ended)
    hurt = [row for row, counts in counted if counts.recoveries]
    healed = sum(row.status == "completed" for row in hurt)
    known = [row.cost_usd for row in rows if row.cost_usd or not row.cost_unknown]
    return Figures(
        runs=len(rows),
        completed=completed,
        failed=sum(row.status == "failed" for row in rows),
        aborted=sum(row.status == "aborted" for row in rows),
        success_rate=completed / len(ended) if ended else None,
        duration_seconds=sum(took) / len(took) if took else None,
        duration_p50_seconds=median(took) if took else None,
        duration_p90_seconds=took[min(int(len(took) * 0.9), len(took) - 1)] if took else None,
        waited_seconds=sum(counts.waited_seconds for _, counts in counted),
        people_seconds=sum(counts.people_seconds for _, counts in counted),
        attempts=sum(counts.attempts for _, counts in counted),
        retries=sum(counts.retries for _, counts in counted),
        lost=sum(counts.lost for _, counts in counted),
        recoveries=sum(counts.recoveries for _, counts in counted),
        recovered=healed,
        recovery_rate=healed / sum(row.ended_at is not None for row in hurt)
        if any(row.ended_at is not None for row in hurt)
        else None,
        cost_usd=sum(known) if known else None,
        cost_unknown=any(row.cost_unknown for row in rows),
    )


def _days(rows: list[RunRow]) -> tuple[dict[str, float], ...]:
    by_day: dict[float, dict[str, float]] = {}
    for row in rows:
        if row.ended_at is not None:
            day = row.ended_at // 86_400 * 86_400
            entry = by_day.setdefault(day, {"day": day, "runs": 0, "completed": 0, "cost_usd": 0.0})
            entry["runs"] += 1
            entry["completed"] += row.status == "completed"
            entry["cost_usd"] += row.cost_usd
    return tuple(by_day[day] for day in sorted(by_day))
