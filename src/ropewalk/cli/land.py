"""`ropewalk land`: the result of a run to a branch, or to a patch file. `ropewalk conflicts`: what does not fit together."""

from __future__ import annotations

from pathlib import Path

from ropewalk.app import State, conflicts_of, explain_state, printable, run_of
from ropewalk.cli import exits
from ropewalk.cli.answering import conflict_lines
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Option, Verb
from ropewalk.cli.inbox import OF_RUN
from ropewalk.cli.interrupts import interrupts
from ropewalk.errors import UsageError


async def land(
    context: CommandContext,
    run: str,
    to: str | None,
    branch: str | None,
    patch: str | None,
    squash: bool,
    message: str | None,
) -> int:
    """Land on a branch that is there, make a new one, or write a patch."""
    if sum(target is not None for target in (to, branch, patch)) > 1:
        raise UsageError(
            what="A result goes to one place at a time", hint="give one of --to, --branch and --patch"
        )
    if message is not None and (not squash or not message.strip()):
        raise UsageError(what="--message is that of the one commit of --squash", hint="give both, and a text")
    if squash and patch is not None:
        raise UsageError(what="A patch has no commits", hint="leave out --squash")
    from ropewalk.app import land as landed_on
    from ropewalk.app import landing_base

    async with context.ropewalk() as ropewalk:
        run_id = await context.find(ropewalk, run)
        if patch is not None:
            state = await ropewalk.engine.fold(run_id)
            base = landing_base(state)
            workspace = ropewalk.workspace(run_id, base, state.workflow.merge)
            return _written(context, patch, await workspace.diff(base.commit, state.commit))
        with interrupts(ropewalk.engine, context.screen.aside) as stopped:
            state = await landed_on(ropewalk, run_id, to or branch or "", squash=message or squash)
        if state.landing is not None:
            return _not_yet(context, state, ropewalk.engine.clock.now(), interrupted=stopped.seen)
    context.screen.give({"run": run_id, "target": state.landed, "commit": state.commit})
    context.screen.line(f"{state.landed} has {state.commit[:12]} now, the result of run {run_id}.")
    return exits.COMPLETED


def _not_yet(context: CommandContext, state: State, now: float, *, interrupted: bool) -> int:
    """A person has to say something first, or the landing was interrupted; either way it goes on when the run is driven."""
    why = explain_state(state, now, driven=False)
    context.screen.give(run_of(state, now))
    context.screen.line(why.sentence)
    for command in (*why.commands, f"ropewalk drive {state.run}"):
        context.screen.line(f"  {command}")
    return exits.INTERRUPTED if interrupted else exits.PAUSED


def _written(context: CommandContext, patch: str, data: bytes) -> int:
    if patch == "-":
        context.screen.raw(data)
        return exits.COMPLETED
    path = context.folder / patch
    try:
        with Path(path).open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise UsageError(what=f"{path} is there already", hint="name a new file for the patch") from None
    except OSError as error:
        reason = f"{path} cannot be written: {error.strerror}"
        raise UsageError(what=reason, hint="name a file in a folder that is there") from error
    context.screen.give({"patch": str(path), "bytes": len(data)})
    context.screen.line(f"{path}: {len(data)} bytes, for `git apply`.")
    return exits.COMPLETED


async def conflicts(context: CommandContext, run: str) -> int:
    """Both sides of every disagreement, and who may settle it how."""
    from ropewalk.app import conflicts_as_markdown

    async with context.ropewalk() as ropewalk:
        state = await ropewalk.engine.fold(await context.find(ropewalk, run))
    open_conflicts = conflicts_of(state)
    context.screen.give({"run": state.run, "conflicts": open_conflicts})
    if not open_conflicts:
        context.screen.line("Nothing disagrees.")
        return exits.COMPLETED
    context.screen.line(
        conflicts_as_markdown(
            [{k: v for k, v in conflict.items() if k != "step"} for conflict in open_conflicts]
        )
    )
    for name, opened in state.asks.items():
        if opened.about == "conflict":
            context.screen.line(
                f"Settle all of it: `ropewalk answer {state.run} {name} ours`, or theirs; `ropewalk reject` gives up."
            )
            for line in conflict_lines(state.run, opened):
                context.screen.line(f"  {printable(line)}")
    return exits.COMPLETED


LAND = Verb(
    "land",
    "Bring a run's result to a branch, or into a patch",
    land,
    OF_RUN,
    Option("--to", "The branch to move to the result.", "text", metavar="BRANCH"),
    Option("--branch", "A new branch for the result.", "text", metavar="NAME"),
    Option("--patch", "Write a patch instead; - prints it.", "text", metavar="FILE"),
    Option("--squash", "As one commit, with you as its author."),
    Option(
        "--message",
        "The message of that commit; else the workflow's, or the run's title.",
        "text",
        metavar="TEXT",
    ),
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
