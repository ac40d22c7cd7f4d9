"""`ropewalk drive`: goes on with one run, or with everything in the store that is unfinished, until nothing can move."""

from __future__ import annotations

from ropewalk.app import Holder, Ropewalk, State, duration, run_of
from ropewalk.cli import exits
from ropewalk.cli.complaint import as_report
from ropewalk.cli.context import CommandContext
from ropewalk.cli.driving import Lines, drive, headline, waiting
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.interrupts import interrupts
from ropewalk.cli.values import read_inputs, with_secrets
from ropewalk.errors import Refused, RopewalkError, UsageError

MORE = """Without a run it drives whatever is unfinished in the store and ends when nothing can move: each run is
completed, failed, aborted, or waits for somebody. With several runs the exit code is that of the worst."""
WORST = ("failed", "aborted", "paused", "running", "pending")


async def perform(context: CommandContext, run: str | None, inputs: list[str], wait: bool) -> int:
    """One run, or all."""
    async with context.ropewalk() as ropewalk:
        if run is None:
            if inputs:
                raise UsageError(
                    what="inputs are of one run", hint="name it: ropewalk drive RUN -i NAME=@env:VARIABLE"
                )
            return await _all(context, ropewalk)
        run_id = await context.find(ropewalk, run)
        state = await ropewalk.engine.fold(run_id)
        if state.ended:
            raise Refused(verb="drive", reason=f"run {run_id} is {state.status} already")
        if inputs:
            values = with_secrets(context, state.workflow, read_inputs(inputs, context.folder))
            await ropewalk.give(run_id, values)
        return await drive(context, ropewalk, run_id, wait=wait)


async def _all(context: CommandContext, ropewalk: Ropewalk) -> int:
    view = Lines(context.screen, several=True)
    ropewalk.engine.hears = waiting(view)
    with interrupts(ropewalk.engine, view.say) as stopped:
        driven = await ropewalk.drive_all(view.on_events)
    states = {run: state for run, state in driven.items() if isinstance(state, State)}
    errors = {run: error for run, error in driven.items() if isinstance(error, RopewalkError)}
    holders = await ropewalk.engine.leases.holders()
    now = ropewalk.engine.clock.now()
    kept = [{"run": run, "error": as_report(error)} for run, error in errors.items()]
    context.screen.give({"runs": [*(run_of(state, now) for state in states.values()), *kept]})
    for state in states.values():
        context.screen.line(headline(context.screen, state, now))
        if state.run in holders and not state.ended:
            context.screen.line(f"  {driven_by(holders[state.run])}")
    for run, error in errors.items():
        context.screen.line(f"{run} cannot be driven: {error}")
        if error.how:
            context.screen.line(f"  {error.how}")
    if not driven:
        context.screen.line("Nothing is unfinished.")
    if stopped.seen:
        return exits.INTERRUPTED
    return exits.FAILED if errors else _worst(list(states.values()))


def driven_by(holder: Holder) -> str:
    """Who drives a run that was left to it."""
    silent = f", which gave no sign for {duration(holder.silent_seconds)}" if holder.silent else ""
    return f"driven by {holder.name}{silent}"


def _worst(states: list[State]) -> int:
    statuses = {state.status for state in states}
    worst = next((status for status in WORST if status in statuses), "completed")
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
