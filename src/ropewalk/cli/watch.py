"""`ropewalk watch` and `ropewalk events`: what has happened and what happens now, read off the feed; neither drives anything."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import msgspec

from ropewalk.app import ENDED, follow_feed
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.driving import conclude
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.lines import event_line

if TYPE_CHECKING:
    from ropewalk.app import Record, Ropewalk


async def events(
    context: CommandContext,
    run: str | None,
    patterns: list[str],
    after: int | None,
    follow: bool,
    name: str | None,
) -> int:
    """Records in order, of one run or of all."""
    async with context.ropewalk() as ropewalk:
        run_id = await context.find(ropewalk, run) if run else ""
        with contextlib.suppress(asyncio.CancelledError):
            await _print(context, ropewalk, run_id, patterns, after, live=follow, name=name or "")
    return exits.COMPLETED


async def _print(
    context: CommandContext,
    ropewalk: Ropewalk,
    run: str,
    patterns: list[str],
    after: int | None,
    *,
    live: bool,
    name: str = "",
) -> None:
    async for page in follow_feed(ropewalk.store, name, after, patterns, run, live):
        for record in page:
            _print_record(context, record, several=not run)
        context.screen.flush()
        if live and run and page[-1].kind in _LAST:
            return


_LAST = frozenset(f"run.{status}" for status in ENDED)


def _print_record(context: CommandContext, record: Record, *, several: bool) -> None:
    if context.screen.json:
        context.screen.each(as_json(record))
    else:
        number = context.screen.paint("dim", f"{record.version:>5}")
        run = f"{record.run}" if several else ""
        context.screen.line(f"{number}  {event_line(context.screen, record.at, record.event, run)}")


def as_json(record: Record) -> dict[str, Any]:
    """A record as it is printed and sent: what the store keeps, with the event as it was written."""
    return {
        "position": record.position,
        "run": record.run,
        "version": record.version,
        "at": record.at,
        "kind": record.kind,
        "actor": record.actor,
        "cause": record.cause,
        "event": msgspec.Raw(record.body),
        "hash": record.hash,
    }


async def watch(context: CommandContext, run: str) -> int:
    """The events of a run from now on until it ends; the past is told in the first line."""
    async with context.ropewalk() as ropewalk:
        run_id = await context.find(ropewalk, run)
        state = await ropewalk.engine.fold(run_id)
        if not state.ended:
            if not context.screen.json:
                context.screen.line(
                    f"Run {run_id} of {state.workflow.name} is {context.screen.status(state.status)}."
                )
            await _print(context, ropewalk, run_id, [], 0, live=True)
            state = await ropewalk.engine.fold(run_id)
        now = ropewalk.engine.clock.now()
        conclude(context.screen, state, now)
    return exits.OF_STATUS.get(state.status, exits.PAUSED)


EVENTS = Verb(
    "events",
    "Print what has happened, one line an event",
    events,
    Argument(
        "run", "a run's id or its beginning, or `last`; all runs without it", required=False, complete="run"
    ),
    Argument("patterns", "kinds of events, as `step.*`", required=False, many=True),
    Option("--after", "Begin after this position of the feed.", "whole", metavar="POSITION"),
    Option("--follow -f", "Go on with what happens from now on."),
    Option("--name", "A reader that is remembered: begin where it stopped.", "text"),
    more="With --json one object a line. Patterns name kinds of events; `*` stands for anything.",
    reads=True,
)
WATCH = Verb(
    "watch",
    "Look on while somebody else drives a run",
    watch,
    Argument("run", "a run's id or its beginning, or `last`", complete="run"),
    more="Prints what has happened and what happens until the run ends. It drives nothing.",
    reads=True,
)
