"""The schema's history, one step a file (`sql/0001_*.sql`, ...), applied forward in one transaction. A file of a newer
ropewalk, or of another program, is left as it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from time import monotonic

from ropewalk.errors import StoreError
from ropewalk.store.chain import seal_of

STEPS = Path(__file__).parent.parent / "sql"
OURS = 0x77656674
"""`ropewalk` in ASCII, the application id in the header of the file."""

PATIENCE_SECONDS = 5.0


def migrate(db: sqlite3.Connection, name: str, steps: Path = STEPS) -> None:
    """Bring a new or older file to this version. Raises StoreError when it is newer or not ropewalk's."""
    newest = len(_steps(steps))
    known = _check(db, name, newest)
    _use_wal(db, name)
    if known == newest and _is_written(db):
        return
    db.create_function("ropewalk_seal", -1, seal_of, deterministic=True)
    db.execute("BEGIN IMMEDIATE")
    try:
        # Somebody else may have been quicker.
        missing = _steps(steps)[_check(db, name, newest) :]
        for step in missing:
            for statement in _statements(step.read_text(encoding="utf-8")):
                db.execute(statement)
        # Also when nothing was missing, so that a file which cannot be written is refused now.
        db.execute(f"PRAGMA application_id = {OURS}")
        db.execute(f"PRAGMA user_version = {newest}")
        db.execute("COMMIT" if missing else "ROLLBACK")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _is_written(db: sqlite3.Connection) -> bool:
    """Whether somebody else writes the file just now: then it can be written, and nobody is waited for, whichever it is. A driver
    that was stopped in the middle keeps it for as long as it stands still, and must not keep others from reading.
    """
    (patience,) = db.execute("PRAGMA busy_timeout").fetchone()
    db.execute("PRAGMA busy_timeout = 0")
    try:
        db.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    else:
        db.execute("ROLLBACK")
        return False
    finally:
        db.execute(f"PRAGMA busy_timeout = {patience}")


def _check(db: sqlite3.Connection, name: str, newest: int) -> int:
    """The version of the file, 0 for an empty one."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (owner,) = db.execute("PRAGMA application_id").fetchone()
    if owner != OURS and db.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise StoreError(store=name, reason="it is the database of another program")
    if version > newest:
        reason = f"a newer ropewalk wrote it (schema version {version}, this one knows {newest}); upgrade this ropewalk"
        raise StoreError(store=name, reason=reason)
    return int(version)


def _use_wal(db: sqlite3.Connection, name: str) -> None:
    """Only the first to open a file changes it; two who do at once get in each other's way for a moment."""
    deadline = monotonic() + PATIENCE_SECONDS
    while db.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            (mode,) = db.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
            Event().wait(0.01)
        else:
            if mode != "wal":
                raise StoreError(store=name, reason="SQLite cannot use a write-ahead log on this file system")


def _steps(steps: Path) -> list[Path]:
    return sorted(steps.glob("[0-9]*.sql"))


def _statements(script: str) -> Iterator[str]:
    """One by one, because `executescript` would commit what came before it."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
