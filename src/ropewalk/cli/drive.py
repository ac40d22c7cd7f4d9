"""`ropewalk drive`: goes on with one run, or with everything in the store that is unfinished, until nothing can move."""

from __future__ import annotations

from ropewalk.app import Holder, Ropewalk, State, duration, run_of
from ropewalk.cli import exits, given
from ropewalk.cli.complaint import told
from ropewalk.cli.driving import Lines, drive, headline, waiting
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.here import Here
from ropewalk.cli.interrupts import interrupts
from ropewalk.errors import Refused, RopewalkError, UsageError

MORE = """Without a run it drives whatever is unfinished in the store and ends when nothing can move: each run is
completed, failed, aborted, or waits for somebody. With several runs the exit code is that of the worst."""
WORST = ("failed", "aborted", "paused", "running", "pending")


async def perform(here: Here, run: str | None, inputs: list[str], wait: bool) -> int:
    """One run, or all."""
    async with here.ropewalk() as ropewalk:
        if run is None:
            if inputs:
                raise UsageError(
                    what="inputs are of one run", hint="name it: ropewalk drive RUN -i NAME=@env:VARIABLE"
                )
            return await _all(here, ropewalk)
        found = await here.find(ropewalk, run)
        state = await ropewalk.engine.fold(found)
        if state.ended:
            raise Refused(verb="drive", reason=f"run {found} is {state.status} already")
        if inputs:
            values = given.secrets(here, state.workflow, given.inputs(inputs, here.folder))
            await ropewalk.give(found, values)
        return await drive(here, ropewalk, found, wait=wait)


async def _all(here: Here, ropewalk: Ropewalk) -> int:
    view = Lines(here.screen, several=True)
    ropewalk.engine.hears = waiting(view)
    with interrupts(ropewalk.engine, view.say) as stopped:
        driven = await ropewalk.drive_all(view.told)
    states = {run: state for run, state in driven.items() if isinstance(state, State)}
    errors = {run: error for run, error in driven.items() if isinstance(error, RopewalkError)}
    holders = await ropewalk.engine.leases.holders()
    now = ropewalk.engine.clock.now()
    kept = [{"run": run, "error": told(error)} for run, error in errors.items()]
    here.screen.give({"runs": [*(run_of(state, now) for state in states.values()), *kept]})
    for state in states.values():
        here.screen.line(headline(here.screen, state, now))
        if state.run in holders and not state.ended:
            here.screen.line(f"  {driven_by(holders[state.run])}")
    for run, error in errors.items():
        here.screen.line(f"{run} cannot be driven: {error}")
        if error.how:
            here.screen.line(f"  {error.how}")
    if not driven:
        here.screen.line("Nothing is unfinished.")
    if stopped.seen:
        return exits.INTERRUPTED
    return exits.FAILED if errors else _worst(list(states.values()))


def driven_by(holder: Holder) -> str:
    """Who drives a run that was left to it."""
    silent = f", which gave no sign for {duration(holder.silent_seconds)}" if holder.silent else ""
    return f"driven by {holder.who}{silent}"


def _worst(states: list[State]) -> int:
    found = {state.status for state in states}
    worst = next((status for status in WORST if status in found), "completed")
    return exits.OF_STATUS.get(worst, exits.PAUSED)


GIVEN = Option(
    "--input -i",
    "The value of a secret input, which no run keeps: NAME=@env:VARIABLE, NAME=@FILE, or @- for JSON on standard input.",
    "many",
    metavar="NAME=@…",
    name="inputs",
)

DRIVE = Verb(
    "drive",
    "Go on with a run, or with all that is unfinished",
    perform,
    Argument(
        "run",
        "a run's id or its beginning, or `last`; all that are unfinished without it",
        required=False,
        complete="run",
    ),
    GIVEN,
    Option("--wait", "Stay while people are asked, until the run ends."),
    more=MORE,
    reads=True,
)
