"""The run list in the file: folded from the feed when somebody reads it, so that appends pay nothing for it.

Catching up goes in batches of one transaction each, in which the view's position is read and moved; so any number of
processes may do it at once.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from typing import Any

from ropewalk.errors import NoSuchRun, StoreBusy, StoreError
from ropewalk.store import views
from ropewalk.store.port import Record, RunQuery, RunRow
from ropewalk.store.sqlite.append import LogWriter
from ropewalk.store.sqlite.connection import Connection
from ropewalk.store.sqlite.feed import COLUMNS, record

BATCH = 2000
"""Records a transaction; keeps other writers waiting for some ten milliseconds at most."""

BEHIND = 20_000
"""Records that the list may lag behind before the one who appends folds a batch, so that no reader ever waits for long."""

DEFINITIONS = 256
"""How many definitions' steps are remembered."""

LAG = "SELECT position, shape, (SELECT max(position) FROM records) FROM views"
NEXT = f"SELECT {COLUMNS} FROM records WHERE position > ? ORDER BY position LIMIT {BATCH}"
VIEW = "SELECT view FROM runs WHERE run = ?"
RUNS = ("run", "created_at", "ended_at", "status", "workflow", "parent", "forked", "words", "view")
PUT = "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
LAST_KEY = "\U0010ffff"


