"""`weft drive`: goes on with one run, or with everything in the store that is unfinished, until nothing can move."""

from __future__ import annotations

from weft.app.open import Weft
from weft.cli import exits
from weft.cli.driving import Lines, drive, headline
from weft.cli.grammar import Argument, Command, Option
from weft.cli.here import Here
from weft.cli.interrupts import interrupts
from weft.core.state import State
from weft.errors import Refused
from weft.observe.summary import summary

MORE = """Without a run it drives whatever is unfinished in the store and ends when nothing can move: each run is
completed, failed, aborted, or waits for somebody. With several runs the exit code is that of the worst."""
WORST = ("failed", "aborted", "paused", "running", "pending")


async def perform(here: Here, run: str | None, wait: bool) -> int:
    """One run, or all."""
    async with here.weft() as weft:
        if run is None:
            return await _all(here, weft)
        found = await here.find(weft, run)
        state = await weft.engine.fold(found)
        if state.ended:
            raise Refused(verb="drive", reason=f"run {found} is {state.status} already")
        return await drive(here, weft, found, wait=wait)


async def _all(here: Here, weft: Weft) -> int:
    view = Lines(here.screen, several=True)
    with interrupts(weft.engine, view.say) as stopped:
        states = await weft.drive_all(view.told)
    now = weft.engine.clock.now()
    here.screen.give({"runs": [summary(state, now) for state in states.values()]})
    for state in states.values():
        here.screen.line(headline(here.screen, state, now))
    if not states:
        here.screen.line("Nothing is unfinished.")
    return exits.INTERRUPTED if stopped.seen else _worst(list(states.values()))


def _worst(states: list[State]) -> int:
    found = {state.status for state in states}
    worst = next((status for status in WORST if status in found), "completed")
    return exits.OF_STATUS.get(worst, exits.PAUSED)


DRIVE = Command(
    "drive",
    "Go on with a run, or with all that is unfinished",
    perform,
    Argument(
        "run",
        "a run's id or its beginning, or `last`; all that are unfinished without it",
        required=False,
        complete="run",
    ),
    Option("--wait", "Stay while people are asked, until the run ends."),
    more=MORE,
    reads=True,
)
