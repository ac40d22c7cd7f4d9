"""Who drives which run: leases that this process holds and renews. They save work; the expected version decides.

An owner gives a lease back only when none of its attempts is left. So the one who holds the lease of a run knows that those who
began attempts of it before are dead, have given up, or were silent for a whole lease.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from ropewalk.errors import LeaseHeld, StoreBusy, StoreError
from ropewalk.ownership import Judge, Life, LifeLock, describe, judge_in, new_owner, parse_owner
from ropewalk.runtime.clock import Cancel, Clock, pause
from ropewalk.store import RENEW_SECONDS, Claimant
from ropewalk.store.port import Lease, Store

LOOK_SECONDS = 1.0
"""How often an owner of whom nothing is known is looked at by the one who waits for its lease."""
SILENT_SECONDS = 3 * RENEW_SECONDS
"""An owner that was not heard of for so long is worth a word to people."""


class Holder(Struct, frozen=True):
    """Who holds the lease of a run, in words, whether it lives, and for how long it gave no sign (by the time of day)."""

    owner: str
    name: str
    life: Life
    silent_seconds: float

    @property
    def silent(self) -> bool:
        """Whether it ought to have been heard of since."""
        return self.silent_seconds > SILENT_SECONDS


class Leases:
    """The leases of one process on one store. `lost` is called with a run whose lease somebody else got, `regained` with one
    that was somebody else's meanwhile and is ours again.

    `folder` is where the drivers of this store show that they live; None where there is no such place.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        lost: Callable[[str], None],
        regained: Callable[[str], None],
        *,
        folder: Path | None = None,
        judge: Judge | None = None,
    ) -> None:
        owner = new_owner()
        self.owner = str(owner)
        self.judge: Judge = judge or judge_in(folder)
        self._store = store
        self._clock = clock
        self._lost, self._regained = lost, regained
        self._lock = LifeLock(folder, owner) if folder is not None else None
        self._claimant = Claimant(store, self.owner, self.judge, clock.monotonic, clock.now)
        self._runs: dict[str, int] = {}
        self._owed_back: dict[str, None] = {}
        self._timer: Cancel | None = None
        self._task: asyncio.Task[None] | None = None

    async def take(self, run: str) -> None:
        """Raises LeaseHeld while another owner lives. One of whom nothing is known is watched until it gives a sign, or
        was silent for a whole lease.
        """
        self._show_life()
        first: Lease | None = None
        while (held := await self._claimant.claim(run)).owner != self.owner:
            first = first or held
            gave_sign = (held.owner, held.beat) != (first.owner, first.beat)
            if gave_sign or self.judge(held.owner) == "alive":
                raise self._held(held)
            await pause(self._clock, LOOK_SECONDS)
        self._runs[run] = held.beat
        self._arm()

    async def give(self, run: str) -> None:
        """Let others drive the run at once."""
        if run in self._runs:
            del self._runs[run]
            await self._give_back(run)

    async def _give_back(self, run: str) -> None:
        """A store that cannot write now is told later: a lease that stayed would keep others out as long as we live."""
        try:
            await self._claimant.release(run)
        except StoreBusy:
            self._owed_back[run] = None
            self._arm()

    async def owns(self, run: str) -> bool:
        """Whether the run is still ours, by the store's own word."""
        held = await self._store.lease(run)
        if held is None and run in self._runs:
            held = await self._claimant.claim(run)
            self._keep(held)
        if held is not None and held.owner == self.owner:
            return True
        self._lose(run)
        return False

    async def holder(self, run: str) -> Holder | None:
        """Who drives a run now; None when nobody does, or the one who did is dead."""
        held = await self._store.lease(run)
        if held is None:
            return None
        life = self.judge(held.owner)
        return None if life == "dead" else self._holder(held, life)

    async def holders(self) -> dict[str, Holder]:
        """The same of every run that somebody drives."""
        all_ = [(held, self.judge(held.owner)) for held in await self._store.leases()]
        return {held.run: self._holder(held, life) for held, life in all_ if life != "dead"}

    def _holder(self, held: Lease, life: Life) -> Holder:
        return Holder(held.owner, describe(held.owner), life, max(0.0, self._clock.now() - held.renewed_at))

    def _held(self, held: Lease) -> LeaseHeld:
        holder = self._holder(held, self.judge(held.owner))
        silent = f"; it gave no sign for {holder.silent_seconds:.0f} s" if holder.silent else ""
        owner = parse_owner(held.owner)
        return LeaseHeld(run=held.run, owner=f"{holder.name}{silent}", pid=owner.pid if owner else "it")

    def _show_life(self) -> None:
        if self._lock is not None:
            self._lock.hold()

    def _keep(self, held: Lease) -> None:
        """What became of a lease of ours. A beat that is not the next one says that another had it in between."""
        if held.owner != self.owner:
            self._lose(held.run)
            return
        before, self._runs[held.run] = self._runs[held.run], held.beat
        if held.beat != before + 1:
            self._regained(held.run)

    def _lose(self, run: str) -> None:
        if run in self._runs:
            del self._runs[run]
            self._lost(run)

    def _arm(self) -> None:
        if self._timer is None and (self._runs or self._owed_back):
            self._timer = self._clock.call_later(RENEW_SECONDS, self._due)

    def _due(self) -> None:
        self._timer = None
        self._task = asyncio.ensure_future(self._renew())

    async def _renew(self) -> None:
        """A store that does not answer is tried again; until then our leases stay, and the version still decides."""
        try:
            await self._renew_all()
        except Exception as error:  # noqa: BLE001 - without the next turn all leases would end, of runs that are driven
            import structlog

            structlog.get_logger("ropewalk.driver").warning("leases were not renewed", error=str(error))
        finally:
            self._arm()

    async def _renew_all(self) -> None:
        self._show_life()
        for run in list(self._runs):
            try:
                held = await self._claimant.claim(run)
            except StoreError:
                continue
            if run in self._runs:
                self._keep(held)
            elif held.owner == self.owner:
                await self._give_back(run)  # it was given back while this was under way
        owed, self._owed_back = self._owed_back, {}
        for run in owed:
            if run not in self._runs:
                await self._give_back(run)

    async def close(self) -> None:
        """Give all back."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is not None:
            await asyncio.wait({self._task})
        for run in list(self._runs):
            await self.give(run)
        if self._lock is not None:
            self._lock.drop()
