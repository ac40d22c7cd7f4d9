"""Promises about what hangs on the log: blobs, notes, what attempts say, and leases."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from typing import Any

import pytest

from weft.errors import NoSuchBlob, NoSuchRun
from weft.store.lease import host, lease, new_owner
from weft.store.port import Lease, Store
from weft.testing.store_contract.given import begin


class BesideContract:
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
        said = b""
        for chunk in (b"hello ", b"", b"world", b"\0\xff", b"!" * 70_000):
            await store.write_output("r", "plan/1.1", chunk)
            said += chunk
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
            assert await store.read_output("r", "plan/1.1", offset, limit) == said[offset : offset + limit]
        assert await store.read_output("r", "plan/1.1") == said

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

    async def test_a_lease_keeps_others_out_until_its_time_is_over(self, store: Store) -> None:
        mine, theirs = Lease("r", "me", 100.0, "far"), Lease("r", "they", 200.0, "farther")
        assert await store.acquire(mine, 50.0) == mine
        assert await store.acquire(theirs, 99.0) == mine
        assert await store.acquire(theirs, 100.0) == theirs
        assert await store.acquire(mine, 150.0) == theirs
        assert await store.leases() == [theirs]

    async def test_its_owner_renews_a_lease_and_gives_it_back(self, store: Store) -> None:
        mine = Lease("r", "me", 100.0)
        await store.acquire(mine, 0.0)
        longer = Lease("r", "me", 300.0)
        assert await store.acquire(longer, 50.0) == longer
        await store.release("r", "they")
        assert await store.leases() == [longer]
        await store.release("r", "me")
        await store.release("r", "me")
        assert await store.leases() == []

    async def test_the_lease_of_a_dead_process_of_this_host_is_free(self, store: Store) -> None:
        gone = subprocess.run(  # noqa: ASYNC221 - it is over at once
            [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
        )
        dead = Lease("r", "dead", 1e12, host(), int(gone.stdout))
        assert await store.acquire(dead, 0.0) == dead
        mine = lease("r", new_owner(), 1e12)
        assert await store.acquire(mine, 1.0) == mine
        elsewhere = Lease("s", "dead", 1e12, "another host", dead.pid)
        assert await store.acquire(elsewhere, 0.0) == elsewhere
        assert await store.acquire(lease("s", new_owner(), 1e12), 1.0) == elsewhere

    async def test_the_lease_of_a_living_process_is_not(self, store: Store) -> None:
        held = lease("r", new_owner(), 1e12)
        assert await store.acquire(held, 0.0) == held
        assert await store.acquire(Lease("r", "they", 1e12, host(), os.getpid()), 1.0) == held
