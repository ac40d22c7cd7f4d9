"""Who drives a run. A lease is free when its owner is proved dead, or gave no sign of life for a whole lease as watched from
here; the clocks of two processes are never compared.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from ropewalk.ownership import Judge, Life
from ropewalk.store.port import Lease, Store

LEASE_SECONDS = 15.0
"""So long has an owner of whom nothing is known to be silent before another takes its place."""
RENEW_SECONDS = 4.0
LONGEST_LOOK_SECONDS = 6.0
"""What one wait between two looks counts for at most: a watcher that was stopped itself has not watched."""


def holder(held: Lease | None, wanted: Lease, instead_of: Lease | None) -> Lease:
    """What holds after `wanted` was asked for: `held` as it is, or the wanted one with its next beat."""
    if held is None:
        return replace(wanted, beat=1)
    if held.owner == wanted.owner:
        return replace(wanted, beat=held.beat + 1)
    if instead_of is not None and (held.owner, held.beat) == (instead_of.owner, instead_of.beat):
        return replace(wanted, beat=1)
    return held


class Watched(Struct):
    """The beat of a lease as it was last seen, for how long it has not moved, and when that was looked at."""

    owner: str
    beat: int
    silent_seconds: float
    looked_at: float


class Claimant:
    """One owner's way to leases. `monotonic` gives seconds that nobody sets; `now` the time of day, for people."""

    def __init__(
        self,
        store: Store,
        owner: str,
        judge: Judge,
        monotonic: Callable[[], float],
        now: Callable[[], float],
    ) -> None:
        self.owner = owner
        self._store = store
        self._judge = judge
        self._monotonic = monotonic
        self._now = now
        self._watched: dict[str, Watched] = {}

    async def claim(self, run: str) -> Lease:
        """Take or renew a lease if that may be; gives the one that holds now."""
        wanted = Lease(run, self.owner, 0, self._now())
        held = await self._store.acquire(wanted)
        if held.owner != self.owner and self._is_free(held):
            held = await self._store.acquire(wanted, held)
        if held.owner == self.owner:
            self._watched.pop(run, None)
        return held

    async def release(self, run: str) -> None:
        """Let others have it at once."""
        await self._store.release(run, self.owner)

    def life(self, held: Lease) -> Life:
        """Of the owner of a lease."""
        return self._judge(held.owner)

    def _is_free(self, held: Lease) -> bool:
        life = self._judge(held.owner)
        if life == "unknown":
            return self._is_silent(held)
        self._watched.pop(held.run, None)
        return life == "dead"

    def _is_silent(self, held: Lease) -> bool:
        now, before = self._monotonic(), self._watched.get(held.run)
        silent = 0.0
        if before is not None and (before.owner, before.beat) == (held.owner, held.beat):
            silent = before.silent_seconds + min(now - before.looked_at, LONGEST_LOOK_SECONDS)
        self._watched[held.run] = Watched(held.owner, held.beat, silent, now)
        return silent >= LEASE_SECONDS
