"""The way in: all appends of one call are one transaction, and the unique index on (run, version) is the fence.

The heads of runs are remembered, so an append reads nothing but the last position. A remembered head may be stale when
another process appends to the same run: then the fence says so, and nothing of that append is written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ropewalk.store.bell import Bell
from ropewalk.store.chain import GENESIS, moment, packed, record_hash, seal
from ropewalk.store.port import Append, Appended
from ropewalk.store.sqlite.connection import Connection, nothing

HEADS = 4096
"""How many runs' heads are remembered."""

LAST = "SELECT max(position), (SELECT floor FROM ledger) FROM records"
HEAD = "SELECT version, hash FROM records WHERE run = ? ORDER BY version DESC LIMIT 1"
POSITION = "SELECT position FROM records WHERE run = ? AND version = ?"
ANCHOR = (
    "INSERT INTO heads VALUES (?, ?, ?) "
    "ON CONFLICT (run) DO UPDATE SET version = excluded.version, hash = excluded.hash"
)
INSERT = "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Head(NamedTuple):
    """Where a run's history ends."""

    version: int
    hash: bytes


EMPTY = Head(0, GENESIS)

Row = tuple[int, str, int, float, str, str, str, bytes, bytes, int]


class LogWriter:
    """Writes the log. `keep_up` is called when what is folded from the log may be far behind it: past the position `due`."""

    def __init__(self, file: Connection) -> None:
        self.file = file
        self.keep_up: Callable[[], None] = nothing
        self.due = 0
        self._heads: dict[str, Head] = {}
        self._floor = -1
        self._version = -1
        self._newest = 0
        self.bell = Bell(self._look, outside=True)
        file.after_failure = self.forget

    async def append(self, appends: Sequence[Append]) -> list[Appended]:
        """Durable when it returns. Raises StoreError, and then nothing of it was written."""
        prepared = [packed(a.run, a.at, a.actor, a.cause, a.events) for a in appends]
        done: list[Appended] = []
        moved: dict[str, Head] = {}
        with self.file.writing() as db:
            position = self.last(db)
            for append, events in zip(appends, prepared, strict=True):
                head = self._place(db, append, moved)
                if head is not None:
                    rows, head = _rows(append, events, head, position)
                    if self._insert(db, append, rows):
                        position += len(rows)
                        moved[append.run] = head
                        done.append(Appended(append.run, head.version, position))
                        continue
                done.append(Appended(append.run, self._head(db, append.run).version, 0, conflict=True))
            db.executemany(ANCHOR, [(run, *head) for run, head in moved.items() if head.version])
        if moved:
            self._remember(moved)
            self._newest = position
            self.bell.ring(position)
            if position > self.due:
                self.keep_up()
        return done

    def last(self, db: sqlite3.Connection) -> int:
        """The last position ever given. When runs were deleted elsewhere, what is remembered may be of one of them."""
        last, floor = db.execute(LAST).fetchone()
        if not isinstance(floor, int):
            raise self.file.damaged("the table ledger")
        if floor != self._floor:
            self._heads.clear()
            self._floor = floor
        return max(last or 0, floor)

    def _place(self, db: sqlite3.Connection, append: Append, moved: dict[str, Head]) -> Head | None:
        """The head that the append is to stand on; None when the run is elsewhere."""
        expected = append.expected
        head = moved.get(append.run) or self._heads.get(append.run) or (EMPTY if expected == 0 else None)
        # Without an event nothing meets the fence.
        if head is None or head.version != expected or not append.events:
            head = self._head(db, append.run)
        return head if head.version == expected else None

    def _head(self, db: sqlite3.Connection, run: str) -> Head:
        row = db.execute(HEAD, (run,)).fetchone()
        return Head(*row) if row else EMPTY

    def _insert(self, db: sqlite3.Connection, append: Append, rows: list[Row]) -> bool:
        try:
            db.executemany(INSERT, rows)
        except sqlite3.IntegrityError:
            # The first row is the fence. Were it ours, a later one met a record that follows nothing: undo it all.
            if db.execute(POSITION, (append.run, append.expected + 1)).fetchone() in (None, (rows[0][0],)):
                raise
            return False
        return True

    def _remember(self, moved: dict[str, Head]) -> None:
        heads = self._heads
        for run, head in moved.items():
            heads.pop(run, None)
            if head.version:
                heads[run] = head
        while len(heads) > HEADS:
            del heads[next(iter(heads))]

    def knows(self, run: str) -> bool:
        """Whether it wrote to this run lately, so that the run is there."""
        return run in self._heads

    def forget(self) -> None:
        """Nothing that is remembered is certain any more."""
        self._heads.clear()
        self._floor = -1
        self._version = -1

    def _look(self) -> int:
        """The newest position, cheaply: SQLite says by a counter whether another process wrote."""
        (version,) = self.file.fetch_one("PRAGMA data_version")
        if version != self._version:
            self._version = version
            self._newest = self.file.fetch_one(LAST)[0] or 0
        return self._newest


def following(append: Append, head: Head, position: int) -> list[Row]:
    """The rows of an append to a run that the same transaction writes the beginning of."""
    events = packed(append.run, append.at, append.actor, append.cause, append.events)
    return _rows(append, events, head, position)[0]


def _rows(
    append: Append, events: list[tuple[str, bytes]], head: Head, position: int
) -> tuple[list[Row], Head]:
    run, at, actor, cause = append.run, moment(append.at), append.actor, append.cause
    version, hash_ = head
    rows: list[Row] = []
    for kind, body in events:
        version += 1
        position += 1
        hash_ = record_hash(hash_, run, version, at, kind, actor, cause, body)
        rows.append((position, run, version, at, kind, actor, cause, body, hash_, seal(position, hash_)))
    return rows, Head(version, hash_)
