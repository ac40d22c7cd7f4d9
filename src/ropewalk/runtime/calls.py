"""Runs that steps of other runs call: made, driven and watched while they are wanted, ended when they are not any more.

A called run that was given up goes on nowhere: who drives it next ends it, and tells its caller what it had spent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from ropewalk.core import Call, Options, Outcome, Parent, State, Unwanted, spending
from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.definition import Workflow
from ropewalk.errors import LeaseHeld, NoSuchRun, Refused, StillRunning
from ropewalk.runtime.assignment import Dispatch
from ropewalk.runtime.calling import Reporter, belongs, calling, outcome_of, stopped
from ropewalk.runtime.clock import Clock, pause
from ropewalk.runtime.driver import EventListener
from ropewalk.runtime.host import RunHandle
from ropewalk.runtime.inputs import child_inputs
from ropewalk.runtime.leases import LOOK_SECONDS
from ropewalk.runtime.vault import Vault

Definitions = Callable[[str, str], tuple[Workflow, bytes]]
"""Finds a workflow by name or path, also next to the file of who calls it: it, and its bytes for the store.

Raises NoSuchWorkflow, InvalidDefinition. `versioned` of the engine finds those that a run in a repository calls."""


class CallingEngine(Protocol):
    """What is wanted of the engine whose runs these are."""

    dispatch: Dispatch
    vault: Vault
    clock: Clock
    definitions: Definitions
    versioned: Definitions | None

    async def fold(self, run: str, version: int | None = None) -> State: ...

    async def tell(self, run: str, command: c.Command, actor: str = "") -> list[e.Event]: ...

    async def drive(
        self, run: str, resting: Callable[[State], bool], listener: EventListener | None
    ) -> State: ...

    async def create(
        self,
        workflow: Workflow,
        definition: bytes,
        *,
        run: str,
        inputs: Mapping[str, Any],
        facts: Mapping[str, Any],
        options: Options,
        parent: Parent,
        base: Mapping[str, Any],
        called: Mapping[str, Mapping[str, str]],
    ) -> str: ...

    async def stored(self, digest: str) -> tuple[Workflow, bytes]: ...


class CalledRuns:
    """Those of one engine."""

    def __init__(self, engine: CallingEngine) -> None:
        self._engine = engine

    async def make(self, parent: RunHandle, call: Call) -> c.ReportChild | None:
        """Create a called run if need be, drive it, and tell its parent how it moves; gives how it ended, if it did."""
        state, key, round_, child = parent.state, call.step, call.round, call.child
        try:
            existing = await self._engine.fold(child)
        except NoSuchRun:
            refused = await self._create(state, key, round_, child)
            if refused is not None:
                return c.ReportChild(key, round_, "failed", "", refused, child)
        else:
            belongs(existing, state, key)
        self._engine.vault.pass_on(state, key, child)
        ended = await self._drive(child, parent, Reporter(parent, key, round_))
        if not ended.ended:
            return None
        if ended.commit:  # kept for its caller, also when that run is let go of one day
            await self._engine.dispatch.hold(calling(state, state.steps[key]), ended.commit)
        told_all = (spending(ended), ended.granted)
        return c.ReportChild(key, round_, ended.status, ended.reason, outcome_of(ended), child, *told_all)

    async def end(self, parent: RunHandle, child: str) -> c.ReportChild | None:
        """End a called run that its caller does not wait for any more; gives how it ended, if it did."""
        unwanted = parent.state.unwanted.get(child)
        if unwanted is None:  # who drove it alone has ended it meanwhile, and said so
            return None
        try:
            belongs(await self._engine.fold(child), parent.state, unwanted.step)
        except NoSuchRun:
            return stopped(unwanted, child)
        ended = await self._drive(
            child, parent, Reporter(parent, unwanted.step, unwanted.round, wanted=False)
        )
        return stopped(unwanted, child, ended) if ended.ended else None

    async def _drive(self, child: str, parent: RunHandle, reporter: Reporter) -> State:
        """Here as soon as nobody else drives it and nothing of an earlier attempt is left."""
        try:
            while True:
                try:
                    return await self._engine.drive(child, lambda state: parent.stopping, reporter)
                except (LeaseHeld, StillRunning):
                    await pause(self._engine.clock, LOOK_SECONDS)
        finally:
            parent.note_child(child, None)

    async def _create(self, state: State, key: str, round_: int, child: str) -> Outcome | None:
        """The called run starts from what the needs of its step left. An Outcome when that cannot be joined."""
        engine, step, st = self._engine, state.step(key), state.steps[key]
        workflow, definition = await self._definition(state, str(step.args.get("workflow", "")))
        base = state.base
        if base:
            begun = await engine.dispatch.begin(calling(state, st), child)
            if isinstance(begun, Outcome):
                return begun
            base = msgspec.to_builtins(begun)
        depth = (state.parent.depth if state.parent else 0) + 1
        await engine.create(
            workflow,
            definition,
            run=child,
            inputs=child_inputs(workflow, step, st, state),
            facts=state.facts,
            options=msgspec.structs.replace(state.options, only=""),
            parent=Parent(run=state.run, step=key, round=round_, depth=depth),
            base=base,
            called=state.called,
        )
        return None

    async def _definition(self, state: State, name: str) -> tuple[Workflow, bytes]:
        """As it was when the run began. A run of an older ropewalk has not kept it: then what stands in the file now."""
        engine = self._engine
        digest = state.called.get(state.workflow.source, {}).get(name)
        if digest:
            return await engine.stored(digest)
        versioned = bool(state.base.get("commit"))
        find = engine.versioned if versioned and engine.versioned else engine.definitions
        return find(name, "" if state.imported else state.workflow.source)

    async def unwanted(self, state: State, listener: EventListener | None) -> Unwanted | None:
        """What the run that called this one knows of it, if it does not wait for it any more and has not heard of its end."""
        if state.parent is None or (isinstance(listener, Reporter) and listener.wanted):
            return None
        try:
            caller = await self._engine.fold(state.parent.run)
        except NoSuchRun:
            return None
        return caller.unwanted.get(state.run) if state.imported <= caller.imported else None

    async def abort(self, state: State) -> State:
        """Before anything of it goes on. Gives its state then."""
        try:
            await self._engine.tell(
                state.run, c.Abort(reason="the run that called it does not wait for it any more")
            )
        except Refused:  # somebody else has just ended it
            pass
        return await self._engine.fold(state.run)
