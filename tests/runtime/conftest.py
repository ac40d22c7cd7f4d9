"""An engine on a memory store with a manual clock and a dispatch that does what a test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from ropewalk.core.state import State
from ropewalk.core.work import Failure, Options, Outcome
from ropewalk.definition.stored import decode_workflow, encode_workflow
from ropewalk.definition.workflow import Step, Workflow
from ropewalk.errors import NoSuchWorkflow
from ropewalk.runtime.assignment import Assignment, Link
from ropewalk.runtime.driver import EventListener
from ropewalk.runtime.engine import Engine, is_at_rest
from ropewalk.store.memory import MemoryStore
from ropewalk.store.port import Store
from ropewalk.testing.clock import ManualClock
from ropewalk.workspace.port import AttemptId, Base


class Scripted:
    """Does what it is told for a step: an outcome, a coroutine function, or nothing until `release`."""

    def __init__(self) -> None:
        self.does: dict[str, Any] = {}
        self.done: list[str] = []
        self.cancelled: list[str] = []
        self.abandoned: list[AttemptId] = []
        self.ended: list[str] = []
        self.under_way: dict[str, asyncio.Event] = {}
        self.most = 0
        self.at_work = True
        self.briefs: list[Assignment] = []
        self.begins: Base | Outcome | None = None
        self.held: list[str] = []
        self.tree: str | None = "tree"
        self.gone: list[str] = []

    async def perform(self, assignment: Assignment, link: Link) -> Outcome:
        step = assignment.spot.step
        self.briefs.append(assignment)
        event = self.under_way.setdefault(step, asyncio.Event())
        self.most = max(self.most, len(self.under_way))
        try:
            what = self.does.get(step.partition("[")[0], Outcome())
            if what == "yield":
                await asyncio.sleep(0)
                what = Outcome()
            if what == "hold":
                await event.wait()
                what = Outcome(outputs={"held": True})
            if callable(what):
                what = await what(assignment, link)
        except asyncio.CancelledError:
            self.cancelled.append(step)
            raise
        finally:
            self.under_way.pop(step, None)
        self.done.append(step)
        assert isinstance(what, Outcome)
        return what

    def release(self, step: str) -> None:
        self.under_way[step].set()

    async def abandon(self, spot: AttemptId) -> bool:
        self.abandoned.append(spot)
        return self.at_work

    async def begin(self, assignment: Assignment, child: str) -> Base | Outcome:
        return self.begins or assignment.base

    async def hold(self, assignment: Assignment, commit: str) -> bool:
        self.held.append(commit)
        return commit not in self.gone

    async def starts_from(self, assignment: Assignment) -> str | None:
        return self.tree

    async def end(self, run: str, base: Base) -> None:
        self.ended.append(run)


class Bench:
    """One engine, and short words for what tests do with it."""

    def __init__(self, store: Store | None = None, clock: ManualClock | None = None, **how: Any) -> None:
        self.clock = clock or ManualClock()
        self.store = store or MemoryStore()
        self.work = Scripted()
        self.workflows: dict[str, Workflow] = {}
        self.engine = Engine(
            self.store, self.work, self._find, decode=decode_workflow, clock=self.clock, **how
        )

    def _find(self, name: str, caller: str) -> tuple[Workflow, bytes]:
        if name not in self.workflows:
            raise NoSuchWorkflow(name=name, nearest="none")
        return self.workflows[name], encode_workflow(self.workflows[name])

    async def begin(self, *steps: Step, options: Options | None = None, **how: Any) -> str:
        flow = Workflow(name="flow", steps=steps, **how)
        return await self.engine.create(flow, encode_workflow(flow), options=options or Options())

    def drive(
        self, run: str, told: EventListener | None = None, resting: Callable[[State], bool] = is_at_rest
    ) -> asyncio.Task[State]:
        return asyncio.create_task(self.engine.drive(run, resting, told))


def failed(kind: str = "permanent", message: str = "no", retry_at: float | None = None) -> Outcome:
    return Outcome(failure=Failure(kind=kind, message=message, retry_at=retry_at))  # type: ignore[arg-type]


def noop(name: str, *needs: str, **how: Any) -> Step:
    return Step(id=name, kind="noop", needs=needs, **how)


@pytest.fixture
async def bench() -> Bench:
    return Bench()
