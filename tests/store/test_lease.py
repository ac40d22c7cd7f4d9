"""A lease is taken from the dead, and from the one who is silent for a whole lease as watched from here; never by a clock of others."""

from __future__ import annotations

import pytest

from ropewalk.ownership import Life
from ropewalk.store.lease import LEASE_SECONDS, LONGEST_LOOK_SECONDS, Claimant, holder
from ropewalk.store.memory import MemoryStore
from ropewalk.store.port import Lease, Store


class Somebody:
    """A claimant whose clock stands where it is put, and who knows of others what it is told."""

    def __init__(self, store: Store, owner: str, lives: dict[str, Life]) -> None:
        self.at = 0.0
        self.claimant = Claimant(
            store, owner, lambda name: lives.get(name, "unknown"), lambda: self.at, lambda: 1e9
        )

    async def claims(self, *, after: float = 0.0) -> str:
        self.at += after
        return (await self.claimant.claim("r")).owner


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


async def test_the_lease_of_the_dead_is_free_at_once(store: MemoryStore):
    await store.acquire(Lease("r", "they"))
    assert await Somebody(store, "me", {"they": "dead"}).claims() == "me"


async def test_the_lease_of_the_living_is_never_free(store: MemoryStore):
    await store.acquire(Lease("r", "they"))
    me = Somebody(store, "me", {"they": "alive"})
    for _ in range(100):
        assert await me.claims(after=5.0) == "they"


async def test_of_whom_nothing_is_known_is_watched_for_a_whole_lease(store: MemoryStore):
    await store.acquire(Lease("r", "they"))
    me = Somebody(store, "me", {})
    watched = 0.0
    while await me.claims(after=1.0) == "they":
        watched = me.at
    assert LEASE_SECONDS - 1 <= watched - 1 <= LEASE_SECONDS


async def test_one_sign_of_life_begins_the_watch_anew(store: MemoryStore):
    await store.acquire(Lease("r", "they"))
    me = Somebody(store, "me", {})
    for _ in range(10):
        assert await me.claims() == "they"
        assert await me.claims(after=5.0) == "they"
        assert await me.claims(after=5.0) == "they"
        await store.acquire(Lease("r", "they"))


async def test_who_was_stopped_while_watching_has_not_watched(store: MemoryStore):
    await store.acquire(Lease("r", "they"))
    me = Somebody(store, "me", {})
    assert await me.claims() == "they"
    assert await me.claims(after=3_600.0) == "they"
    assert 2 * LONGEST_LOOK_SECONDS < LEASE_SECONDS


async def test_a_watch_is_forgotten_when_the_owner_turns_out_to_live(store: MemoryStore):
    await store.acquire(Lease("r", "they"))
    lives: dict[str, Life] = {}
    me = Somebody(store, "me", lives)
    for _ in range(3):
        assert await me.claims(after=5.0) == "they"
    lives["they"] = "alive"
    assert await me.claims(after=5.0) == "they"
    del lives["they"]
    assert await me.claims(after=5.0) == "they"


async def test_what_is_given_back_is_free(store: MemoryStore):
    me, they = Somebody(store, "me", {}), Somebody(store, "they", {})
    assert await me.claims() == "me"
    assert await they.claims() == "me"
    await me.claimant.release("r")
    assert await they.claims() == "they"
    assert they.claimant.life(Lease("r", "me")) == "unknown"


def test_a_lease_counts_what_its_owner_did():
    wanted = Lease("r", "me", 0, 5.0)
    assert holder(None, wanted, None) == Lease("r", "me", 1, 5.0)
    assert holder(Lease("r", "me", 4), wanted, None) == Lease("r", "me", 5, 5.0)
    theirs = Lease("r", "they", 4)
    assert holder(theirs, wanted, Lease("r", "they", 3)) is theirs
