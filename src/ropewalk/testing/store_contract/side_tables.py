"""Promises about what hangs on the log: blobs, notes, what attempts say, and leases."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from ropewalk.errors import NoSuchBlob, NoSuchRun
from ropewalk.store.port import Lease, Store
from ropewalk.testing.store_contract.given import begin


class SideTablesContract:
    """`store` is fresh."""

    async def test_a_blob_is_kept_once_under_its_digest(self, store: Store) -> None:
        for data in (b"", b"\0" * 100_000, bytes(range(256))):
            digest = await store.put_blob(data)
            assert digest == sha256(data).hexdigest() == await store.put_blob(data)
            assert await store.get_blob(digest) == data

    async def test_a_blob_that_is_not_there_is_said_to_be_missing(self, store: Store) -> None:
        with pytest.raises(NoSuchBlob, match="no blob abc"):
            await store.get_blob("abc")

    async def test_a_value_is_remembered_until_another_takes_its_place(self, store: Store) -> None:
        assert await store.recall("feed/metrics") is None
        values: list[Any] = [7, {"a": [1, None, "ü"]}, "text", False, 0, [], None, 1.5]
        for value in values:
            await store.remember("feed/metrics", value)
            assert await store.recall("feed/metrics") == value
        assert await store.recall("feed/other") is None

    async def test_output_is_read_by_offset(self, store: Store) -> None:
        await begin(store, "r")
        written = b""
        for chunk in (b"hello ", b"", b"world", b"\0\xff", b"!" * 70_000):
            await store.write_output("r", "plan/1.1", chunk)
            written += chunk
        for offset, limit in (
            (0, 100),
            (3, 5),
            (6, 1),
            (5, 70_000),
            (12, 2),
            (69_000, 9_000),
            (80_000, 5),
            (0, 0),
        ):
            assert await store.read_output("r", "plan/1.1", offset, limit) == written[offset : offset + limit]
        assert await store.read_output("r", "plan/1.1") == written

    async def test_output_belongs_to_one_attempt_of_one_run(self, store: Store) -> None:
        await begin(store, "a")
        await begin(store, "b")
        await store.write_output("a", "plan/1.2", b"two")
        await store.write_output("a", "plan/1.1", b"one")
        await store.write_output("a", "plan/1.2", b"more")
        assert await store.outputs("a") == [("plan/1.2", 7), ("plan/1.1", 3)]
        assert await store.outputs("b") == []
        assert await store.read_output("b", "plan/1.1") == b""
        with pytest.raises(NoSuchRun):
            await store.write_output("c", "plan/1.1", b"x")

    async def test_a_lease_keeps_others_out_whatever_the_clocks_say(self, store: Store) -> None:
        mine = await store.acquire(Lease("r", "me", renewed_at=50.0))
        assert mine == Lease("r", "me", 1, 50.0)
        assert await store.acquire(Lease("r", "they", renewed_at=1e12)) == mine
        assert await store.leases() == [mine]
        assert await store.lease("r") == mine
        assert await store.lease("s") is None

    async def test_every_renewal_of_a_lease_can_be_seen(self, store: Store) -> None:
        for beat in (1, 2, 3):
            held = await store.acquire(Lease("r", "me", renewed_at=7.0))
            assert held == await store.lease("r") == Lease("r", "me", beat, 7.0)

    async def test_a_lease_is_taken_instead_of_the_very_one_that_was_looked_at(self, store: Store) -> None:
        seen = await store.acquire(Lease("r", "me"))
        renewed = await store.acquire(Lease("r", "me"))
        they = Lease("r", "they")
        assert await store.acquire(they, seen) == renewed
        assert await store.acquire(they, Lease("r", "nobody", 2)) == renewed
        taken = await store.acquire(they, renewed)
        assert taken == Lease("r", "they", 1)
        assert await store.acquire(Lease("r", "me")) == taken
        assert await store.acquire(they, Lease("r", "me", 9)) == Lease("r", "they", 2)

    async def test_its_owner_gives_a_lease_back(self, store: Store) -> None:
        held = await store.acquire(Lease("r", "me"))
        await store.release("r", "they")
        assert await store.leases() == [held]
        await store.release("r", "me")
        await store.release("r", "me")
        assert await store.leases() == []
        assert await store.acquire(Lease("r", "they"), held) == Lease("r", "they", 1)
