"""One owner holds the lease of a run, whichever process asks; a damaged lease is named, not taken for none."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.errors import StoreError
from ropewalk.store.port import Lease
from ropewalk.store.sqlite import SqliteStore


async def test_the_first_of_two_connections_holds_it_until_it_is_released(path: Path):
    one, two = SqliteStore(path), SqliteStore(path)
    mine, other = Lease("r", "a", 1, 10.0), Lease("r", "b", 1, 11.0)
    assert await one.acquire(mine) == mine
    assert await two.acquire(other) == mine
    await two.release("r", "b")
    assert await two.lease("r") == mine
    await one.release("r", "a")
    assert await two.acquire(other) == other
    await one.close()
    await two.close()


async def test_who_holds_it_renews_it_and_who_knows_that_the_owner_is_dead_takes_it(store: SqliteStore):
    first = Lease("r", "a", 1, 10.0)
    await store.acquire(first)
    renewed = Lease("r", "a", 2, 12.0)
    assert await store.acquire(renewed) == renewed
    late = Lease("r", "b", 1, 13.0)
    assert await store.acquire(late, instead_of=first) == renewed
    assert await store.acquire(late, instead_of=renewed) == late


async def test_leases_are_listed_by_run(store: SqliteStore):
    for run in ("c", "a", "b"):
        await store.acquire(Lease(run, "x", 1, 1.0))
    assert [lease.run for lease in await store.leases()] == ["a", "b", "c"]
    assert await store.lease("d") is None


@pytest.mark.parametrize("column", ["owner", "beat", "renewed_at"])
async def test_a_lease_that_was_damaged_is_named(store: SqliteStore, column: str):
    await store.acquire(Lease("r", "a", 1, 1.0))
    with store.file.writing() as db:
        db.execute(f"UPDATE leases SET {column} = ?", (b"\xff",))
    with pytest.raises(StoreError, match="the lease on run r"):
        await store.lease("r")
