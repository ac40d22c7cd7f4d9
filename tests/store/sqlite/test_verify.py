"""Whatever changes in a record, or under one, is found and named."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ropewalk.core.events import NotePublished, RunCompleted, RunStarted, StepSucceeded
from ropewalk.errors import Corrupted, StoreError
from ropewalk.store.chain import record_hash, seal
from ropewalk.store.sqlite import SqliteStore
from ropewalk.store.sqlite.append import ANCHOR, INSERT
from ropewalk.testing.store_contract.given import DEFINITION, append, begin, finish

COLUMNS = ("position", "run", "version", "at", "kind", "actor", "cause", "body", "hash", "seal")


@pytest.fixture
async def told(store: SqliteStore) -> SqliteStore:
    """Two runs, told in turn."""
    await begin(store, "a", StepSucceeded("plan"))
    await begin(store, "b")
    await finish(store, "a")
    return store


def flipped(value: Any, at: int) -> Any:
    """The same value with one bit of one byte changed."""
    if isinstance(value, int):
        return value ^ (1 << (at % 20))
    if isinstance(value, float):
        return value + 0.25
    data = bytearray(value.encode() if isinstance(value, str) else value)
    data[at % len(data)] ^= 1
    return data.decode() if isinstance(value, str) else bytes(data)


@pytest.mark.parametrize("column", COLUMNS)
async def test_a_flipped_byte_in_any_column_of_any_record_is_found_and_named(told: SqliteStore, column: str):
    db = told.file.db
    for position, run, version, kind, value in db.execute(
        f"SELECT position, run, version, kind, {column} FROM records"
    ).fetchall():
        for at in range(len(value) if isinstance(value, str | bytes) else 20):
            db.execute("BEGIN")
            changed = flipped(value, at)
            try:
                db.execute(f"UPDATE records SET {column} = ? WHERE position = ?", (changed, position))
            except sqlite3.IntegrityError:
                pass  # the file itself refuses two records in one place
            else:
                now: dict[str, Any] = {"position": position, "run": run, "version": version, "kind": kind}
                now |= {column: changed} if column in now else {}
                name = (
                    f"Record {now['position']} (run {now['run']}, version {now['version']}, {now['kind']}): "
                )
                faults = await told.verify()
                assert any(fault.startswith(name) for fault in faults), (column, position, at, faults)
            db.execute("ROLLBACK")
    assert await told.verify() == []


async def test_only_the_record_that_was_changed_is_named(told: SqliteStore):
    for column, value in (
        ("body", b"{}"),
        ("hash", bytes(32)),
        ("actor", "nobody"),
        ("body", None),
        ("at", "x"),
    ):
        told.file.db.execute("BEGIN")
        # Damage knows no constraints.
        told.file.db.execute("PRAGMA ignore_check_constraints = ON")
        try:
            told.file.db.execute(f"UPDATE records SET {column} = ? WHERE run = 'a' AND version = 2", (value,))
        except sqlite3.IntegrityError:
            told.file.db.execute("ROLLBACK")
            continue
        said = ["Record 2 (run a, version 2, run.started): it was changed after it was written."]
        assert await told.verify() == await told.verify("a") == said
        assert await told.verify("b") == []
        told.file.db.execute("ROLLBACK")


async def test_a_history_that_was_changed_is_not_read(told: SqliteStore):
    told.file.db.execute("UPDATE records SET at = 11 WHERE run = 'a' AND version = 2")
    with pytest.raises(Corrupted, match=r"Record 2 \(run a, version 2\) .* changed after it was written"):
        await told.read("a")
    with pytest.raises(Corrupted):
        await told.read("a", after=1, limit=1)
    assert [one.version for one in await told.read("a", after=2)] == [3, 4]
    assert [one.version for one in await told.read("b")] == [1, 2]
    assert len(await told.feed()) == 6


async def test_a_record_that_was_taken_away_is_missed(told: SqliteStore):
    told.file.db.execute("DELETE FROM records WHERE run = 'a' AND version = 2")
    said = "Record 3 (run a, version 3, step.succeeded): version 2 was expected here."
    assert await told.verify() == await told.verify("a") == [said]
    with pytest.raises(Corrupted, match="version 2 is missing"):
        await told.read("a")
    with pytest.raises(Corrupted, match="the record before it is missing"):
        await told.read("a", after=2)


async def test_an_end_that_was_taken_away_is_missed(told: SqliteStore):
    await told.runs()
    told.file.db.execute("DELETE FROM records WHERE run = 'a' AND version = 4")
    said = ["Run a ends at version 3, but version 4 was there."]
    assert await told.verify() == await told.verify("a") == said


async def test_a_record_that_was_moved_in_the_feed_is_named(told: SqliteStore):
    told.file.db.execute("UPDATE records SET position = 99 WHERE run = 'a' AND version = 4")
    assert await told.verify() == [
        "Record 99 (run a, version 4, run.completed): it does not stand where it was written."
    ]


async def test_a_body_that_is_no_bytes_stops_nobody_else(told: SqliteStore):
    told.file.db.execute("UPDATE records SET body = 7 WHERE run = 'b' AND version = 1")
    (fault,) = await told.verify()
    assert fault.startswith("Record 4 (run b, version 1, run.created): it was changed")
    with pytest.raises(Corrupted, match="it holds no bytes"):
        await told.read("b")
    assert [one.kind for one in await told.feed(after=3)] == ["run.created", "run.started", "run.completed"]
    assert [row.run for row in await told.runs()] == ["b", "a"]


async def test_a_changed_blob_is_named_and_not_given(told: SqliteStore):
    digest = await told.put_blob(DEFINITION)
    await begin(told, "c", NotePublished("n", {"file": await told.put_blob(b"other")}))
    told.file.db.execute("UPDATE blobs SET data = x'00' WHERE digest = ?", (digest,))
    said = [f"Blob {digest} was changed after it was written."]
    assert await told.verify() == await told.verify("a") == said
    with pytest.raises(StoreError, match="was changed after it was written"):
        await told.get_blob(digest)


async def test_a_damaged_line_of_the_run_list_is_named(told: SqliteStore):
    await told.runs()
    told.file.db.execute("UPDATE runs SET view = x'ff' WHERE run = 'a'")
    assert await told.verify() == [
        "The line of run a in the run list is damaged; `ropewalk verify --rebuild` makes the list anew from the records."
    ]


async def test_an_event_of_a_newer_ropewalk_stands_only_in_its_own_runs_way(told: SqliteStore):
    bodies = [
        b'{"kind":"moon.landed","where":1}',
        b'{"kind":"run.paused","reason":"sleepy"}',
        b'{"kind":"run.created"}',
    ]
    hash_ = bytes.fromhex((await told.read("b"))[-1].hash)
    for version, (kind, body) in enumerate(
        zip(("moon.landed", "run.paused", "run.created"), bodies, strict=True), 3
    ):
        position = await told.position() + 1
        hash_ = record_hash(hash_, "b", version, 1.0, kind, "", "", body)
        told.file.db.execute(
            INSERT, (position, "b", version, 1.0, kind, "", "", body, hash_, seal(position, hash_))
        )
    told.file.db.execute(ANCHOR, ("b", version, hash_))
    assert await told.verify() == []
    assert len(await told.feed()) == 9
    strange, *_ = await told.read("b", after=2)
    with pytest.raises(
        StoreError, match=r"Record 7 \(run b, version 3\) is a moon.landed that this ropewalk cannot read"
    ):
        strange.event  # noqa: B018 - it is decoded when it is looked at
    rows = {row.run: row for row in await told.runs()}
    assert rows["b"].version == 5
    assert "is a run.created that this ropewalk cannot read" in rows["b"].error
    assert rows["a"].status == "completed"


def content(path: Path) -> list[Any] | str:
    """All that the log says, or that it cannot be read."""
    with closing(sqlite3.connect(path)) as db:
        db.text_factory = bytes
        try:
            return db.execute("SELECT * FROM records NOT INDEXED").fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            return str(error)


def content_bytes(path: Path) -> bytes:
    return path.read_bytes()


async def test_no_flipped_byte_of_the_file_changes_the_log_unseen(
    told: SqliteStore, path: Path, tmp_path: Path
):
    """Whatever SQLite makes of a damaged page, it is either told or harmless."""
    for number in range(60):
        await append(
            told, f"run-{number}", 0, RunStarted(), StepSucceeded("plan"), RunCompleted(reason="x" * 500)
        )
    await told.close()
    whole, honest = content_bytes(path), content(path)
    chance = random.Random(7)
    damaged = tmp_path / "damaged.db"
    changed = 0
    for _ in range(60):
        at = chance.randrange(100, len(whole))
        damaged.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :])
        same = content(damaged) == honest
        changed += not same
        try:
            store = SqliteStore(damaged)
            faults = await store.verify()
            await store.close()
        except StoreError as error:
            faults = [str(error)]
        assert same or faults, f"byte {at}"
        for suffix in ("", "-wal", "-shm"):
            damaged.with_name(damaged.name + suffix).unlink(missing_ok=True)
    assert changed > 10


async def test_a_record_on_a_damaged_page_is_named_from_the_index(told: SqliteStore, path: Path):
    for number in range(60):
        await append(told, f"run-{number}", 0, RunStarted(), RunCompleted(reason="x" * 500))
    pages = (
        told.file.rows("SELECT DISTINCT pageno FROM dbstat WHERE name = 'records' AND pagetype = 'leaf'")
        if has_dbstat(told)
        else []
    )
    await told.close()
    size = 4096
    with path.open("r+b") as file:
        number = pages[3][0] if pages else 20
        file.seek((number - 1) * size)
        file.write(b"\xff" * size)
    store = SqliteStore(path)
    faults = await store.verify()
    assert any("the file is damaged there" in fault for fault in faults), faults
    assert any(fault.startswith("Record ") and "(run run-" in fault for fault in faults)
    assert [one.version for one in await store.read("b")] == [1, 2]
    lost = (
        next(fault for fault in faults if "is damaged there" in fault).partition("run ")[2].partition(",")[0]
    )
    assert any("the file is damaged there" in fault for fault in await store.verify(lost))
    assert await store.verify("b") == []
    await store.close()


async def test_where_the_index_is_damaged_too_the_rest_is_given_up(
    told: SqliteStore, monkeypatch: pytest.MonkeyPatch
):
    def refuse(sql: str, values: object = ()) -> Any:
        if "FROM records" in sql and "LIMIT" in sql:
            raise StoreError(store="s", reason="the file is damaged")
        return honest(sql, values)

    honest: Any = told.file.rows
    monkeypatch.setattr(told.file, "rows", refuse)
    fault, *_ = await told.verify()
    assert fault.startswith("Nothing can be read from here on")


def has_dbstat(store: SqliteStore) -> bool:
    return ("ENABLE_DBSTAT_VTAB",) in store.file.rows("PRAGMA compile_options")
