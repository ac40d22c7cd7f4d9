"""Who drives which run: leases that this process holds and renews. They save work; the expected version decides."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from weft.errors import LeaseHeld, StoreError
from weft.runtime.clock import Cancel, Clock
from weft.store.lease import lease, new_owner
from weft.store.port import Lease, Store

LEASE_SECONDS = 15.0
RENEW_SECONDS = 4.0


class Tenure:
    """The leases of one process. `lost` is called with a run whose lease somebody else got."""

    def __init__(self, store: Store, clock: Clock, lost: Callable[[str], None]) -> None:
        self._store = store
        self._clock = clock
        self._lost = lost
        self._owner = new_owner()
        self._runs: dict[str, None] = {}
        self._timer: Cancel | None = None
        self._task: asyncio.Task[None] | None = None

    async def take(self, run: str) -> None:
        """Raises LeaseHeld while another living process drives the run."""
        held = await self._store.acquire(self._lease(run), self._clock.now())
        if held.owner != self._owner:
            raise LeaseHeld(run=run, owner=f"process {held.pid} on {held.host}")
        self._runs[run] = None
        self._arm()

    async def give(self, run: str) -> None:
        """Let others drive the run at once."""
        if run in self._runs:
            del self._runs[run]
            await self._store.release(run, self._owner)

    def _lease(self, run: str) -> Lease:
        return lease(run, self._owner, self._clock.now() + LEASE_SECONDS)

    def _arm(self) -> None:
        if self._timer is None and self._runs:
            self._timer = self._clock.call_at(self._clock.now() + RENEW_SECONDS, self._due)

    def _due(self) -> None:
        self._timer = None
        self._task = asyncio.ensure_future(self._renew())

    async def _renew(self) -> None:
        """A store that does not answer is tried again; until then our leases run, and the version still decides."""
        for run in list(self._runs):
            try:
                held = await self._store.acquire(self._lease(run), self._clock.now())
            except StoreError:
                continue
            if held.owner != self._owner and run in self._runs:
                del self._runs[run]
                self._lost(run)
        self._arm()

    async def close(self) -> None:
        """Give all back."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is not None:
            await asyncio.wait({self._task})
        for run in list(self._runs):
            await self.give(run)
