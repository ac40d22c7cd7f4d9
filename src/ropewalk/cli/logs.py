"""`ropewalk logs`: what the attempts of a step said while they worked; it can be followed while they still do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ropewalk.app import STEP_ENDED, State, warnings_of
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.screen import one_line
from ropewalk.errors import UsageError

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk

SECONDS = 0.25
PIECE = 1 << 18


async def perform(
    context: CommandContext,
    run: str,
    step: str | None,
    attempt: str | None,
    every: bool,
    follow: bool,
    raw: bool,
) -> int:
    """The last attempt of a step, or all; without a step all steps that said something."""
    async with context.ropewalk() as ropewalk:
        run_id = await context.find(ropewalk, run)
        state = await ropewalk.engine.fold(run_id)
        sizes = dict(await ropewalk.store.outputs(run_id))
        if step is None and not context.screen.json and not follow:
            await _each(context, ropewalk, run_id, list(sizes), raw=raw)
            _mind(context, state, step)
            return exits.COMPLETED
        names = _chosen(state, step, attempt, list(sizes), every=every)
        if context.screen.json:
            logs = [
                {"attempt": name, "bytes": sizes.get(name, 0), "text": await _whole(ropewalk, run_id, name)}
                for name in (names if step is not None else sizes)
            ]
            context.screen.give({"run": run_id, "logs": logs})
        elif follow:
            await _follow(context, ropewalk, run_id, step, raw=raw)
        else:
            await _each(context, ropewalk, run_id, names, raw=raw)
            if not names:
                context.screen.aside(f"Step {step} has said nothing.")
        if not context.screen.json:
            _mind(context, state, step)
    return exits.COMPLETED


def _mind(context: CommandContext, state: State, step: str | None) -> None:
    """What people should know of the files, next to what was said."""
    for warning in warnings_of(state):
        whose = warning["step"]
        if step is None or whose == step or whose in state.steps[step].items:
            context.screen.aside(
                f"mind: {one_line(f'{whose}: ' if whose else '')}{one_line(warning['message'])}"
            )


def _chosen(
    state: State, step: str | None, attempt: str | None, attempts: list[str], *, every: bool
) -> list[str]:
    """Names of attempts (`step/round.n`), those of items after their foreach."""
    if step is None:
        return []
    if step not in state.steps:
        from ropewalk.app import step_named

        step_named(state, step)
    keys = (step, *state.steps[step].items)
    mine = [name for key in keys for name in sorted((n for n in attempts if _step(n) == key), key=_order)]
    if attempt is not None:
        wanted = f"{step}/{attempt}"
        if wanted not in mine:
            known = ", ".join(name.rpartition("/")[2] for name in mine) or "none"
            raise UsageError(
                what=f"Step {step} has said nothing in attempt {attempt}", hint=f"there are {known}"
            )
        return [wanted]
    last = {_step(name): name for name in mine}
    return mine if every else list(last.values())


def _step(name: str) -> str:
    return name.rpartition("/")[0]


def _order(name: str) -> tuple[int, int]:
    round_, _, attempt = name.rpartition("/")[2].partition(".")
    return int(round_), int(attempt)


async def _each(
    context: CommandContext, ropewalk: Ropewalk, run: str, names: list[str], *, raw: bool
) -> None:
    for name in names:
        if len(names) > 1:
            context.screen.line(context.screen.paint("bold", f"== {name}"))
        output = await _bytes(ropewalk, run, name)
        if raw:
            context.screen.out.raw(output)
        else:
            context.screen.line(output.decode("utf-8", "replace").rstrip("\n"))


async def _whole(ropewalk: Ropewalk, run: str, name: str) -> str:
    return (await _bytes(ropewalk, run, name)).decode("utf-8", "replace")


async def _bytes(ropewalk: Ropewalk, run: str, name: str) -> bytes:
    output = bytearray()
    while piece := await ropewalk.store.read_output(run, name, len(output), PIECE):
        output += piece
    return bytes(output)


async def _follow(
    context: CommandContext, ropewalk: Ropewalk, run: str, step: str | None, *, raw: bool
) -> None:
    """Everything from now on, until the step, or the run, has ended."""
    read: dict[str, int] = {}
    shown = ""
    while True:
        state = await ropewalk.engine.fold(run)
        over = state.ended if step is None else state.ended or _over(state, step)
        names = [name for name, _ in await ropewalk.store.outputs(run)]
        mine = names if step is None else _chosen(state, step, None, names, every=True)
        for name in mine:
            piece = await ropewalk.store.read_output(run, name, read.get(name, 0), PIECE)
            if piece and shown != name:
                context.screen.line(context.screen.paint("bold", f"== {name}"))
                shown = name
            if piece:
                read[name] = read.get(name, 0) + len(piece)
                if raw:
                    context.screen.out.raw(piece)
                else:
                    context.screen.write(piece.decode("utf-8", "replace"))
                context.screen.flush()
                over = False
        if over:
            return
        await asyncio.sleep(SECONDS)


def _over(state: State, step: str) -> bool:
    st = state.steps.get(step)
    return st is not None and st.status in STEP_ENDED


LOGS = Verb(
    "logs",
    "Print what a step's attempts said",
    perform,
    Argument("run", "a run's id or its beginning, or `last`", complete="run"),
    Argument(
        "step", "a step, or one item as `step[key]`; all that said something without it", required=False
    ),
    Option("--attempt", "Only this attempt: ROUND.NUMBER.", "text", metavar="R.N"),
    Option("--all -a", "All attempts, not just the last.", name="every"),
    Option("--raw", "The bytes as they came, with whatever in them moves a terminal."),
    Option("--follow -f", "Go on printing until the step has ended."),
    reads=True,
)
