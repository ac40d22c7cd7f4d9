"""`ropewalk land`: the result of a run to a branch, or to a patch file. `ropewalk conflicts`: what does not fit together."""

from __future__ import annotations

from pathlib import Path

from ropewalk.app import State, conflicts_of, explain_state, run_of
from ropewalk.cli import exits
from ropewalk.cli.grammar import Option, Verb
from ropewalk.cli.here import Here
from ropewalk.cli.inbox import OF_RUN
from ropewalk.cli.interrupts import interrupts
from ropewalk.errors import UsageError


async def land(here: Here, run: str, to: str | None, branch: str | None, patch: str | None) -> int:
    """Land on a branch that is there, make a new one, or write a patch."""
    if sum(one is not None for one in (to, branch, patch)) > 1:
        raise UsageError(
            what="A result goes to one place at a time", hint="give one of --to, --branch and --patch"
        )
    from ropewalk.app import land as landed_on
    from ropewalk.app import landing_base

    async with here.ropewalk() as ropewalk:
        found = await here.find(ropewalk, run)
        if patch is not None:
            state = await ropewalk.engine.fold(found)
            base = landing_base(state)
            workspace = ropewalk.workspace(found, base, state.workflow.merge)
            return _written(here, patch, await workspace.diff(base.commit, state.commit))
        with interrupts(ropewalk.engine, here.screen.aside) as stopped:
            state = await landed_on(ropewalk, found, to or branch or "")
        if state.landing is not None:
            return _not_yet(here, state, ropewalk.engine.clock.now(), interrupted=stopped.seen)
    here.screen.give({"run": found, "target": state.landed, "commit": state.commit})
    here.screen.line(f"{state.landed} is at {state.commit[:12]} now, the result of run {found}.")
    return exits.COMPLETED


def _not_yet(here: Here, state: State, now: float, *, interrupted: bool) -> int:
    """A person has to say something first, or the landing was interrupted; either way it goes on when the run is driven."""
    why = explain_state(state, now, driven=False)
    here.screen.give(run_of(state, now))
    here.screen.line(why.sentence)
    for command in (*why.commands, f"ropewalk drive {state.run}"):
        here.screen.line(f"  {command}")
    return exits.INTERRUPTED if interrupted else exits.PAUSED


def _written(here: Here, patch: str, data: bytes) -> int:
    if patch == "-":
        here.screen.raw(data)
        return exits.COMPLETED
    path = here.folder / patch
    try:
        with Path(path).open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise UsageError(what=f"{path} is there already", hint="name a new file for the patch") from None
    except OSError as error:
        what = f"{path} cannot be written: {error.strerror}"
        raise UsageError(what=what, hint="name a file in a folder that is there") from error
    here.screen.give({"patch": str(path), "bytes": len(data)})
    here.screen.line(f"{path}: {len(data)} bytes, for `git apply`.")
    return exits.COMPLETED


async def conflicts(here: Here, run: str) -> int:
    """Both sides of every disagreement, and who may settle it how."""
    from ropewalk.app import conflicts_as_markdown

    async with here.ropewalk() as ropewalk:
        state = await ropewalk.engine.fold(await here.find(ropewalk, run))
    found = conflicts_of(state)
    here.screen.give({"run": state.run, "conflicts": found})
    if not found:
        here.screen.line("Nothing disagrees.")
        return exits.COMPLETED
    here.screen.line(conflicts_as_markdown([{k: v for k, v in one.items() if k != "step"} for one in found]))
    for name, opened in state.asks.items():
        if opened.about == "conflict":
            here.screen.line(
                f"Settle it: `ropewalk answer {state.run} {name} ours`, or theirs; `ropewalk reject` gives up."
            )
    return exits.COMPLETED


LAND = Verb(
    "land",
    "Bring a run's result to a branch, or into a patch",
    land,
    OF_RUN,
    Option("--to", "The branch to move to the result.", "text", metavar="BRANCH"),
    Option("--branch", "A new branch for the result.", "text", metavar="NAME"),
    Option("--patch", "Write a patch instead; - prints it.", "text", metavar="FILE"),
    more="Without an option: the branch that the run began from. What came there meanwhile is merged in and judged again; "
    "what disagrees is asked. Killed in between, `ropewalk drive` goes on with it.",
    reads=True,
)
CONFLICTS = Verb(
    "conflicts",
    "Show what does not fit together: both sides, and how to settle it",
    conflicts,
    OF_RUN,
    reads=True,
)
