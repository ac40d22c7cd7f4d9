"""Reads the whole file and says what in it is not as it was written: records, definitions, blobs, and the pages below."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from weft.errors import StoreError
from weft.store import views
from weft.store.sqlite.feed import COLUMNS, record
from weft.store.sqlite.listing import Listing
from weft.store.verify import Walk, definition_of, named

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


class Verifying(Listing):
    """The part of the store that checks it."""

    async def verify(self, run: str = "") -> list[str]:
        if run:
            self.there(run)
        walk = Walk()
        faults: list[str] = []
        blobs: dict[str, bool] = {}
        for rows in self._pages(run, walk, faults):
            for row in rows:
                one = record(row[:-1])
                faults += walk.see(one, row[-2], row[-1])
                digest = definition_of(one)
                if digest and not self._has(blobs, digest):
                    faults.append(named(one, f"its definition {digest} is not in the store"))
                if run and isinstance(one.body, bytes):
                    blobs.update((name, self._has(blobs, name)) for name in views.digests_in(one.body))
            await asyncio.sleep(0)
        faults += self._ends(run, walk)
        if not run:
            blobs = {digest: True for (digest,) in self.rows("SELECT digest FROM blobs")}
            faults += await asyncio.to_thread(_file_faults, self.path)
        faults += self._blobs([digest for digest, there in blobs.items() if there])
        return faults

    def _pages(self, run: str, walk: Walk, faults: list[str]) -> Iterator[list[Any]]:
        """Rows in order; where the file is damaged those that can still be read, each by itself."""
        scan, places, of_run = (SCAN_RUN, PLACES_RUN, [run]) if run else (SCAN, PLACES, [])
        order = 2 if run else 0  # where a row says its version, or its position
        after = BEFORE_ALL
        while True:
            try:
                rows = self.rows(scan, [after, *of_run])
                known = [row[:3] for row in rows]
            except StoreError as error:
                try:
                    # The index still knows which records there were.
                    known = self.rows(places, [after, *of_run])
                except StoreError:
                    faults.append(f"Nothing can be read from here on ({after}): {error}")
                    return
                rows = [row for place in known for row in self._salvaged(place, walk, faults)]
            if not known:
                return
            after = known[-1][order]
            yield rows

    def _salvaged(self, place: tuple[int, str, int], walk: Walk, faults: list[str]) -> list[Any]:
        position, run, version = place
        try:
            return self.rows(ONE, (position,))
        except StoreError:
            walk.skip(run, version)
            faults.append(f"Record {position} (run {run}, version {version}): the file is damaged there.")
            return []

    def _has(self, known: dict[str, bool], digest: str) -> bool:
        if digest not in known:
            known[digest] = self.one("SELECT 1 FROM blobs WHERE digest = ?", (digest,)) is not None
        return known[digest]

    def _ends(self, run: str, walk: Walk) -> Iterator[str]:
        """The run list remembers how long each history was."""
        for name, view in self.rows("SELECT run, view FROM runs WHERE :run IN ('', run)", {"run": run}):
            try:
                was = views.decode(view).version
            except ValueError:
                yield f"The line of run {name} in the run list is damaged."
                continue
            if walk.version(name) < was:
                yield f"Run {name} ends at version {walk.version(name)}, but version {was} was there."

    def _blobs(self, digests: list[str]) -> Iterator[str]:
        for digest in digests:
            (data,) = self.one("SELECT data FROM blobs WHERE digest = ?", (digest,))
            if sha256(data).hexdigest() != digest:
                yield f"Blob {digest} was changed after it was written."


def _file_faults(path: Path) -> list[str]:
    """What SQLite itself finds, in a thread, because it reads every page. A record that its index lost is named."""
    faults = []
    with closing(sqlite3.connect(path)) as db:
        try:
            found = [str(line) for (line,) in db.execute("PRAGMA integrity_check(100)")]
        except sqlite3.Error as error:
            return [f"The file {path.name} is damaged: {error}."]
        for line in found:
            lost = MISSING.search(line)
            where = f"Record {lost[1]} is missing from the index: " if lost else ""
            if line != "ok":
                faults.append(f"{where}{path.name}: {line}.")
    return faults
