"""The live table of `ropewalk run` in a terminal, by Rich. Asks are answered beneath it; small terminals see what moves."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, Any

from ropewalk.app import (
    Event,
    Progress,
    Ropewalk,
    State,
    StepLine,
    duration,
    money,
    printable,
    progress_of,
    step_lines,
)
from ropewalk.cli.asking import Asking
from ropewalk.cli.screen import STATUS, Screen, one_line

if TYPE_CHECKING:
    from rich.console import Console, Group
    from rich.live import Live as RichLive
    from rich.text import Text

SECONDS = 0.125
SLOW_SECONDS = 0.5
MANY = 1_000
FRAME = 7
"""Lines next to the steps: title, phases, heading, counts, a note, and room below."""

SIGNS = {
    "pending": "·",
    "running": "▸",
    "waiting": "?",
    "succeeded": "✓",
    "failed": "✗",
    "skipped": "–",
    "aborted": "✗",
}


class LiveScreen:
    """Draws itself again a few times a second while a run is driven."""

    def __init__(self, screen: Screen, ropewalk: Ropewalk) -> None:
        self._screen = screen
        self._ropewalk = ropewalk
        self._asking = Asking(screen, ropewalk, self._pause, self._go_on)
        self._state: State | None = None
        self._note = ""
        self._console: Console | None = None
        self._live: RichLive | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def on_events(self, state: State, events: list[Event]) -> None:
        self._state = state
        self._asking.look()

    def say(self, text: str) -> None:
        """Beneath the table, from now on."""
        self._note = text
        self._draw()

    def attended(self) -> bool:
        """Whether somebody sits here who will answer what is asked."""
        return self._asking.wanted()

    async def __aenter__(self) -> LiveScreen:
        from rich.console import Console

        self._console = Console(file=self._screen.out, highlight=False)
        self._go_on()
        self._tasks = [asyncio.create_task(self._refresh()), asyncio.create_task(self._asking.serve())]
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._asking.end()
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        self._pause()
        for task in self._tasks:
            if not task.cancelled():
                task.result()

    def _pause(self) -> None:
        self._draw()
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _go_on(self) -> None:
        from rich.live import Live as RichLive

        if self._live is None:
            self._live = RichLive(console=self._console, auto_refresh=False, vertical_overflow="crop")
            self._live.start()

    async def _refresh(self) -> None:
        while True:
            self._draw()
            slow = self._state is not None and len(self._state.steps) > MANY
            await asyncio.sleep(SLOW_SECONDS if slow else SECONDS)

    def _draw(self) -> None:
        if self._live is not None and self._state is not None:
            now = self._ropewalk.engine.clock.now()
            room = max(shutil.get_terminal_size().lines - FRAME, 5)
            self._live.update(table(self._state, now, room, self._note), refresh=True)


def table(state: State, now: float, room: int, note: str = "") -> Group:
    """The whole picture, at most `room` steps in it."""
    from rich.console import Group

    progress = progress_of(state, now)
    parts: list[Any] = [_title(progress)]
    if progress.phases:
        parts.append(_phases(progress))
    shown = step_lines(state, now, room)
    if shown:
        parts.append(_steps(shown))
    parts.append(_counts(progress, len(shown)))
    if note:
        parts.append(_text(note, "magenta"))
    return Group(*parts)


def _title(progress: Progress) -> Text:
    text = _text(progress.workflow, "bold").append(f"  {progress.run}  ", "dim")
    text.append(progress.status, STATUS.get(progress.status, ""))
    if progress.rehearsed:
        text.append(" rehearsed", "magenta")
    if progress.reason and progress.status != "completed":
        text.append(f" ({one_line(progress.reason)})")
    text.append(f"  {duration(progress.seconds)}")
    if progress.cost_usd != 0:
        text.append(f"  {money(progress.cost_usd, unknown=progress.cost_unknown)}")
    return text


def _phases(progress: Progress) -> Text:
    text = _text("")
    for phase in progress.phases:
        if not phase.total:
            continue
        ended = phase.done == phase.total
        style = "red" if phase.failed else "green" if ended else "cyan" if phase.begun else "dim"
        sign = "✗ " if phase.failed else "✓ " if ended else "▸ " if phase.begun else ""
        count = f" {phase.done}/{phase.total}" if phase.begun and not ended else ""
        text.append(f"{sign}{one_line(phase.title)}{count}", style).append("   ")
    return text


def _steps(shown: list[StepLine]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim", expand=True)
    table.add_column("step", no_wrap=True, overflow="ellipsis", ratio=2)
    table.add_column("state", no_wrap=True, width=11)
    table.add_column("time", no_wrap=True, justify="right", width=9)
    table.add_column("tries", no_wrap=True, justify="right", width=5)
    table.add_column("", no_wrap=True, overflow="ellipsis", ratio=4)
    for line in shown:
        style = STATUS.get(line.status, "")
        tries = f"{line.attempts}" if line.attempts > 1 else ""
        again = f"round {line.round}" if line.round > 1 else ""
        doing = one_line(" · ".join(part for part in (again, line.note) if part))
        took = duration(line.seconds) if line.seconds is not None else ""
        table.add_row(
            _text(one_line(line.key)),
            _text(f"{SIGNS.get(line.status, ' ')} {line.status}", style),
            _text(took),
            _text(tries),
            _text(doing, "magenta" if line.status == "waiting" else "red" if line.status == "failed" else ""),
        )
    return table


def _counts(progress: Progress, shown: int) -> Text:
    order = ("running", "waiting", "pending", "failed", "skipped", "aborted")
    parts = [f"{progress.done} of {progress.total} done"]
    parts += [f"{progress.counts[status]} {status}" for status in order if progress.counts.get(status)]
    if shown < progress.total:
        parts.append(f"{shown} shown")
    return _text(" · ".join(parts), "dim")


def _text(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(printable(text), style=style, no_wrap=True, overflow="ellipsis")
