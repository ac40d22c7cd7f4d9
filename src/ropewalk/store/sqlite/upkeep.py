"""What keeps a store healthy over years: delete, prune, and a run taken in from another store."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterable, Sequence
from typing import Any

from ropewalk.errors import Refused
from ropewalk.store import views
from ropewalk.store.chain import seal
from ropewalk.store.port import Judge, Record
from ropewalk.store.sqlite.append import ANCHOR, INSERT, Head, LogWriter, following
from ropewalk.store.sqlite.feed import LogReader
from ropewalk.store.sqlite.keep import KEEP_SECONDS, PUT, KeptValues
from ropewalk.store.sqlite.listing import RunList
from ropewalk.store.transfer import receive

OF_A_RUN = ("records", "heads", "outputs", "ends", "leases", "runs", "asks", "refs")


class Upkeep:
    """What operators do: delete, prune, take in."""

    def __init__(self, log: LogWriter, reader: LogReader, values: KeptValues, run_list: RunList) -> None:
        self.file = log.file
        self.log = log
        self.reader = reader
        self.values = values
        self.run_list = run_list

    async def may_delete(self, run: str) -> None:
        self.reader.version_of(run)
        await self.run_list.catch_up()
        with self.file.writing() as db:
            while self.run_list.fold(db):
                pass
            self._may_go(db, run)

    async def delete(self, run: str) -> None:
        self.reader.version_of(run)
        await self.run_list.catch_up()
        with self.file.writing() as db:
            while self.run_list.fold(db):
                pass
            self._may_go(db, run)
            db.execute("UPDATE ledger SET floor = 1 + max(floor, (SELECT max(position) FROM records))")
            for table in OF_A_RUN:
                db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))
        self.log.forget()

    def _may_go(self, db: sqlite3.Connection, run: str) -> None:
        (status,) = db.execute("SELECT status FROM runs WHERE run = ?", (run,)).fetchone()
        if status not in views.ENDED:
            raise Refused(verb="delete", reason=f"run {run} is {status}; abort it first")
        sql = "SELECT run, parent FROM runs WHERE (parent = :run OR forked = :run) AND ended_at IS NULL"
        living = db.execute(sql, {"run": run}).fetchone()
        if living:
            relation = "called" if living[1] == run else "forked"
            raise Refused(verb="delete", reason=f"run {living[0]} was {relation} from {run} and goes on")

    async def prune(
        self, ended_before: float, status: Sequence[str] = (), output_before: float | None = None
    ) -> list[str]:
        await self.run_list.catch_up()
        sql = "SELECT run, status FROM runs WHERE ended_at < ? ORDER BY ended_at, run"
        pruned = []
        for run, ended in self.file.rows(sql, (ended_before,)):
            if not status or ended in status:
                try:
                    await self.delete(run)
                except Refused:
                    continue  # a living run refers to it
                pruned.append(run)
                await asyncio.sleep(0)
        with self.file.writing(durable=False) as db:
            if output_before is not None:
                old = db.execute(
                    "SELECT run, attempt FROM outputs GROUP BY run, attempt HAVING max(at) < ?",
                    (output_before,),
                ).fetchall()
                for table in ("outputs", "ends"):
                    db.executemany(f"DELETE FROM {table} WHERE run = ? AND attempt = ?", old)
            self._collect(db)
        return pruned

    def _collect(self, db: sqlite3.Connection) -> None:
        """Blobs that no run and no note names, and that nobody put lately."""
        while self.run_list.fold(db):
            pass
        noted = {
            digest
            for (value,) in db.execute("SELECT CAST(value AS BLOB) FROM notes")
            for digest in views.digests_in(value)
        }
        old = db.execute(
            "SELECT digest FROM blobs WHERE at < ? AND digest NOT IN (SELECT digest FROM refs)",
            (self.values.clock() - KEEP_SECONDS,),
        ).fetchall()
        db.executemany("DELETE FROM blobs WHERE digest = ?", [row for row in old if row[0] not in noted])

    async def load(self, lines: AsyncIterable[bytes], judge: Judge | None = None) -> str:
        """All of it, with what the judge adds, is one transaction: half of an import is never there."""
        parcel = await receive(lines)
        run = parcel.run
        after = judge(parcel) if judge else None
        with self.file.writing() as db:
            if db.execute("SELECT 1 FROM records WHERE run = ?", (run,)).fetchone():
                raise Refused(verb="import", reason=f"run {run} is in this store")
            db.executemany(
                PUT, [(digest, self.values.clock(), data) for digest, data in parcel.blobs.items()]
            )
            last = self.log.last(db)
            rows = [_row(last + n, record) for n, record in enumerate(parcel.records, 1)]
            if after is not None:
                rows += following(after, Head(rows[-1][2], rows[-1][8]), last + len(rows))
            db.executemany(INSERT, rows)
            db.execute(ANCHOR, (run, rows[-1][2], rows[-1][8]))
        self.log.forget()
        self.log.bell.ring(last + len(rows))
        return run


def _row(position: int, record: Record) -> tuple[Any, ...]:
    hash_ = bytes.fromhex(record.hash)
    return (
        position,
        record.run,
        record.version,
        record.at,
        record.kind,
        record.actor,
        record.cause,
        record.body,
        hash_,
        seal(position, hash_),
    )
