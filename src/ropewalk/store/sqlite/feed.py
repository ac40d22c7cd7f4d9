"""The way out: a run's history, checked against its hash chain, and the feed of all runs in the order of commits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ropewalk.errors import Corrupted, NoSuchRun
from ropewalk.store.bell import Bell
from ropewalk.store.chain import GENESIS, record_hash
from ropewalk.store.pattern import glob
from ropewalk.store.port import Record
from ropewalk.store.sqlite.append import LAST
from ropewalk.store.sqlite.connection import Connection

COLUMNS = "position, run, version, at, kind, actor, cause, body, hash"
READ = f"SELECT {COLUMNS} FROM records WHERE run = ? AND version > ? ORDER BY version LIMIT ?"
HASH = "SELECT hash FROM records WHERE run = ? AND version = ?"
PLACE = "SELECT position FROM records WHERE run = ? AND version >= ? ORDER BY version LIMIT 1"
LENGTH = "SELECT max(version) FROM records WHERE run = ?"


class LogReader:
    """Reads the log; `bell` rings when it has grown."""

    def __init__(self, file: Connection, bell: Bell) -> None:
        self.file = file
        self.bell = bell

    async def read(self, run: str, after: int = 0, limit: int | None = None) -> list[Record]:
        rows = self.file.rows(READ, (run, after, -1 if limit is None else limit))
        if not rows:
            self.version_of(run)
            return []
        before = self.file.fetch_one(HASH, (run, after)) if after else (GENESIS,)
        _check(rows, before[0] if before else None, after)
        return [record(row) for row in rows]

    async def feed(
        self, after: int = 0, limit: int = 1000, patterns: Sequence[str] = (), run: str = ""
    ) -> list[Record]:
        kinds = f" AND ({' OR '.join(['kind GLOB ?'] * len(patterns))})" if patterns else ""
        begin: list[Any] = [after]
        if run:
            # A version is as good as a position here, and the index leads straight to it.
            begin = [run, self._version_after(run, after)]
            sql = f"SELECT {COLUMNS} FROM records WHERE run = ? AND version >= ?{kinds} ORDER BY version LIMIT ?"
        else:
            sql = f"SELECT {COLUMNS} FROM records WHERE position > ?{kinds} ORDER BY position LIMIT ?"
        return [record(row) for row in self.file.rows(sql, [*begin, *map(glob, patterns), limit])]

    async def position(self) -> int:
        return self._whole(self.file.fetch_one(LAST)[0])

    async def wait(self, after: int, timeout_seconds: float | None = None) -> bool:
        return await self.bell.wait(after, timeout_seconds)

    def version_of(self, run: str) -> int:
        """The version of a run; raises NoSuchRun."""
        version = self.file.fetch_one(LENGTH, (run,))[0]
        if version is None:
            raise NoSuchRun(run=run)
        return self._whole(version)

    def _whole(self, number: Any) -> int:
        """A version or position, 0 for none. Raises StoreError where something else stands in its place."""
        if not isinstance(number, int | None):
            raise self.file.damaged("the table records")
        return number or 0

    def _version_after(self, run: str, after: int) -> int:
        """The first version of a run that stands after a position, found by halving."""
        low, high = 1, self._whole(self.file.fetch_one(LENGTH, (run,))[0]) + 1
        if after == 0:
            return low
        while low < high:
            middle = (low + high) // 2
            place = self.file.fetch_one(PLACE, (run, middle))
            if place is None or place[0] > after:
                high = middle
            else:
                low = middle + 1
        return low


def record(row: Any) -> Record:
    """A row as a Record. What is damaged in it is replaced by something of its type, so that it stands in nobody's way but its
    own run's, whose history is not read."""
    position, run, version, at, kind, actor, cause, body, hash_ = row
    if type(body) is not bytes or type(at) is not float or type(version) is not int:
        body = body if isinstance(body, bytes) else b""
        at = at if isinstance(at, float) else 0.0
        version = version if isinstance(version, int) else 0
    digest = hash_.hex() if isinstance(hash_, bytes) else str(hash_)
    if not (type(run) is type(kind) is type(actor) is type(cause) is str):
        run, kind, actor, cause = (_text(value) for value in (run, kind, actor, cause))
    return Record(position, run, version, at, kind, actor, cause, body, digest)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def as_stored(row: Any) -> Record:
    """A row as a Record with whatever stands in it, for `verify` to name."""
    position, run, version, at, kind, actor, cause, body, hash_ = row
    digest = hash_.hex() if isinstance(hash_, bytes) else str(hash_)
    return Record(position, run, version, at, kind, actor, cause, body, digest)


def _check(rows: list[Any], before: bytes | None, version: int) -> None:
    """Raises Corrupted at the first row that does not follow from the one before it."""
    hash_ = before
    for position, run, stored_version, at, kind, actor, cause, body, stored in rows:
        version += 1
        reason = ""
        if stored_version != version:
            reason = f"version {version} is missing"
        elif hash_ is None or not isinstance(body, bytes):
            reason = "the record before it is missing" if hash_ is None else "it holds no bytes"
        else:
            hash_ = record_hash(hash_, run, version, at, kind, actor, cause, body)
            if hash_ != stored:
                reason = "it was changed after it was written"
        if reason:
            raise Corrupted(position=position, run=run, version=stored_version, reason=reason)
