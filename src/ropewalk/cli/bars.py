"""The timeline of a run as text: a line a step, its attempts and waits as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ropewalk.app import Bar, State, bars_of, duration, listed_steps
from ropewalk.cli import exits
from ropewalk.cli.here import Here
from ropewalk.cli.screen import Screen, cut, wide

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk

FILL = {"attempt": "█", "failed": "▓", "lost": "▒", "waiting": "░", "retry": "·"}
COLOUR = {"attempt": "green", "failed": "red", "lost": "red", "waiting": "magenta", "retry": "dim"}
LONGEST_NAME = 30
PIPED_WIDTH = 100


async def draw(here: Here, ropewalk: Ropewalk, state: State, now: float) -> int:
    """Print the timeline of a run up to `now`."""
    records = await ropewalk.store.read(state.run)
    found = bars_of((one.at, one.event) for one in records if one.version <= state.version)
    here.screen.give({"run": state.run, "bars": [msgspec.to_builtins(one) for one in found]})
    if not here.screen.json:
        paint(here.screen, state, found, state.ended_at or now)
    return exits.COMPLETED


def paint(screen: Screen, state: State, found: list[Bar], end: float) -> None:
    """The bars, steps in written order; nothing for a step that never began."""
    if not found:
        screen.line("Nothing has begun yet.")
        return
    begin = min(one.since for one in found)
    keys = [st.key for st in listed_steps(state) if any(one.step == st.key for one in found)]
    name = min(max(map(wide, keys)), LONGEST_NAME)
    room = max((screen.width if screen.terminal else PIPED_WIDTH) - name - 12, 20)
    for key in keys:
        mine = [one for one in found if one.step == key]
        took = sum(
            (one.until or end) - one.since for one in mine if one.kind in {"attempt", "failed", "lost"}
        )
        label = cut(key, name)
        screen.line(
            f"{label}{' ' * (name - wide(label))} {bar(screen, mine, begin, end, room)} {duration(took):>9}"
        )
    legend = "  ".join(f"{screen.paint(COLOUR[kind], FILL[kind])} {kind}" for kind in FILL)
    screen.line(f"{' ' * name} 0 s{' ' * max(room - 12, 1)}{duration(end - begin):>9}")
    screen.line(legend)


def bar(screen: Screen, mine: list[Bar], begin: float, end: float, room: int) -> str:
    """One step's line, `room` columns for the time from `begin` to `end`."""
    scale = room / max(end - begin, 0.001)
    cells: list[str] = [""] * room
    for one in mine:
        first = min(int((one.since - begin) * scale), room - 1)
        last = min(max(int(((one.until or end) - begin) * scale), first + 1), room)
        cells[first:last] = [one.kind] * (last - first)
    text, place = "", 0
    while place < room:
        kind, start = cells[place], place
        while place < room and cells[place] == kind:
            place += 1
        text += screen.paint(COLOUR[kind], FILL[kind] * (place - start)) if kind else " " * (place - start)
    return text
