"""Backups are whole or not there, and only blobs that nobody needs are collected."""

from __future__ import annotations

import asyncio
import os
import resource
from pathlib import Path

import pytest

from ropewalk.core.events import NotePublished, RunCompleted, RunStarted
from ropewalk.errors import Refused, StoreError
from ropewalk.store.sqlite import SqliteStore
from ropewalk.store.sqlite.keep import KEEP_SECONDS, TOUCH_SECONDS
from ropewalk.store.sqlite.listing import BATCH
from ropewalk.testing.store_contract.given import append, begin, finish


def copies(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if "copy" in entry.name)


async def test_a_backup_is_the_store_as_it_was(store: SqliteStore, tmp_path: Path):
    await begin(store, "r", NotePublished("n", {"file": await store.put_blob(b"x" * 100_000)}))
    await store.write_output("r", "plan/1.1", b"said")
    copy = tmp_path / "copy.db"
    await store.backup(copy)
    await append(store, "r", 3, RunStarted())
    other = SqliteStore(copy)
    assert await other.read("r") == await store.read("r", limit=3)
    assert await other.read_output("r", "plan/1.1") == b"said"
    assert await other.runs() != []
    await other.close()
    assert copies(tmp_path) == ["copy.db"]


async def test_a_store_is_backed_up_while_it_is_written(store: SqliteStore, path: Path, tmp_path: Path):
    await begin(store, "r", *[NotePublished("n", {"text": "x" * 1000})] * 2000)
    backup = asyncio.create_task(store.backup(tmp_path / "copy.db"))
    version = 2002
    while not backup.done():
        version = (await append(store, "r", version, RunStarted())).version
        await asyncio.sleep(0)
    await backup
    other = SqliteStore(tmp_path / "copy.db")
    assert 2002 <= (await other.row("r")).version <= version
    assert await other.verify() == []
    await other.close()


async def test_a_backup_overwrites_nothing(store: SqliteStore, tmp_path: Path):
    copy = tmp_path / "copy.db"
    copy.write_text("precious")
    with pytest.raises(StoreError, match="a backup goes to a new file"):
        await store.backup(copy)
    assert copy.read_text() == "precious"


async def test_a_backup_that_fails_leaves_nothing(store: SqliteStore, tmp_path: Path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "no" / "copy.db", tmp_path / "file" / "copy.db"):
        with pytest.raises(StoreError, match="a backup needs a folder"):
            await store.backup(place)
    await begin(store, "r", NotePublished("n", {"text": "x" * 100_000}))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(StoreError, match=r"copy\.db cannot be used now: .* is the disk full"):
            await store.backup(tmp_path / "copy.db")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert copies(tmp_path) == []
    store.file.db.execute("UPDATE records SET actor = 'nobody'")
    with pytest.raises(StoreError, match="its copy has 3 faults: Record 1"):
        await store.backup(tmp_path / "copy.db")
    assert copies(tmp_path) == []


async def test_a_backup_that_cannot_take_its_place_leaves_nothing(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(StoreError, match="cannot be written: No space left on device"):
        await store.backup(tmp_path / "copy.db")
    assert copies(tmp_path) == []


async def test_what_is_appended_while_a_run_is_deleted_is_seen(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
):
    """Between the catching up and the transaction others may append any number of records."""

    async def nothing() -> None:
        pass

    monkeypatch.setattr(store.run_list, "catch_up", nothing)
    await begin(store, "r", *[RunStarted()] * 2 * BATCH)
    with pytest.raises(Refused, match="run r is running"):
        await store.delete("r")
    await append(store, "r", 2 + 2 * BATCH, RunCompleted())
    await begin(store, "s", *[RunStarted()] * 2 * BATCH)
    assert await store.prune(1.0) == []
    await store.delete("r")
    assert {one.run for one in await store.feed(limit=10_000)} == {"s"}


async def test_pruning_collects_old_blobs_that_nobody_names(path: Path):
    now = 0.0
    store = SqliteStore(path, clock=lambda: now)
    names = ("named", "noted", "unnamed", "young", "of a run that goes")
    named, noted, unnamed, young, gone = [await store.put_blob(name.encode()) for name in names]
    await begin(store, "r", NotePublished("n", {"file": named}))
    await begin(store, "goes", NotePublished("n", {"file": gone}))
    await finish(store, "goes", at=5.0)
    await store.remember("cache/1", {"file": noted})
    now = TOUCH_SECONDS + 1
    assert await store.put_blob(b"young") == young
    now = KEEP_SECONDS + 1
    assert await store.prune(10.0) == ["goes"]
    for digest in (named, noted, young):
        assert await store.get_blob(digest)
    for digest in (unnamed, gone):
        with pytest.raises(StoreError, match="has no blob"):
            await store.get_blob(digest)
    assert await store.verify() == []
    await store.close()


async def test_a_blob_that_was_put_lately_is_not_written_again(path: Path):
    now = 0.0
    store = SqliteStore(path, clock=lambda: now)
    digest = await store.put_blob(b"x")
    other = SqliteStore(path)
    before = other.file.fetch_one("PRAGMA data_version")
    now = TOUCH_SECONDS - 1
    await store.put_blob(b"x")
    assert other.file.fetch_one("PRAGMA data_version") == before
    now = TOUCH_SECONDS
    await store.put_blob(b"x")
    assert store.file.fetch_one("SELECT at FROM blobs WHERE digest = ?", (digest,)) == (TOUCH_SECONDS,)
    await other.close()
    await store.close()
