"""The timeline of a run as text: a line a step, its attempts and waits as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ropewalk.app import Bar, State, bars_of, duration, listed_steps
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.screen import Screen, cut, wide

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk

FILL = {"attempt": "█", "failed": "▓", "lost": "▒", "waiting": "░", "retry": "·"}
COLOUR = {"attempt": "green", "failed": "red", "lost": "red", "waiting": "magenta", "retry": "dim"}
LONGEST_NAME = 30
PIPED_WIDTH = 100


async def draw(context: CommandContext, ropewalk: Ropewalk, state: State, now: float) -> int:
    """Print the timeline of a run up to `now`."""
    records = await ropewalk.store.read(state.run)
    bars = bars_of((record.at, record.event) for record in records if record.version <= state.version)
    context.screen.give({"run": state.run, "bars": [msgspec.to_builtins(record) for record in bars]})
    if not context.screen.json:
        paint(context.screen, state, bars, state.ended_at or now)
    return exits.COMPLETED


def paint(screen: Screen, state: State, bars: list[Bar], end: float) -> None:
    """The bars, steps in written order; nothing for a step that never began."""
    if not bars:
        screen.line("Nothing has begun yet.")
        return
    begin = min(entry.since for entry in bars)
    keys = [st.key for st in listed_steps(state) if any(entry.step == st.key for entry in bars)]
    name = min(max(map(wide, keys)), LONGEST_NAME)
    room = max((screen.width if screen.terminal else PIPED_WIDTH) - name - 14, 20)
    for key in keys:
        mine = [entry for entry in bars if entry.step == key]
        took = sum(
            (entry.until or end) - entry.since
            for entry in mine
            if entry.kind in {"attempt", "failed", "lost"}
        )
        label = cut(key, name)
        screen.line(
            f"{label}{' ' * (name - wide(label))} {bar(screen, mine, begin, end, room)} {duration(took):>11}"
        )
    legend = "  ".join(f"{screen.paint(COLOUR[kind], FILL[kind])} {kind}" for kind in FILL)
    screen.line(f"{' ' * name} 0 s{' ' * max(room - 14, 1)}{duration(end - begin):>11}")
    screen.line(legend)


def bar(screen: Screen, mine: list[Bar], begin: float, end: float, room: int) -> str:
    """One step's line, `room` columns for the time from `begin` to `end`."""
    scale = room / max(end - begin, 0.001)
    cells: list[str] = [""] * room
    for entry in mine:
        first = min(int((entry.since - begin) * scale), room - 1)
        last = min(max(int(((entry.until or end) - begin) * scale), first + 1), room)
        cells[first:last] = [entry.kind] * (last - first)
    text, place = "", 0
    while place < room:
        kind, start = cells[place], place
        while place < room and cells[place] == kind:
            place += 1
        text += screen.paint(COLOUR[kind], FILL[kind] * (place - start)) if kind else " " * (place - start)
    return text
