"""The verbs of ropewalk on one store: start, answer, pause, abort and the rest, and the driving of runs in this process.

A verb on a run that is driven here goes to its driver; on any other it is decided on the folded history and appended.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from ropewalk.core import Call, EndCall, Graph, Options, Parent, State, new_state
from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.decide import decide
from ropewalk.core.evolve import evolve
from ropewalk.definition import Workflow
from ropewalk.errors import LeaseHeld, NoSuchRun, RopewalkError, StoreError
from ropewalk.ownership import Judge
from ropewalk.runtime.assignment import Dispatch
from ropewalk.runtime.briefing import Briefing
from ropewalk.runtime.calling import Reporter, stopped
from ropewalk.runtime.calls import CalledRuns, Definitions
from ropewalk.runtime.clock import Clock, SystemClock, pause
from ropewalk.runtime.committer import Committer
from ropewalk.runtime.driver import Driver, EventListener
from ropewalk.runtime.host import RunHandle
from ropewalk.runtime.ids import new_run_id
from ropewalk.runtime.inputs import parted, refuse_told
from ropewalk.runtime.leases import LOOK_SECONDS, Leases
from ropewalk.runtime.patience import log_wait, patiently, unless_passing
from ropewalk.runtime.slots import Slots
from ropewalk.runtime.submission import heard_by
from ropewalk.runtime.vault import Vault
from ropewalk.store.port import Append, Store
from ropewalk.workspace.port import Base

_TRIES = 20

PATIENCE_SECONDS = 300.0
_MADE = 256


def is_at_rest(state: State) -> bool:
    """Whether only somebody else can move the run on: a person, or the one who fixes what blocks it.

    An ask that is about to expire is waited for; one that has days left is not.
    """
    if state.untouched:
        return True
    if state.status != "paused" or state.reason == "quota" or state.timers:
        return False
    soon = state.updated_at + PATIENCE_SECONDS
    return not any(
        opened.expires_at is not None and opened.expires_at < soon for opened in state.asks.values()
    )


def until_ended(state: State) -> bool:
    """Keep driving until the run has ended."""
    return False


class Engine:
    """One store, one process."""

    def __init__(
        self,
        store: Store,
        dispatch: Dispatch,
        definitions: Definitions,
        *,
        versioned: Definitions | None = None,
        decode: Callable[[bytes], Workflow],
        clock: Clock | None = None,
        slots: int = 64,
        actor: str = "",
        vault: Vault | None = None,
        drivers: Path | None = None,
        judge: Judge | None = None,
    ) -> None:
        """`drivers` is the folder in which those who drive on this store show that they live."""
        self.store = store
        self.dispatch = dispatch
        self.definitions = definitions
        self.versioned = versioned
        self.clock: Clock = clock or SystemClock()
        self.slots = Slots(slots)
        self.committer = Committer(store)
        self.vault = vault or Vault()
        self.actor = actor or f"ropewalk:{os.getpid()}"
        self.drivers: dict[str, Driver] = {}
        self.calls = CalledRuns(self)
        self._driven: set[str] = set()
        self.leases = Leases(store, self.clock, self._lost, self._regained, folder=drivers, judge=judge)
        # Hears what has to wait for the host, and why ("": no more).
        self.hears: Callable[[str, str], None] = log_wait
        self._decode = decode
        self._graphs: dict[str, tuple[Workflow, Graph]] = {}
        self._kept: set[str] = set()
        self._made: dict[str, State] = {}
        self._watcher: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def owner(self) -> str:
        """Who drives here, as its name stands on record."""
        return self.leases.owner

    async def owns(self, run: str) -> bool:
        """Whether this process still holds the run, by the store's own word; if not, its driver is told to stop."""
        return await self.leases.owns(run)

    async def notice(self, doing: str, reason: str) -> None:
        """Something has to wait for the host, or ("") does so no more."""
        self.hears(doing, reason)

    # Reading ------------------------------------------------------------------------------------------------------

    async def fold(self, run: str, version: int | None = None) -> State:
        """The state of a run now, or as it was at a version. Raises NoSuchRun."""
        records = await self.store.read(run)
        first = records[0].event
        if not isinstance(first, e.RunCreated):
            raise NoSuchRun(run=run)
        workflow, graph = await self._definition(first.digest)
        state = new_state(run, workflow, graph)
        for record in records:
            if version is not None and record.version > version:
                break
            evolve(state, record.event, record.at)
        return state

    async def stored(self, digest: str) -> tuple[Workflow, bytes]:
        """A definition that the store keeps, and its bytes. Raises NoSuchBlob."""
        definition = await self.store.get_blob(digest)
        return (await self._definition(digest))[0], definition

    async def _definition(self, digest: str) -> tuple[Workflow, Graph]:
        if digest not in self._graphs:
            workflow = self._decode(await self.store.get_blob(digest))
            self._graphs[digest] = (workflow, Graph(workflow))
        return self._graphs[digest]

    # Beginning ----------------------------------------------------------------------------------------------------

    async def create(
        self,
        workflow: Workflow,
        definition: bytes,
        *,
        run: str = "",
        inputs: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        options: Options = Options(),
        parent: Parent | None = None,
        base: Mapping[str, Any] | None = None,
        labels: Mapping[str, str] | None = None,
        forked_from: str = "",
        kept: tuple[e.Event, ...] = (),
        called: Mapping[str, Mapping[str, str]] | None = None,
        actor: str = "",
    ) -> str:
        """Put a run on record; it is pending until somebody drives it. Gives its id. `inputs` are taken as checked, and what
        `called` names as kept by the store.

        Values of secret inputs are held here, and only that they were given goes on record.
        """
        shown, secret = parted(workflow, inputs or {})
        run = run or new_run_id(self.clock.now())
        held = {name: value for name, value in self.vault.of(run).items() if isinstance(value, str)}
        refuse_told({**held, **secret}, inputs=shown, facts=facts, labels=labels)
        digest = sha256(definition).hexdigest()
        if digest not in self._graphs or digest not in self._kept:
            await self.store.put_blob(definition)
            self._kept.add(digest)
            self._graphs[digest] = (workflow, Graph(workflow))
        command = c.Create(
            workflow=workflow.name,
            digest=digest,
            inputs=shown,
            facts=dict(facts or {}),
            options=options,
            parent=parent,
            base=dict(base or {}),
            labels=dict(labels or {}),
            forked_from=forked_from,
            kept=kept,
            called={caller: dict(names) for caller, names in (called or {}).items()},
        )
        now = self.clock.now()
        state = new_state(run, *self._graphs[digest])
        events = decide(state, command, now)
        appended = await self.committer.append(Append(run, 0, events, now, actor or self.actor, "Create"))
        if appended.conflict:
            raise RopewalkError(f"There is already a run {run}.")
        self.vault.put(run, secret)
        if len(self._made) >= _MADE:
            self._made.clear()
        self._made[run] = state
        return run

    # Verbs --------------------------------------------------------------------------------------------------------

    async def tell(self, run: str, command: c.Command, actor: str = "") -> list[e.Event]:
        """Give a run a command. Raises NoSuchRun, Refused and what else `decide` raises; then nothing has changed."""
        driver = self.drivers.get(run)
        if driver is not None and (heard := await heard_by(driver, command, actor)) is not None:
            return heard
        for _ in range(_TRIES):
            state = await self.fold(run)
            before, now = state.version, self.clock.now()
            events = decide(state, command, now)
            if not events:
                return events
            append = Append(run, before, events, now, actor or self.actor, type(command).__name__)
            if not (await self.committer.append(append)).conflict:
                return events
        raise RopewalkError(f"Run {run} changes faster than this command can be decided.")

    # Driving ------------------------------------------------------------------------------------------------------

    async def drive(
        self,
        run: str,
        resting: Callable[[State], bool] = is_at_rest,
        listener: EventListener | None = None,
        *,
        fresh: bool = False,
    ) -> State:
        """Drive a run until it ends or rests. Raises LeaseHeld when another living process drives it.

        `fresh`: the run was created by this very call, so nobody can have lost an attempt of it.
        """
        if run in self._driven:
            raise LeaseHeld("Run {run} is already driven by this process.", run=run, pid=os.getpid())
        self._driven.add(run)  # before the first wait: to ourselves the lease would be given a second time
        try:
            await patiently(self.clock, f"taking up run {run}", lambda: self.leases.take(run), self.notice)
            return await self._drive(run, resting, listener, fresh)
        finally:
            self._driven.discard(run)

    async def _drive(
        self, run: str, resting: Callable[[State], bool], listener: EventListener | None, fresh: bool
    ) -> State:
        """Drive a run whose lease is ours, and give that back."""
        self.committer.runs += 1
        self._idle.clear()
        self._watch()
        try:
            state = self._made.pop(run, None) if fresh else None
            if state is None:
                state = await patiently(self.clock, f"reading run {run}", lambda: self.fold(run), self.notice)
            if state.untouched:
                return state
            unwanted = await self.calls.unwanted(state, listener)
            if unwanted is not None and not state.ended:
                state = await self.calls.abort(state)
            base = msgspec.convert(state.base, Base) if state.base else Base(root="")
            driver = Driver(self, state, Briefing(state, base, bool(base.commit)), listener)
            self.drivers[run] = driver
            if isinstance(listener, Reporter):
                driver.caller = listener.begin(driver)
            ended = await driver.drive(resting)
            if ended.ended:
                await unless_passing(self.dispatch.end(run, base), f"clearing up after run {run}", self.hears)
                if ended.status == "completed":
                    self.vault.forget(run)
                if unwanted is not None and ended.parent is not None and not isinstance(listener, Reporter):
                    await self.tell(ended.parent.run, stopped(unwanted, run, ended))
            return ended
        finally:
            self.committer.runs -= 1
            if not self.committer.runs:
                self._idle.set()
            self.drivers.pop(run, None)
            await self.leases.give(run)

    async def call(self, parent: RunHandle, call: Call | EndCall) -> c.ReportChild | None:
        """Create a called run if need be, drive it, and tell its parent how it moves; or end it, when it is not wanted any
        more. Gives how it ended, if it did."""
        if isinstance(call, Call):
            return await self.calls.make(parent, call)
        return await self.calls.end(parent, call.child)

    def state_of(self, run: str) -> State | None:
        """The state of a run that is driven here."""
        return self.drivers[run].state if run in self.drivers else None

    def spent(self, run: str) -> None:
        """A run has spent, or was allowed, something: those that share a budget with it look whether they may go on."""
        while (state := self.state_of(run)) is not None and state.parent is not None:
            run = state.parent.run
        todo = [run]
        while todo:
            driver = self.drivers.get(todo.pop())
            if driver is not None:
                todo += [driver.state.steps[key].child for key in driver.state.calls]
                if driver.state.ready or driver.state.reason == "budget":
                    driver.nudge()

    def _watch(self) -> None:
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        """Other processes write too: a run that is driven here looks again when they have."""
        while self.drivers:
            try:
                moved = await self.store.elsewhere(LOOK_SECONDS)
            except StoreError:
                await pause(self.clock, LOOK_SECONDS)
                moved = True
            if moved:
                for driver in list(self.drivers.values()):
                    driver.look_again()

    def _lost(self, run: str) -> None:
        """Somebody else holds the run's lease: stop driving it here."""
        if run in self.drivers:
            self.drivers[run].stop()

    def _regained(self, run: str) -> None:
        """Somebody else may have driven it in between: see what they did before going on."""
        if run in self.drivers:
            self.drivers[run].look_again()

    async def close(self) -> None:
        """Stop driving; what was under way is left for the next driver. Closes the store."""
        for driver in list(self.drivers.values()):
            driver.stop()
        await self._idle.wait()
        if self._watcher is not None:
            self._watcher.cancel()
        await self.leases.close()
        await self.store.close()
