"""Every bad day of a file ends in one clear StoreError, and the file is as it was."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from ropewalk.core.events import NotePublished, RunStarted
from ropewalk.errors import StoreBusy, StoreError
from ropewalk.store.sqlite import SqliteStore
from ropewalk.testing.store_contract.given import append, begin

NOBODY = 65534


@contextmanager
def unprivileged(*paths: Path) -> Iterator[None]:
    """Root may write everything, so for a moment be somebody who may not."""
    if os.geteuid() != 0:
        yield
        return
    for path in paths:
        os.chown(path, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that somebody else can reach too."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


async def made(path: Path) -> str:
    """A store with a run in it, closed; the digest of its file."""
    store = SqliteStore(path)
    await begin(store, "r")
    await store.close()
    return digest(path)


async def test_a_file_that_may_not_be_written_is_refused_at_once(folder: Path):
    path = folder / "ropewalk.db"
    before = await made(path)
    with unprivileged(folder, path):
        path.chmod(0o444)
        with pytest.raises(StoreError, match=r"ropewalk\.db cannot be used: it is read-only"):
            SqliteStore(path)
        path.chmod(0o644)
    assert digest(path) == before


def test_a_folder_that_may_not_be_written_is_refused_at_once(folder: Path):
    with unprivileged(folder):
        folder.chmod(0o555)
        try:
            with pytest.raises(
                StoreError, match="cannot be opened; is its folder there, and may ropewalk write in it"
            ):
                SqliteStore(folder / "ropewalk.db")
        finally:
            folder.chmod(0o755)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(StoreError, match="is its folder there"):
        SqliteStore(tmp_path / "no" / "ropewalk.db")


def test_a_file_that_is_no_database_is_left_alone(path: Path):
    path.write_text("A letter to my grandmother.\n" * 100)
    before = digest(path)
    with pytest.raises(StoreError, match="not a SQLite database"):
        SqliteStore(path)
    assert digest(path) == before


async def test_the_database_of_another_program_is_left_alone(path: Path):
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE recipes (cake TEXT)")
    other.close()
    before = digest(path)
    with pytest.raises(StoreError, match="database of another program"):
        SqliteStore(path)
    assert digest(path) == before


async def test_a_file_of_a_newer_ropewalk_is_left_alone(path: Path):
    await made(path)
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version = 99")
    other.close()
    before = digest(path)
    with pytest.raises(
        StoreError, match=r"a newer ropewalk wrote it \(schema version 99, this one knows 3\); upgrade"
    ):
        SqliteStore(path)
    assert digest(path) == before


@pytest.mark.parametrize("begins", [0, 16, 100])
async def test_a_damaged_header_is_told_as_one_error(path: Path, begins: int):
    await made(path)
    with path.open("r+b") as file:
        file.seek(begins)
        file.write(b"\xff" * 16)
    with pytest.raises(StoreError, match=r"not a SQLite database|damaged|newer ropewalk|another program"):
        SqliteStore(path)


async def test_half_a_file_is_told_as_one_error(path: Path):
    await made(path)
    os.truncate(path, 4096 * 2)
    with pytest.raises(StoreError, match="damaged"):
        SqliteStore(path)


async def test_a_full_disk_refuses_the_append_and_harms_nothing(store: SqliteStore):
    await begin(store, "r")
    (pages,) = store.file.fetch_one("PRAGMA page_count")
    store.file.fetch_one(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="the disk is full; nothing of this was written"):
        await append(store, "r", 2, NotePublished("long", {"text": "x" * 100_000}))
    store.file.fetch_one("PRAGMA max_page_count = 1000000")
    assert (await append(store, "r", 2, RunStarted())).version == 3
    assert await store.verify() == []


async def test_a_write_that_fails_refuses_the_append_and_harms_nothing(store: SqliteStore, path: Path):
    await begin(store, "r")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.with_name("ropewalk.db-wal").stat().st_size, hard))
    try:
        with pytest.raises(StoreError, match="is the disk full"):
            await append(store, "r", 2, NotePublished("long", {"text": "x" * 100_000}))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (await append(store, "r", 2, RunStarted())).version == 3
    assert await store.verify() == []


async def test_a_store_that_another_process_locks_says_so(store: SqliteStore, path: Path):
    await begin(store, "r")
    store.file.fetch_one("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked: another process"):
        await append(store, "r", 2, RunStarted())
    assert len(await store.feed()) == 2
    other.execute("ROLLBACK")
    other.close()
    assert (await append(store, "r", 2, RunStarted())).version == 3


async def test_a_list_is_shown_as_it_was_while_somebody_keeps_the_file(store: SqliteStore, path: Path):
    await begin(store, "r")
    assert [row.version for row in await store.runs()] == [2]
    await append(store, "r", 2, RunStarted())
    store.file.fetch_one("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert [row.version for row in await store.runs()] == [2]
        with pytest.raises(StoreBusy):
            await store.unfinished()
    assert [row.version for row in await store.runs()] == [3]


async def test_a_file_that_was_found_locked_is_not_waited_for_by_each_that_comes_after(
    store: SqliteStore, path: Path
):
    store.file.fetch_one("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            await begin(store, "r")
        assert store.file.fetch_one("PRAGMA busy_timeout") == (100,)
    await begin(store, "r")
    assert store.file.fetch_one("PRAGMA busy_timeout") == (5_000,)


async def test_no_descriptor_for_the_log_passes_and_no_file_does_not(store: SqliteStore, path: Path):
    error = sqlite3.OperationalError("unable to open database file")
    error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
    assert isinstance(store.file.trouble(error), StoreBusy)
    os.unlink(path)
    assert not isinstance(store.file.trouble(error), StoreBusy)


async def test_who_is_about_to_write_is_alone_before_it_reads(store: SqliteStore, path: Path):
    """Or what it read could be old when it writes."""
    other = sqlite3.connect(path, isolation_level=None, timeout=0)
    with store.file.writing(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


async def test_a_question_that_sqlite_refuses_is_told_as_one_error(store: SqliteStore):
    with pytest.raises(StoreError, match=r"ropewalk\.db cannot be used: no such table: moon"):
        store.file.rows("SELECT * FROM moon")
    with pytest.raises(StoreError, match="no such table: moon"), store.file.writing() as db:
        db.execute("DELETE FROM moon")


async def test_whatever_is_raised_inside_a_transaction_undoes_it(store: SqliteStore):
    def fail(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO notes VALUES ('a', 'b', 'c')")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), store.file.writing() as db:
        fail(db)
    assert await store.recall("a") is None


async def test_a_damaged_text_hides_no_other_record(store: SqliteStore):
    await begin(store, "good")
    await begin(store, "bad")
    store.file.db.execute("UPDATE records SET actor = CAST(x'ff' AS TEXT) WHERE run = 'bad'")
    assert [one.actor for one in await store.feed()] == ["tester", "tester", "\ufffd", "\ufffd"]
    assert [one.actor for one in await store.read("good")] == ["tester", "tester"]


async def test_what_must_not_outlast_a_power_cut_costs_no_sync(store: SqliteStore):
    def synchronous() -> int:
        return int(store.file.fetch_one("PRAGMA synchronous")[0])

    full, normal = 2, 1
    await begin(store, "r")
    assert synchronous() == full
    await store.write_output("r", "plan/1.1", b"said")
    assert synchronous() == normal
    await append(store, "r", 2, RunStarted())
    assert synchronous() == full


def _replaced(folder: Path) -> None:
    (folder / "other.db").write_bytes((folder / "inner.db").read_bytes())
    (folder / "other.db").replace(folder / "inner.db")


def _emptied(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


def _removed(folder: Path) -> None:
    shutil.rmtree(folder)


@pytest.mark.parametrize("taken", [_replaced, _emptied, _removed])
async def test_a_file_that_went_while_it_was_open_takes_no_more_records(
    tmp_path: Path, taken: Callable[[Path], None]
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    store = SqliteStore(folder / "inner.db")
    await begin(store, "r")
    taken(folder)
    with pytest.raises(StoreError, match="removed or replaced while ropewalk had it open") as failed:
        await append(store, "r", 1, NotePublished("n"))
    assert not isinstance(failed.value, StoreBusy)
    await store.close()
