"""Reads the whole file and says what in it is not as it was written: records, definitions, blobs, all that is folded from the
records or stands next to them, and the pages below."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from ropewalk.errors import NoSuchBlob, StoreError
from ropewalk.store import views
from ropewalk.store.sqlite.connection import TROUBLES, Connection
from ropewalk.store.sqlite.feed import COLUMNS, LogReader, as_stored
from ropewalk.store.sqlite.keep import KeptValues
from ropewalk.store.sqlite.listing import RunList
from ropewalk.store.sqlite.rederive import Comparison, Rederived
from ropewalk.store.verify import LogWalk, definition_of, named

BATCH = 1000
SCAN = f"SELECT {COLUMNS}, seal FROM records NOT INDEXED WHERE position > ? ORDER BY position LIMIT {BATCH}"
SCAN_RUN = f"SELECT {COLUMNS}, seal FROM records WHERE version > ? AND run = ? ORDER BY version LIMIT {BATCH}"
PLACES = (
    "SELECT position, run, version FROM records INDEXED BY records_version "
    f"WHERE position > ? ORDER BY position LIMIT {BATCH}"
)
PLACES_RUN = (
    "SELECT position, run, version FROM records INDEXED BY records_version "
    f"WHERE version > ? AND run = ? ORDER BY version LIMIT {BATCH}"
)
ONE = f"SELECT {COLUMNS}, seal FROM records NOT INDEXED WHERE position = ?"
BEFORE_ALL = -(1 << 63)
"""A damaged position or version may be negative."""

MISSING = re.compile(r"row (\d+) missing from index records_version")


class Verification:
    """One verification under way: of one run, or of all ("")."""

    def __init__(self, run: str, steps_of: views.StepsOf) -> None:
        self.run = run
        self.walk = LogWalk()
        self.log = Rederived(steps_of)
        self.faults: list[str] = []
        self.blobs: dict[str, bool] = {}
        self.sound: dict[str, bool] = {}
        self.after = BEFORE_ALL
        self.readable = True


class Verifier:
    """Checks the whole file."""

    def __init__(self, file: Connection, reader: LogReader, values: KeptValues, run_list: RunList) -> None:
        self.file = file
        self.reader = reader
        self.values = values
        self.run_list = run_list
        self.comparison = Comparison(file)

    async def verify(self, run: str = "") -> list[str]:
        if run and not self.file.fetch_one("SELECT 1 FROM heads WHERE run = ?", (run,)):
            self.reader.version_of(run)
        check = Verification(run, self.run_list.steps_of)
        for rows in self._pages(check):
            self._see(check, rows)
            await asyncio.sleep(0)
        if not run:
            check.faults += await asyncio.to_thread(_file_faults, self.file.path)
        with self._unchanging():
            # What others have written meanwhile belongs to what is compared.
            for rows in self._pages(check):
                self._see(check, rows)
            if not run:
                check.blobs = {digest: True for (digest,) in self.file.rows("SELECT digest FROM blobs")}
            for faults in (
                self.comparison.derived_faults(run, check.log, check.walk) if check.readable else iter(()),
                self.comparison.side_table_faults(run),
                self._blobs([digest for digest, is_kept in check.blobs.items() if is_kept]),
            ):
                self._gather(check, faults)
        return check.faults

    def _gather(self, check: Verification, faults: Iterator[str]) -> None:
        """A table that cannot be read hides no other."""
        try:
            check.faults += faults
        except (StoreError, *TROUBLES) as error:
            check.faults.append(str(error if isinstance(error, StoreError) else self.file.trouble(error)))

    @contextmanager
    def _unchanging(self) -> Iterator[None]:
        """All that is read inside is of one moment."""
        if self.file.db.in_transaction:
            yield
            return
        self.file.rows("BEGIN")
        try:
            yield
        finally:
            self.file.rows("ROLLBACK")

    def _see(self, check: Verification, rows: list[Any]) -> None:
        for row in rows:
            record = as_stored(row[:-1])
            faults = check.walk.see(record, row[-2], row[-1])
            digest = definition_of(record)
            if digest and not self._has(check.blobs, digest):
                faults.append(named(record, f"its definition {digest} is not in the store"))
            check.faults += faults
            sound = not digest or self._sound(check, digest)
            check.log.see(record, honest=sound and not faults)
            if check.run and isinstance(record.body, bytes):
                check.blobs.update(
                    (name, self._has(check.blobs, name)) for name in views.digests_in(record.body)
                )

    def _pages(self, check: Verification) -> Iterator[list[Any]]:
        """Rows in order; where the file is damaged those that can still be read, each by itself."""
        run, faults = check.run, check.faults
        scan, places, of_run = (SCAN_RUN, PLACES_RUN, [run]) if run else (SCAN, PLACES, [])
        order = 2 if run else 0  # where a row says its version, or its position
        while check.readable:
            after = check.after
            try:
                rows = self.file.rows(scan, [after, *of_run])
                known = [row[:3] for row in rows]
            except StoreError as error:
                try:
                    # The index still knows which records there were.
                    known = self.file.rows(places, [after, *of_run])
                except StoreError:
                    faults.append(f"Nothing can be read from here on ({after}): {error}")
                    check.readable = False
                    return
                rows = [row for place in known for row in self._salvaged(place, check)]
            if not known or not isinstance(known[-1][order], int):
                return
            check.after = known[-1][order]
            yield rows

    def _salvaged(self, place: tuple[int, str, int], check: Verification) -> list[Any]:
        position, run, version = place
        try:
            return self.file.rows(ONE, (position,))
        except StoreError:
            check.walk.skip(run, version)
            check.log.broken.add(run)
            check.faults.append(
                f"Record {position} (run {run}, version {version}): the file is damaged there."
            )
            return []

    def _has(self, known: dict[str, bool], digest: str) -> bool:
        if digest not in known:
            known[digest] = self.file.fetch_one("SELECT 1 FROM blobs WHERE digest = ?", (digest,)) is not None
        return known[digest]

    def _sound(self, check: Verification, digest: str) -> bool:
        """Whether a definition is what it was: how many steps a run has follows from it."""
        if digest not in check.sound:
            try:
                check.sound[digest] = bool(self.values.blob(digest))
            except (NoSuchBlob, StoreError):
                check.sound[digest] = False
        return check.sound[digest]

    def _blobs(self, digests: list[str]) -> Iterator[str]:
        for digest in digests:
            (data,) = self.file.fetch_one("SELECT data FROM blobs WHERE digest IS ?", (digest,))
            if not isinstance(data, bytes) or sha256(data).hexdigest() != digest:
                yield f"Blob {digest} was changed after it was written."


def _file_faults(path: Path) -> list[str]:
    """What SQLite itself finds, in a thread, because it reads every page. A record that its index lost is named."""
    faults = []
    with closing(sqlite3.connect(path)) as db:
        try:
            lines = [str(line) for (line,) in db.execute("PRAGMA integrity_check(100)")]
        except sqlite3.Error as error:
            return [f"The file {path.name} is damaged: {error}."]
        for line in lines:
            lost = MISSING.search(line)
            where = f"Record {lost[1]} is missing from the index: " if lost else ""
            if line != "ok":
                faults.append(f"{where}{path.name}: {line}.")
    return faults