class RunList:
    """Answers questions over all runs."""

    def __init__(self, file: Connection, log: LogWriter) -> None:
        self.file = file
        self.log = log
        self._steps: dict[str, views.Steps] = {}
        log.keep_up = self._keep_up

    async def runs(self, query: RunQuery = RunQuery()) -> list[RunRow]:
        # A driver that was stopped while it wrote keeps the list as it was; that is shown, and who is silent with it.
        with suppress(StoreBusy):
            await self.catch_up()
        where, values = self._filters(query)
        rows: list[tuple[float, str, bytes]] = []
        # One question a status: each is a walk along an index that stops after a page.
        for status in query.status or (views.STATUSES if query.workflow else ("",)):
            clauses = [*where, "status = ?"] if status else where
            sql = (
                f"SELECT created_at, run, view FROM runs WHERE {' AND '.join(clauses) or 'true'} "
                "ORDER BY created_at DESC, run DESC LIMIT ?"
            )
            rows += self.file.rows(sql, [*values, *([status] if status else []), query.limit])
        page = self._sorted(rows)[: query.limit]
        return [views.row_of(self._decoded(run, view)) for _, run, view in page]

    async def row(self, run: str) -> RunRow:
        await self.catch_up()
        stored = self.file.fetch_one(VIEW, (run,))
        if stored is None:
            raise NoSuchRun(run=run)
        return views.row_of(self._decoded(run, stored[0]))

    async def find(self, beginning: str) -> str:
        first = self._first_run(beginning, beginning)
        if first is None:
            raise NoSuchRun(run=beginning)
        # A child's id begins with its parent's: the parent is meant.
        other = self._first_run(first + LAST_KEY, beginning)
        if other is not None and first != beginning:
            raise NoSuchRun(
                "{run} begins several runs: {first}, {other}.", run=beginning, first=first, other=other
            )
        return first

    async def unfinished(self) -> list[str]:
        await self.catch_up()
        rows: list[tuple[float, str]] = []
        for status in views.UNFINISHED:
            rows += self.file.rows("SELECT created_at, run FROM runs WHERE status = ?", (status,))
        return [run for _, run in reversed(self._sorted(rows))]

    def _sorted(self, rows: list[Any]) -> list[Any]:
        """Newest first."""
        try:
            return sorted(rows, key=lambda row: row[:2], reverse=True)
        except TypeError as error:
            raise self.file.damaged("the run list") from error

    async def asks(self) -> list[tuple[str, Record]]:
        await self.catch_up()
        columns = COLUMNS.replace("position, run", "asks.position, asks.run")
        sql = f"SELECT {columns} FROM asks JOIN records ON records.position = asks.position ORDER BY asks.position"
        return [(row[1], record(row)) for row in self.file.rows(sql)]

    async def catch_up(self) -> None:
        """Fold what was appended since somebody last looked."""
        while self._is_behind():
            with self.file.writing(durable=False) as db:
                behind = self.fold(db)
            if behind:
                await asyncio.sleep(0)

    def _keep_up(self) -> None:
        position, _, newest = self._lag()
        if (newest or 0) - position > BEHIND:
            # What was appended stands whatever happens here, and the next reader is told.
            with suppress(StoreError), self.file.writing(durable=False) as db:
                self.fold(db)
            (position, *_) = self._lag()
        self.log.due = position + BEHIND

    def settle(self) -> None:
        """Before the file is closed: the next reader finds a list that is not far behind."""
        with suppress(StoreError):
            for _ in range(BEHIND // BATCH):
                position, _, newest = self._lag()
                if (newest or 0) - position < BATCH:
                    break
                with self.file.writing(durable=False) as db:
                    self.fold(db)

    def _is_behind(self) -> bool:
        position, shape, newest = self._lag()
        return bool(shape != views.SHAPE or position < (newest or 0))

    def _lag(self) -> tuple[int, int, int | None]:
        """How far the list is folded, by which edition, and the newest record."""
        ledger = self.file.fetch_one(LAG)
        if ledger is None or not all(isinstance(number, int | None) for number in ledger):
            raise self.file.damaged("the table views")
        position, shape, newest = ledger
        return position or 0, shape or 0, newest

    async def rebuild(self) -> None:
        """Fold the run list anew, from the log alone."""
        with self.file.writing() as db:
            db.execute("DELETE FROM views")
            db.execute("INSERT INTO views VALUES (0, 0)")
        await self.catch_up()

    def fold(self, db: sqlite3.Connection) -> bool:
        """One batch; whether there may be more."""
        position, shape, _ = self._lag()
        if shape != views.SHAPE:
            position = 0
            for table in ("runs", "asks", "refs"):
                db.execute(f"DELETE FROM {table}")
        records = [record(row) for row in self.file.rows(NEXT, (position,))]
        folded: dict[str, views.View] = {}
        refs: dict[tuple[str, str], None] = {}
        for unfolded in records:
            before = folded.get(unfolded.run) or self._view(db, unfolded.run)
            folded[unfolded.run] = views.fold(before, unfolded, self.steps_of)
            for digest in views.digests_in(unfolded.body):
                refs[digest, unfolded.run] = None
        self._put(db, list(folded.values()), refs)
        newest = records[-1].position if records else position
        db.execute("UPDATE views SET position = ?, shape = ?", (newest, views.SHAPE))
        return len(records) == BATCH

    def _put(
        self, db: sqlite3.Connection, folded: list[views.View], refs: dict[tuple[str, str], None]
    ) -> None:
        db.executemany(PUT, [stored(view) for view in folded])
        db.executemany("DELETE FROM asks WHERE run = ?", [(view.run,) for view in folded])
        asks = [(position, view.run) for view in folded for position in view.asks.values()]
        db.executemany("INSERT INTO asks VALUES (?, ?)", asks)
        db.executemany("INSERT OR IGNORE INTO refs VALUES (?, ?)", list(refs))

    def _view(self, db: sqlite3.Connection, run: str) -> views.View | None:
        row = db.execute(VIEW, (run,)).fetchone()
        return self._decoded(run, row[0]) if row else None

    def _decoded(self, run: str, view: Any) -> views.View:
        try:
            return views.decode(view)
        except (ValueError, TypeError) as error:
            reason = f"the line of run {run} in its run list is damaged; `ropewalk verify --rebuild` makes the list anew"
            raise StoreError(store=self.file.name, reason=reason) from error

    def steps_of(self, digest: str) -> views.Steps:
        """Read once: what a digest names never changes."""
        if digest not in self._steps:
            if len(self._steps) >= DEFINITIONS:
                self._steps.clear()
            row = self.file.fetch_one("SELECT data FROM blobs WHERE digest = ?", (digest,))
            if row is None:
                return {}
            self._steps[digest] = views.steps_in(row[0])
        return self._steps[digest]

    def _first_run(self, key: str, beginning: str) -> str | None:
        sql = "SELECT min(run) FROM records WHERE run >= ? AND run < ?"
        first: str | None = self.file.fetch_one(sql, (key, beginning + LAST_KEY))[0]
        return first

    def _filters(self, query: RunQuery) -> tuple[list[str], list[Any]]:
        filters = {
            "workflow = ?": query.workflow or None,
            "created_at >= ?": query.since,
            "created_at <= ?": query.until,
            "parent = ?": query.parent,
            "instr(words, ?) > 0": query.text.casefold() or None,
        }
        where = [clause for clause, value in filters.items() if value is not None]
        values = [value for value in filters.values() if value is not None]
        if query.after:
            last = self.file.fetch_one("SELECT created_at, run FROM runs WHERE run = ?", (query.after,))
            if last is None:
                raise NoSuchRun(run=query.after)
            where.append("(created_at, run) < (?, ?)")
            values += last
        return where, values


def stored(view: views.View) -> tuple[Any, ...]:
    """What stands in each column of RUNS."""
    return (
        view.run,
        view.created_at,
        view.ended_at,
        view.status,
        view.workflow,
        view.parent,
        view.forked_from,
        views.words_of(view),
        views.encode(view),
    )
