"""The connection to the file: opened and migrated whole or not at all, one transaction at a time, and every trouble of
SQLite told as one StoreError.

Calls are made in line, in the event loop: one takes about as long as a hop to another thread and back.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from ropewalk.errors import StoreBusy, StoreError
from ropewalk.store.port import Durability
from ropewalk.store.sqlite.migrate import migrate

BUSY_SECONDS = 5.0
CHECKPOINT_PAGES = 1000

GONE = (
    "the file was removed or replaced while ropewalk had it open, so that nothing more can be recorded in it; a backup has what "
    "was there, and `store` in ropewalk.toml keeps it where `git clean -fdx` does not reach"
)
NO_DESCRIPTORS = "there are no file descriptors left to open its log with"
REASONS = {
    sqlite3.SQLITE_BUSY: f"it is locked: another process has been writing for more than {BUSY_SECONDS:g} s",
    sqlite3.SQLITE_LOCKED: "it is locked",
    sqlite3.SQLITE_READONLY: "it is read-only; ropewalk must be able to write the file and its folder",
    sqlite3.SQLITE_PERM: "this user may not write it",
    sqlite3.SQLITE_FULL: "the disk is full; nothing of this was written",
    sqlite3.SQLITE_NOTADB: "the file is not a SQLite database",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; `ropewalk verify` says where, a backup helps",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened; is its folder there, and may ropewalk write in it?",
    sqlite3.SQLITE_IOERR: "reading or writing the file failed; is the disk full or broken?",
    sqlite3.SQLITE_TOOBIG: "a value is larger than SQLite can hold",
}


PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOMEM,
    }
)
"""What may go well a little later."""
POLL_SECONDS = 0.1
"""How long one call waits for a file that others have locked for BUSY_SECONDS already: the event loop stands meanwhile."""

TROUBLES = (sqlite3.Error, UnicodeDecodeError)
"""The second comes from a damaged schema, whose words Python cannot read."""


def trouble(name: str, error: Exception) -> StoreError:
    """What SQLite says of a store, in words for a person."""
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, UnicodeDecodeError):
        code = sqlite3.SQLITE_CORRUPT
    if code is None:
        return StoreError(store=name, reason=str(error))
    kind = StoreBusy if code & 0xFF in PASSING else StoreError
    return kind(store=name, reason=REASONS.get(code & 0xFF, str(error)))


class Connection:
    """What every part of the SQLite store is given. `name` is the store's URL; `after_failure` is called when a transaction was
    undone, as nothing that was remembered of the file is certain then."""

    def __init__(self, path: Path, durability: Durability = "full") -> None:
        self.path = path
        self.folder: Path | None = path.absolute().parent
        self.name = f"sqlite:///{path}"
        self.durability: Durability = durability
        self.synchronous = durability.upper()
        self.after_failure: Callable[[], None] = nothing
        self._busy_seconds = BUSY_SECONDS
        try:
            self.db = self._open()
        except TROUBLES as error:
            raise self.trouble(error) from error
        self._file = self._identity()
        self._writing = Transaction(self, self.synchronous)
        self._writing_relaxed = Transaction(self, "NORMAL")

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=256)
        try:
            migrate(db, self.name)
            db.execute(f"PRAGMA synchronous = {self.synchronous}")
            db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            # What is deleted must be gone from the file too: a run of before may hold what should not be there.
            db.execute("PRAGMA secure_delete = ON")
        except BaseException:
            db.close()
            raise
        return db

    def writing(self, durable: bool = True) -> Transaction:
        """One transaction, alone among all processes; what must not outlast a power cut costs no sync."""
        return self._writing if durable else self._writing_relaxed

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Any]:
        """All rows of a question; a damaged text comes with marks instead of an error, so that it harms no other row."""
        try:
            return self.db.execute(sql, values).fetchall()
        except TROUBLES as error:
            if "decode" not in str(error):
                raise self.trouble(error) from error
        self.db.text_factory = _marked
        try:
            return self.db.execute(sql, values).fetchall()
        except TROUBLES as error:
            raise self.trouble(error) from error
        finally:
            self.db.text_factory = str

    def fetch_one(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first row, or None."""
        rows = self.rows(sql, values)
        return rows[0] if rows else None

    def trouble(self, error: Exception) -> StoreError:
        store_error = trouble(self.name, error)
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_BUSY:
            self._wait_at_most(POLL_SECONDS)
        if code == sqlite3.SQLITE_CANTOPEN and os.access(self.path, os.R_OK | os.W_OK):
            # The file is as it was: this process has no descriptor left for what lies next to it.
            return StoreBusy(store=self.name, reason=NO_DESCRIPTORS)
        return store_error

    def damaged(self, where: str) -> StoreError:
        """What was read is not what ropewalk writes: whatever stands in the file, a person gets a sentence."""
        return StoreError(
            store=self.name, reason=f"{where} is damaged; `ropewalk verify` says more, a backup helps"
        )

    def still_there(self) -> None:
        """Raises StoreError when the file at the path is not the one that is open: what is written would be seen by nobody."""
        if self._identity() != self._file:
            raise StoreError(store=self.name, reason=GONE)

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = os.stat(self.path)
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino

    def goes_well(self) -> None:
        """A transaction got through: the next one may be waited for again."""
        self._wait_at_most(BUSY_SECONDS)

    def _wait_at_most(self, seconds: float) -> None:
        if self._busy_seconds != seconds:
            self._busy_seconds = seconds
            self.db.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def nothing() -> None:
    """Nobody remembers anything."""


def _marked(text: bytes) -> str:
    return text.decode("utf-8", "replace")


class Transaction:
    """`with` gives the connection inside BEGIN IMMEDIATE, and commits, or undoes everything and raises."""

    def __init__(self, connection: Connection, synchronous: str) -> None:
        self._connection = connection
        self._synchronous = synchronous

    def __enter__(self) -> sqlite3.Connection:
        connection = self._connection
        db = connection.db
        connection.still_there()
        try:
            if connection.synchronous != self._synchronous:
                db.execute(f"PRAGMA synchronous = {self._synchronous}")
                connection.synchronous = self._synchronous
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise connection.trouble(error) from error
        return db

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        db = self._connection.db
        if error is None:
            try:
                db.execute("COMMIT")
                self._connection.goes_well()
                return
            except sqlite3.Error as failed:
                error = failed
        self._connection.after_failure()
        # A full disk may have undone it already.
        if db.in_transaction:
            db.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error):
            raise self._connection.trouble(error) from error
