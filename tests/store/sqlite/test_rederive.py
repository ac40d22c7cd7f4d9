"""Whatever is changed in a table that people are shown is found, and named with its run; no damage is met as a bug."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from ropewalk.core.events import AskOpened, NotePublished, RunStarted
from ropewalk.errors import RopewalkError
from ropewalk.store.port import Lease
from ropewalk.store.sqlite import SqliteStore
from ropewalk.testing.store_contract.given import append, begin, finish

REBUILD = "`ropewalk verify --rebuild` makes the list anew from the records"
UNSHOWN = {
    ("blobs", "at"),  # when one may be collected
    ("ledger", "floor"),
    ("leases", "run"),  # renewed every few seconds, and gone with their driver
    ("leases", "owner"),
    ("leases", "beat"),
    ("leases", "renewed_at"),
    ("outputs", "id"),
    ("views", "shape"),  # another edition of the fold: the list is made anew by itself
}
VALUES = (None, -1, "text", b"\xff\x00")


@pytest.fixture
async def told(store: SqliteStore) -> SqliteStore:
    """Two runs with all that can hang on one."""
    await begin(store, "a", AskOpened("a1", 1, "plan", about="question", prompt="Go on?"))
    await begin(store, "b", NotePublished("n", {}))
    await finish(store, "b")
    await store.write_output("a", "plan/0.1", b"one")
    await store.write_output("a", "plan/0.1", b"two")
    await store.write_output("b", "plan/0.1", b"three")
    await store.remember("position", 3)
    await store.remember("breaker", {"open": True})
    await store.remember("gone", 1)
    await store.remember("gone", None)
    await store.acquire(Lease("a", "me"))
    await store.runs()
    assert await store.verify() == await store.verify("a") == []
    return store


def columns(store: SqliteStore) -> list[tuple[str, str]]:
    tables = [name for (name,) in store.file.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return [(table, row[1]) for table in tables for row in store.file.rows(f"PRAGMA table_info({table})")]


async def readings(store: SqliteStore) -> list[str]:
    """Everything that is read, and what was said instead. What is no RopewalkError gets out."""

    async def export() -> None:
        async for _ in store.export("a"):
            pass

    calls: list[Callable[[], Awaitable[object]]] = [
        store.runs,
        store.asks,
        store.feed,
        store.position,
        store.unfinished,
        store.leases,
        store.verify,
        export,
        lambda: store.row("a"),
        lambda: store.read("a"),
        lambda: store.read("a", after=1),
        lambda: store.feed(after=2, run="a"),
        lambda: store.find("a"),
        lambda: store.outputs("a"),
        lambda: store.read_output("a", "plan/0.1"),
        lambda: store.write_output("a", "plan/0.1", b"more"),
        lambda: store.recall("position"),
        lambda: store.remember("position", 4),
        lambda: store.lease("a"),
        lambda: store.acquire(Lease("a", "me")),
        lambda: store.verify("a"),
        lambda: store.put_blob(b"x"),
        lambda: append(store, "c", 0, RunStarted()),
    ]
    for (digest,) in store.file.rows("SELECT digest FROM blobs"):
        calls.append(lambda digest=digest: store.get_blob(digest))  # type: ignore[misc]
    said = []
    for call in calls:
        try:
            await call()
        except RopewalkError as error:
            said.append(str(error))
    return said


def change(db: sqlite3.Connection, table: str, column: str, value: object) -> bool:
    """Whether the first row of the table holds another value now."""
    key = "run, attempt" if table == "ends" else "digest, run" if table == "refs" else "rowid"
    if table in {"notes", "leases", "heads"}:
        key = "key" if table == "notes" else "run"
    first = f"({key}) = (SELECT {key} FROM {table} ORDER BY {key} LIMIT 1)"
    before = db.execute(f"SELECT * FROM {table} ORDER BY {key}").fetchall()
    try:
        db.execute(f"UPDATE {table} SET {column} = ? WHERE {first}", (value,))
    except (sqlite3.IntegrityError, sqlite3.OperationalError):
        return False
    after = db.execute(f"SELECT * FROM {table} ORDER BY {key}").fetchall()
    return repr(before) != repr(after)


async def test_a_change_of_any_column_of_any_table_is_found(told: SqliteStore):
    for table, column in columns(told):
        tried = 0
        for value in VALUES:
            told.file.db.execute("BEGIN")
            if change(told.file.db, table, column, value):
                tried += 1
                faults = await told.verify()
                assert bool(faults) or (table, column) in UNSHOWN, (table, column, value)
            told.file.db.execute("ROLLBACK")
        assert tried, (table, column)
    assert await told.verify() == []


def content_bytes(path: Path) -> bytes:
    return path.read_bytes()


def put_bytes(path: Path, data: bytes) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.write_bytes(data)


async def test_no_damage_of_any_column_is_met_as_a_bug(told: SqliteStore, path: Path, tmp_path: Path):
    known = columns(told)
    await told.close()
    whole = content_bytes(path)
    for table, column in known:
        for value in VALUES:
            damaged = tmp_path / "damaged.db"
            put_bytes(damaged, whole)
            store = SqliteStore(damaged, "normal")
            if change(store.file.db, table, column, value):
                for said in await readings(store):
                    assert said.strip(), (table, column, value)
            await store.close()


@pytest.mark.parametrize(
    "table", ["records", "heads", "notes", "outputs", "ends", "runs", "asks", "refs", "views", "ledger"]
)
async def test_a_row_that_was_taken_away_is_missed(told: SqliteStore, table: str):
    for row in told.file.rows(f"SELECT * FROM {table}"):
        names = [column for name, column in columns(told) if name == table]
        told.file.db.execute("BEGIN")
        where = " AND ".join(f"{name} IS ?" for name in names)
        assert told.file.db.execute(f"DELETE FROM {table} WHERE {where}", row).rowcount == 1
        assert await told.verify(), row
        told.file.db.execute("ROLLBACK")


async def test_the_last_record_is_missed_also_when_nobody_has_looked_at_the_list(store: SqliteStore):
    await begin(store, "a")
    store.file.db.execute("DELETE FROM records WHERE run = 'a' AND version = 2")
    assert await store.verify() == ["Run a ends at version 1, but version 2 was there."]
    store.file.db.execute("DELETE FROM records")
    said = ["Run a ends at version 0, but version 2 was there."]
    assert await store.verify() == await store.verify("a") == said


async def test_a_record_that_was_moved_to_another_run_is_named(told: SqliteStore):
    told.file.db.execute("UPDATE records SET run = 'a', version = 4 WHERE run = 'b' AND version = 4")
    faults = await told.verify()
    assert any("(run a, version 4, run.completed): it was changed" in fault for fault in faults)
    assert "Run b ends at version 3, but version 4 was there." in faults


async def test_a_changed_status_is_told_with_what_it_should_be(told: SqliteStore):
    told.file.db.execute("UPDATE runs SET status = 'failed' WHERE run = 'b'")
    said = [
        f"Run b, table runs, column status: 'failed' is there, and its records say 'completed'; {REBUILD}."
    ]
    assert await told.verify() == await told.verify("b") == said
    assert await told.verify("a") == []


async def test_a_changed_line_is_made_anew_from_the_records(told: SqliteStore):
    told.file.db.execute("UPDATE runs SET view = x'ff', status = 'failed', words = ''")
    told.file.db.execute("DELETE FROM asks")
    with pytest.raises(RopewalkError, match="ropewalk verify --rebuild"):
        await told.runs()
    await told.rebuild()
    assert await told.verify() == []
    assert [row.status for row in await told.runs()] == ["completed", "running"]


async def test_what_was_said_is_held_to_its_seal(told: SqliteStore):
    told.file.db.execute("UPDATE outputs SET chunk = 'two' WHERE start = 3")
    said = "Run a, table outputs, what plan/0.1 said from byte 3 on: it was changed after it was written; a backup has what was there."
    assert await told.verify() == await told.verify("a") == [said]
    told.file.db.execute("DELETE FROM outputs WHERE start = 3")
    assert await told.verify("a") == [
        "Run a, table outputs, what plan/0.1 said: 3 bytes are there, and 6 should be; a backup has what was there."
    ]


async def test_a_changed_note_is_named(told: SqliteStore):
    told.file.db.execute("UPDATE notes SET value = '4' WHERE key = 'position'")
    said = "Table notes, position: it was changed after it was written; a backup has what was there."
    assert await told.verify() == [said]


async def test_a_blob_that_became_text_is_named_and_not_given(told: SqliteStore):
    ((digest,),) = told.file.rows("SELECT digest FROM blobs")
    told.file.db.execute("UPDATE blobs SET data = CAST(data AS TEXT)")
    said = [f"Blob {digest} was changed after it was written."]
    assert await told.verify() == await told.verify("a") == said
    with pytest.raises(RopewalkError, match="was changed after it was written"):
        await told.get_blob(digest)


async def test_records_that_the_list_does_not_know_yet_are_no_fault(store: SqliteStore):
    await begin(store, "a")
    await store.runs()
    await finish(store, "a")
    await begin(store, "b")
    assert await store.verify() == await store.verify("a") == await store.verify("b") == []


async def test_what_goes_leaves_nothing_that_is_missed(told: SqliteStore):
    await told.prune(0.0, output_before=1e12)
    assert await told.verify() == []
    await told.delete("b")
    assert await told.verify() == []
