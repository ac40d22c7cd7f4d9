"""A blob is kept under its own digest and given back only as it was; a note is replaced, taken away, and never half read."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from ropewalk.errors import NoSuchBlob, StoreError
from ropewalk.store.sqlite import SqliteStore
from ropewalk.store.sqlite.keep import TOUCH_SECONDS


def age(store: SqliteStore, digest: str) -> float:
    (at,) = store.file.fetch_one("SELECT at FROM blobs WHERE digest = ?", (digest,))
    return float(at)


@pytest.mark.parametrize("data", [b"", b"a", bytes(range(256)) * 4_000])
async def test_a_blob_comes_back_by_its_digest(store: SqliteStore, data: bytes):
    assert await store.put_blob(data) == sha256(data).hexdigest()
    assert await store.get_blob(sha256(data).hexdigest()) == data


@pytest.mark.parametrize(
    ("later", "touched"),
    [(1.0, False), (TOUCH_SECONDS - 1, False), (TOUCH_SECONDS, True), (TOUCH_SECONDS * 9, True)],
)
async def test_putting_it_again_makes_it_young_but_not_each_time(path: Path, later: float, touched: bool):
    now = [1_000_000.0]
    store = SqliteStore(path, clock=lambda: now[0])
    digest = await store.put_blob(b"x")
    now[0] += later
    await store.put_blob(b"x")
    assert age(store, digest) == (now[0] if touched else 1_000_000.0)
    await store.close()


async def test_a_blob_that_is_not_there_or_was_changed_is_told_apart(store: SqliteStore):
    with pytest.raises(NoSuchBlob):
        await store.get_blob("0" * 64)
    digest = await store.put_blob(b"as it was")
    with store.file.writing() as db:
        db.execute("UPDATE blobs SET data = ?", (b"as it is",))
    with pytest.raises(StoreError, match="changed after it was written"):
        await store.get_blob(digest)


async def test_a_note_is_what_was_written_last_and_none_takes_it_away(store: SqliteStore):
    assert await store.recall("feed/x") is None
    for value in (1, {"a": [None, "é"]}, "text"):
        await store.remember("feed/x", value)
        assert await store.recall("feed/x") == value
    await store.remember("feed/x", None)
    await store.remember("feed/x", None)
    assert await store.recall("feed/x") is None
    assert await store.verify() == []


@pytest.mark.parametrize("damage", [b"{", 5, "[" * 100_000])
async def test_a_note_that_was_damaged_is_named(store: SqliteStore, damage: object):
    await store.remember("feed/x", 1)
    with store.file.writing() as db:
        db.execute("UPDATE notes SET value = ?", (damage,))
    with pytest.raises(StoreError, match="the note feed/x"):
        await store.recall("feed/x")
