"""What attempts print is read back by any window on it, chunk limits or none, and belongs to a run that is there."""

from __future__ import annotations

from itertools import product

import pytest

from ropewalk.errors import NoSuchRun, StoreError
from ropewalk.store.sqlite import SqliteStore
from ropewalk.testing.store_contract.given import begin

CHUNKS = (b"abc", b"", b"defgh", b"i", b"\0\xff")
WHOLE = b"".join(CHUNKS)


async def printed(store: SqliteStore, attempt: str = "a/1.1") -> None:
    await begin(store, "r")
    for chunk in CHUNKS:
        await store.write_output("r", attempt, chunk)


async def test_every_window_gives_exactly_its_bytes(store: SqliteStore):
    await printed(store)
    for offset, limit in product(range(13), range(13)):
        assert await store.read_output("r", "a/1.1", offset, limit) == WHOLE[offset : offset + limit]


async def test_attempts_are_told_with_their_sizes_in_the_order_in_which_they_began(store: SqliteStore):
    await begin(store, "r")
    for attempt, chunk in (("b/1.1", b"1"), ("a/1.1", b"22"), ("b/1.1", b"333"), ("a[x]/2.1", b"4")):
        await store.write_output("r", attempt, chunk)
    assert await store.outputs("r") == [("b/1.1", 4), ("a/1.1", 2), ("a[x]/2.1", 1)]
    assert await store.read_output("r", "nobody/1.1") == b""


async def test_nothing_is_kept_for_a_run_that_is_not_there(store: SqliteStore):
    with pytest.raises(NoSuchRun):
        await store.write_output("r", "a/1.1", b"x")
    assert await store.outputs("r") == []


def spoil(store: SqliteStore, column: str, damage: object) -> None:
    with store.file.writing() as db:
        db.execute(
            f"UPDATE outputs SET {column} = ? WHERE start = (SELECT max(start) FROM outputs)", (damage,)
        )


async def test_output_that_was_damaged_is_named_where_it_is_read(store: SqliteStore):
    await printed(store)
    spoil(store, "chunk", "text")
    with pytest.raises(StoreError, match=r"the output of a/1\.1 of run r"):
        await store.read_output("r", "a/1.1", 0, 100)


async def test_output_whose_end_is_not_known_is_not_written_on(store: SqliteStore):
    await printed(store)
    spoil(store, "start", 1_000.5)
    with pytest.raises(StoreError, match=r"the output of a/1\.1 of run r"):
        await store.write_output("r", "a/1.1", b"more")
