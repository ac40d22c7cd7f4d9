"""`ropewalk runs`: the list of runs, newest first, filtered and paged."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ropewalk.app import duration
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Option, Verb
from ropewalk.cli.lines import moment
from ropewalk.errors import UsageError

if TYPE_CHECKING:
    from ropewalk.app import Holder, RunRow

STATUSES = ("pending", "running", "paused", "completed", "failed", "aborted")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
LONGEST_TITLE = 32
"""Characters of a title in the list."""


async def perform(
    context: CommandContext,
    status: list[str],
    workflow: str | None,
    text: str | None,
    since: str | None,
    until: str | None,
    limit: int | None,
    after: str | None,
    called: bool,
) -> int:
    """One page of the list."""
    from ropewalk.app import RunQuery

    async with context.ropewalk() as ropewalk:
        now = ropewalk.engine.clock.now()
        query = RunQuery(
            status=statuses(status),
            workflow=workflow or "",
            text=text or "",
            since=time_of(since, now) if since else None,
            until=time_of(until, now) if until else None,
            parent=None if called else "",
            limit=limit or 20,
            after=await context.find(ropewalk, after) if after else "",
        )
        rows = await ropewalk.store.runs(query)
        holders = await ropewalk.engine.leases.holders()
    context.screen.give({"runs": rows, "next": rows[-1].run if len(rows) == query.limit else None})
    if not rows:
        context.screen.line("There are no such runs." if _filtered(query) else "There are no runs here yet.")
    _show(context, rows, now, {run: holder for run, holder in holders.items() if holder.silent})
    if len(rows) == query.limit:
        context.screen.line(context.screen.paint("dim", f"more: ropewalk runs --after {rows[-1].run}"))
    return exits.COMPLETED


def _filtered(query: object) -> bool:
    names = ("status", "workflow", "text", "since", "until", "after")
    return any(getattr(query, name) for name in names)


def statuses(words: list[str]) -> tuple[str, ...]:
    """Words, also several with commas between, as statuses of runs. Raises UsageError."""
    chosen = tuple(status for word in words for status in word.split(",") if status)
    for status in chosen:
        if status not in STATUSES:
            raise UsageError(what=f"There is no status {status!r}", hint=f"there are {', '.join(STATUSES)}")
    return chosen


def time_of(text: str, now: float) -> float:
    """`2h` before now, or a date or time in ISO form, here. Raises UsageError."""
    if text[:-1].replace(".", "", 1).isdigit() and text[-1] in UNITS:
        return now - float(text[:-1]) * UNITS[text[-1]]
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except ValueError:
        raise UsageError(
            what=f"{text!r} is no time", hint="write 2h, 3d, 2026-01-31 or 2026-01-31T12:00"
        ) from None


def _show(context: CommandContext, rows: list[RunRow], now: float, silent: dict[str, Holder]) -> None:
    cells = []
    for row in rows:
        remark = row.error or row.reason if row.status != "completed" else row.reason
        if row.asks_open and row.status == "paused":
            remark = f"{row.asks_open} asked"
        if row.run in silent and row.ended_at is None:
            remark = f"held by {silent[row.run].name}, silent for {duration(silent[row.run].silent_seconds)}"
        steps = f"{row.steps_done}/{row.steps_total}" + (
            f" ({row.steps_failed}✗)" if row.steps_failed else ""
        )
        took = duration((row.ended_at or now) - row.created_at)
        cells.append(
            (row.run, row.workflow, _cut(row.title), row.status, steps, moment(row.created_at), took, remark)
        )
    context.screen.table(("run", "workflow", "title", "status", "steps", "created", "took", ""), cells)


def _cut(title: str) -> str:
    """A title leaves room for the other columns; `--json` has it whole."""
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


RUNS = Verb(
    "runs",
    "List runs, newest first",
    perform,
    Option(
        "--status -s",
        "Only these: pending, running, paused, completed, failed, aborted.",
        "many",
        metavar="STATUS",
    ),
    Option("--workflow -w", "Only runs of this workflow.", "text", complete="workflow"),
    Option("--text -t", "Only runs with this in id, workflow, reason, error, phase or labels.", "text"),
    Option("--since", "Created since: 2h, 3d, or an ISO date or time.", "text", metavar="TIME"),
    Option("--until", "Created until.", "text", metavar="TIME"),
    Option("--limit -n", "At most so many (20).", "whole"),
    Option("--after", "The page after this run.", "text", metavar="RUN", complete="run"),
    Option("--called", "Also runs that another run has called."),
    reads=True,
)
