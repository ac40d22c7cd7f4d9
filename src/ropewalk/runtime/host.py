"""What a driver and its attempts need of the process that they live in; the engine is that."""

from __future__ import annotations

import asyncio
from typing import Protocol

from ropewalk.core import Call, EndCall, State
from ropewalk.core.commands import Command, ReportChild
from ropewalk.core.events import Event
from ropewalk.runtime.assignment import Dispatch
from ropewalk.runtime.clock import Clock
from ropewalk.runtime.committer import Committer
from ropewalk.runtime.slots import Slots
from ropewalk.runtime.vault import Vault
from ropewalk.store.port import Store


class RunHandle(Protocol):
    """A run that can be told something and asked what it knows; its driver is that."""

    stopping: bool

    @property
    def state(self) -> State: ...

    def submit(self, command: Command, actor: str = "") -> asyncio.Future[list[Event]]:
        """Hand in a command; the future gives its events once they are durable, or the refusal."""
        ...

    def nudge(self) -> None:
        """Look again, there may be something to do."""
        ...

    def await_answer(self, ask: str) -> asyncio.Future[str]:
        """The verdict of an ask, whenever it comes."""
        ...

    def note_child(self, run: str, child: RunHandle | None) -> None:
        """A called run is driven here now (or no longer)."""
        ...


class Host(Protocol):
    """One process and one store."""

    store: Store
    clock: Clock
    slots: Slots
    committer: Committer
    dispatch: Dispatch
    actor: str
    vault: Vault

    @property
    def owner(self) -> str:
        """Who drives here, as its name stands on record."""
        ...

    async def owns(self, run: str) -> bool:
        """Whether this process still holds the run, by the store's own word; if not, its driver is told to stop."""
        ...

    async def notice(self, doing: str, reason: str) -> None:
        """Something has to wait for the host, or ("") does so no more."""
        ...

    async def fold(self, run: str) -> State: ...

    def state_of(self, run: str) -> State | None:
        """The state of a run that is driven here."""
        ...

    def spent(self, run: str) -> None:
        """A run has spent, or was allowed, something; others may share its budget."""
        ...

    async def call(self, parent: RunHandle, call: Call | EndCall) -> ReportChild | None:
        """Create a called run if need be, drive it, and tell its parent how it moves; or end it, when it is not wanted any
        more. Gives how it ended, if it did."""
        ...
