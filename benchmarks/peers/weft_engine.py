"""weft's engine as the workloads use it: a project opened in the work folder, runs started and driven in it.

The only file of the bench that knows weft's Python API.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from weft.agents.port import Desk
from weft.app.open import Weft, open_weft
from weft.core.work import Brief, Outcome
from weft.definition.workflow import Step, Workflow
from weft.steps.noop import Noop
from weft.steps.port import Tools
from weft.steps.registry import Kinds

STARTED: dict[str, float] = {}
"""When the latest attempt of each step began, by `time.perf_counter`; kept where `opened` was told to."""


@asynccontextmanager
async def opened(work: Path, places: int | None = None, telling: bool = False) -> AsyncIterator[Weft]:
    """The work folder as a project. `places` is how many attempts may be under way in all runs together."""
    (work / ".weft").mkdir(exist_ok=True)
    async with open_weft(work, store=str(work / "weft.sqlite"), places=places) as weft:
        if telling:
            weft.kinds = Telling()
        yield weft


async def perform(weft: Weft, workflow: Workflow) -> str:
    """Start a run and drive it to its end; gives its id."""
    run = await weft.start(workflow)
    state = await weft.drive(run, fresh=True)
    if state.status != "completed":
        raise SystemExit(f"the run {state.status}: {state.reason} {state.detail}")
    return run


async def bytes_of(weft: Weft, run: str) -> int:
    """What the store keeps of a run: every text and blob of its records, the hash as the 32 bytes that it is."""
    records = await weft.store.read(run)
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
async def doors(work: Path) -> AsyncIterator[tuple[Any, Weft, str]]:
    """The app of the HTTP doors on a project in the work folder, and a token that is let in."""
    from weft.app.doorkey import door_key
    from weft.web.app import create_app

    async with opened(work) as weft:
        token, _ = await door_key(weft)
        yield create_app(weft), weft, token


async def publisher(weft: Weft) -> Callable[[float], Awaitable[object]]:
    """Puts an event with a time on record, in a run that nobody drives."""
    from weft.core.commands import Publish
    from weft.core.events import NotePublished

    run = await weft.start(in_a_row(1))

    async def publish(at: float) -> object:
        return await weft.engine.tell(run, Publish((NotePublished(name="tick", data={"at": at}),)))

    return publish
