"""`ropewalk logs`: what the attempts of a step said while they worked; it can be followed while they still do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ropewalk.app import STEP_ENDED, State, warnings_of
from ropewalk.cli import exits
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.here import Here
from ropewalk.cli.screen import one_line
from ropewalk.errors import UsageError

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk

SECONDS = 0.25
PIECE = 1 << 18


async def perform(
    here: Here,
    run: str,
    step: str | None,
    attempt: str | None,
    every: bool,
    follow: bool,
    raw: bool,
) -> int:
    """The last attempt of a step, or all; without a step all steps that said something."""
    async with here.ropewalk() as ropewalk:
        found = await here.find(ropewalk, run)
        state = await ropewalk.engine.fold(found)
        said = dict(await ropewalk.store.outputs(found))
        if step is None and not here.screen.json and not follow:
            await _each(here, ropewalk, found, list(said), raw=raw)
            _mind(here, state, step)
            return exits.COMPLETED
        names = _chosen(state, step, attempt, list(said), every=every)
        if here.screen.json:
            logs = [
                {"attempt": name, "bytes": said.get(name, 0), "text": await _whole(ropewalk, found, name)}
                for name in (names if step is not None else said)
            ]
            here.screen.give({"run": found, "logs": logs})
        elif follow:
            await _follow(here, ropewalk, found, step, raw=raw)
        else:
            await _each(here, ropewalk, found, names, raw=raw)
            if not names:
                here.screen.aside(f"Step {step} has said nothing.")
        if not here.screen.json:
            _mind(here, state, step)
    return exits.COMPLETED


def _mind(here: Here, state: State, step: str | None) -> None:
    """What people should know of the files, next to what was said."""
    for warning in warnings_of(state):
        whose = warning["step"]
        if step is None or whose == step or whose in state.steps[step].items:
            here.screen.aside(
                f"mind: {one_line(f'{whose}: ' if whose else '')}{one_line(warning['message'])}"
            )


def _chosen(
    state: State, step: str | None, attempt: str | None, said: list[str], *, every: bool
) -> list[str]:
    """Names of attempts (`step/round.n`), those of items after their foreach."""
    if step is None:
        return []
    if step not in state.steps:
        from ropewalk.app import step_named

        step_named(state, step)
    keys = (step, *state.steps[step].items)
    mine = [name for key in keys for name in sorted((n for n in said if _step(n) == key), key=_order)]
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


async def _each(here: Here, ropewalk: Ropewalk, run: str, names: list[str], *, raw: bool) -> None:
    for name in names:
        if len(names) > 1:
            here.screen.line(here.screen.paint("bold", f"== {name}"))
        said = await _bytes(ropewalk, run, name)
        if raw:
            here.screen.out.raw(said)
        else:
            here.screen.line(said.decode("utf-8", "replace").rstrip("\n"))


async def _whole(ropewalk: Ropewalk, run: str, name: str) -> str:
    return (await _bytes(ropewalk, run, name)).decode("utf-8", "replace")


async def _bytes(ropewalk: Ropewalk, run: str, name: str) -> bytes:
    said = bytearray()
    while piece := await ropewalk.store.read_output(run, name, len(said), PIECE):
        said += piece
    return bytes(said)


async def _follow(here: Here, ropewalk: Ropewalk, run: str, step: str | None, *, raw: bool) -> None:
    """Everything from now on, until the step, or the run, has ended."""
    read: dict[str, int] = {}
    told = ""
    while True:
        state = await ropewalk.engine.fold(run)
        over = state.ended if step is None else state.ended or _over(state, step)
        names = [name for name, _ in await ropewalk.store.outputs(run)]
        mine = names if step is None else _chosen(state, step, None, names, every=True)
        for name in mine:
            piece = await ropewalk.store.read_output(run, name, read.get(name, 0), PIECE)
            if piece and told != name:
                here.screen.line(here.screen.paint("bold", f"== {name}"))
                told = name
            if piece:
                read[name] = read.get(name, 0) + len(piece)
                if raw:
                    here.screen.out.raw(piece)
                else:
                    here.screen.write(piece.decode("utf-8", "replace"))
                here.screen.flush()
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
