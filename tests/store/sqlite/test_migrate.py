"""A file of any earlier version comes forward whole, one of none is made whole, and a step that fails leaves it as it was."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ropewalk.core.events import RunCompleted, StepSucceeded
from ropewalk.errors import StoreError
from ropewalk.store.sqlite import SqliteStore
from ropewalk.store.sqlite.migrate import STEPS, migrate
from ropewalk.testing.store_contract.given import append

V1 = Path(__file__).with_name("v1.sql")
"""What the first release wrote: `sqlite3 ropewalk.db .dump` and its two pragmas. Never changed."""


@pytest.fixture
def first(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(V1.read_text(encoding="utf-8"))
    return path


def versions(db: sqlite3.Connection) -> tuple[int, list[str]]:
    tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return db.execute("PRAGMA user_version").fetchone()[0], [name for (name,) in tables]


async def test_a_store_of_the_first_version_is_read_verified_and_continued(first: Path):
    store = SqliteStore(first)
    assert await store.verify() == []
    row = await store.row("01-first")
    assert (row.status, row.steps_done, row.steps_total, row.labels) == ("running", 1, 3, {"team": "blue"})
    assert [one.event for one in await store.feed(patterns=["step.*"])] == [StepSucceeded("plan")]
    assert await store.read_output("01-first", "plan/1.1") == b"hello"
    assert await store.recall("feed/metrics") == 2
    assert (await append(store, "01-first", 3, RunCompleted())).version == 4
    assert await store.verify() == []
    await store.close()


def test_the_first_version_and_a_new_file_have_the_same_tables(first: Path, tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "new.db")) as new, closing(sqlite3.connect(first)) as old:
        migrate(new, "new")
        migrate(old, "old")
        assert versions(new) == versions(old)
        schema = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        assert new.execute(schema).fetchall() == old.execute(schema).fetchall()


def test_steps_that_are_new_are_taken_in_order_and_once(first: Path, tmp_path: Path):
    steps = tmp_path / "sql"
    shutil.copytree(STEPS, steps)
    (steps / "0091_two.sql").write_text("CREATE TABLE two (a);\nINSERT INTO two VALUES ('x;y');\n-- done\n")
    (steps / "0092_three.sql").write_text("ALTER TABLE two RENAME TO three;")
    with closing(sqlite3.connect(first, isolation_level=None)) as db:
        for _ in range(2):
            migrate(db, "db", steps)
            assert versions(db)[0] == len(list(STEPS.glob("*.sql"))) + 2
            assert db.execute("SELECT a FROM three").fetchall() == [("x;y",)]


def test_a_step_that_fails_leaves_the_file_as_it_was(first: Path, tmp_path: Path):
    steps = tmp_path / "sql"
    shutil.copytree(STEPS, steps)
    (steps / "0091_two.sql").write_text(
        "CREATE TABLE two (a);\nDROP TABLE records;\nINSERT INTO moon VALUES (1);"
    )
    with closing(sqlite3.connect(first, isolation_level=None)) as db:
        before = versions(db)
        with pytest.raises(sqlite3.OperationalError, match="moon"):
            migrate(db, "db", steps)
        assert versions(db) == before


def test_a_file_that_many_open_at_once_is_made_once(path: Path):
    def opened(_: int) -> tuple[int, list[str]]:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            migrate(db, "db")
            return versions(db)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(opened, range(16)))
    assert len({version for version, _ in results}) == 1
    assert "records" in results[0][1]


def test_a_file_that_stays_locked_is_told(path: Path):
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with (
            closing(sqlite3.connect(path, isolation_level=None, timeout=0.001)) as db,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            migrate(db, "db")


def test_a_file_that_somebody_writes_is_opened_without_waiting(path: Path):
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        migrate(other, "db")
        other.execute("BEGIN IMMEDIATE")
        with closing(sqlite3.connect(path, isolation_level=None, timeout=3_600)) as db:
            migrate(db, "db")
            assert db.execute("PRAGMA busy_timeout").fetchone() == (3_600_000,)
            assert db.execute("SELECT count(*) FROM records").fetchone() == (0,)


@contextmanager
def somebody_reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Who keeps the file from changing to a write-ahead log, though not from being read."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM records").fetchall()
        yield other


def test_the_write_ahead_log_waits_for_who_is_reading(first: Path, monkeypatch: pytest.MonkeyPatch):
    with (
        somebody_reading(first) as other,
        closing(sqlite3.connect(first, isolation_level=None, timeout=0)) as db,
    ):

        class Patience:
            def wait(self, seconds: float) -> None:
                other.execute("COMMIT")

        monkeypatch.setattr("ropewalk.store.sqlite.migrate.Event", Patience)
        migrate(db, "db")
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_write_ahead_log_does_not_wait_for_ever(first: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ropewalk.store.sqlite.migrate.PATIENCE_SECONDS", 0.02)
    with (
        somebody_reading(first),
        closing(sqlite3.connect(first, isolation_level=None, timeout=0)) as db,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        migrate(db, "db")


def test_a_place_without_a_write_ahead_log_is_refused():
    with closing(sqlite3.connect(":memory:")) as db, pytest.raises(StoreError, match="write-ahead log"):
        migrate(db, "db")
