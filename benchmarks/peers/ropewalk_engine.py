"""ropewalk's engine as the workloads use it: a project opened in the work folder, runs started and driven in it.

The only file of the bench that knows ropewalk's Python API.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ropewalk.agents.port import Desk
from ropewalk.app.open import Ropewalk, open_ropewalk
from ropewalk.core.work import Brief, Outcome
from ropewalk.definition.workflow import Step, Workflow
from ropewalk.steps.noop import Noop
from ropewalk.steps.port import Tools
from ropewalk.steps.registry import Kinds

STARTED: dict[str, float] = {}
"""When the latest attempt of each step began, by `time.perf_counter`; kept where `opened` was told to."""


@asynccontextmanager
async def opened(work: Path, slots: int | None = None, telling: bool = False) -> AsyncIterator[Ropewalk]:
    """The work folder as a project. `slots` is how many attempts may be under way in all runs together."""
    (work / ".ropewalk").mkdir(exist_ok=True)
    async with open_ropewalk(work, store=str(work / "ropewalk.sqlite"), slots=slots) as ropewalk:
        if telling:
            ropewalk.kinds = Telling()
        yield ropewalk


async def perform(ropewalk: Ropewalk, workflow: Workflow) -> str:
    """Start a run and drive it to its end; gives its id."""
    run = await ropewalk.start(workflow)
    state = await ropewalk.drive(run, fresh=True)
    if state.status != "completed":
        raise SystemExit(f"the run {state.status}: {state.reason} {state.detail}")
    return run


async def bytes_of(ropewalk: Ropewalk, run: str) -> int:
    """What the store keeps of a run: every text and blob of its records, the hash as the 32 bytes that it is."""
    records = await ropewalk.store.read(run)
    texts = (len(r.run) + len(r.kind) + len(r.actor) + len(r.cause) for r in records)
    return sum(texts) + sum(len(r.body) + 32 for r in records)


def in_a_row(n: int) -> Workflow:
    """A chain of n steps that do nothing."""
    return Workflow(name=f"chain-{n}", steps=tuple(_noop(i, (f"s{i - 1}",) if i else ()) for i in range(n)))


def side_by_side(n: int) -> Workflow:
    """n independent steps that do nothing, 8 at a time (the default)."""
    return Workflow(name=f"fan-{n}", steps=tuple(_noop(i, ()) for i in range(n)))


def _noop(i: int, needs: tuple[str, ...]) -> Step:
    return Step(id=f"s{i}", kind="noop", args={"outputs": {"n": i}}, needs=needs, workspace="none")


class Telling(Kinds):
    """Kinds whose `noop` notes when each of its attempts began."""

    def kind(self, name: str) -> Noop:
        return Told()


class Told(Noop):
    """A step that does nothing and says when."""

    async def perform(self, brief: Brief, desk: Desk, tools: Tools) -> Outcome:
        STARTED[brief.step] = time.perf_counter()
        return await super().perform(brief, desk, tools)


@asynccontextmanager
async def doors(work: Path) -> AsyncIterator[tuple[Any, Ropewalk, str]]:
    """The app of the HTTP doors on a project in the work folder, and a token that is let in."""
    from ropewalk.app.doorkey import door_key
    from ropewalk.web.app import create_app

    async with opened(work) as ropewalk:
        token, _ = await door_key(ropewalk)
        yield create_app(ropewalk), ropewalk, token


async def publisher(ropewalk: Ropewalk) -> Callable[[float], Awaitable[object]]:
    """Puts an event with a time on record, in a run that nobody drives."""
    from ropewalk.core.commands import Publish
    from ropewalk.core.events import NotePublished

    run = await ropewalk.start(in_a_row(1))

    async def publish(at: float) -> object:
        return await ropewalk.engine.tell(run, Publish((NotePublished(name="tick", data={"at": at}),)))

    return publish
