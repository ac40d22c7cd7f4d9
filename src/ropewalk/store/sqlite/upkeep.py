"""What keeps a store healthy over years: verify, delete, prune, backup, and a run taken in from another store."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from ropewalk.errors import Refused, StoreError
from ropewalk.store import views
from ropewalk.store.chain import seal
from ropewalk.store.port import Judge, Record
from ropewalk.store.sqlite.append import ANCHOR, INSERT, Head, following
from ropewalk.store.sqlite.connection import trouble
from ropewalk.store.sqlite.keep import KEEP_SECONDS, PUT
from ropewalk.store.sqlite.verify import Verifying
from ropewalk.store.transfer import receive, send

OF_A_RUN = ("records", "heads", "outputs", "ends", "leases", "runs", "asks", "refs")


class Upkeep(Verifying):
    """The part of the store for operators."""

    async def may_delete(self, run: str) -> None:
        self.there(run)
        await self.catch_up()
        with self.writing() as db:
            while self._fold(db):
                pass
            self._may_go(db, run)

    async def delete(self, run: str) -> None:
        self.there(run)
        await self.catch_up()
        with self.writing() as db:
            while self._fold(db):
                pass
            self._may_go(db, run)
            db.execute("UPDATE ledger SET floor = 1 + max(floor, (SELECT max(position) FROM records))")
            for table in OF_A_RUN:
                db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))
        self.forget()

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
        await self.catch_up()
        sql = "SELECT run, status FROM runs WHERE ended_at < ? ORDER BY ended_at, run"
        gone = []
        for run, ended in self.rows(sql, (ended_before,)):
            if not status or ended in status:
                try:
                    await self.delete(run)
                except Refused:
                    continue  # a living run refers to it
                gone.append(run)
                await asyncio.sleep(0)
        with self.writing(durable=False) as db:
            if output_before is not None:
                old = db.execute(
                    "SELECT run, attempt FROM outputs GROUP BY run, attempt HAVING max(at) < ?",
                    (output_before,),
                ).fetchall()
                for table in ("outputs", "ends"):
                    db.executemany(f"DELETE FROM {table} WHERE run = ? AND attempt = ?", old)
            self._collect(db)
        return gone

    def _collect(self, db: sqlite3.Connection) -> None:
        """Blobs that no run and no note names, and that nobody put lately."""
        while self._fold(db):
            pass
        noted = {
            digest
            for (value,) in db.execute("SELECT CAST(value AS BLOB) FROM notes")
            for digest in views.digests_in(value)
        }
        old = db.execute(
            "SELECT digest FROM blobs WHERE at < ? AND digest NOT IN (SELECT digest FROM refs)",
            (self.clock() - KEEP_SECONDS,),
        ).fetchall()
        db.executemany("DELETE FROM blobs WHERE digest = ?", [one for one in old if one[0] not in noted])

    async def backup(self, path: Path) -> None:
        """A copy as of now in a new file, whole or not at all, and verified; others go on writing."""
        half = _part(path)
        try:
            await asyncio.to_thread(_copy, self.path, half)
            await self._prove(half)
            os.replace(half, path)
        except sqlite3.Error as error:
            raise trouble(str(path), error) from error
        except OSError as error:
            raise StoreError(store=str(path), reason=f"it cannot be written: {error.strerror}") from error
        finally:
            half.unlink(missing_ok=True)

    async def _prove(self, half: Path) -> None:
        copy = type(self)(half, self.durability, self.clock)
        try:
            faults = await copy.verify()
        finally:
            await copy.close()
        if faults:
            raise StoreError(store=self.name, reason=f"its copy has {len(faults)} faults: {faults[0]}")

    def export(self, run: str) -> AsyncIterator[bytes]:
        return send(self, run)

    async def load(self, lines: AsyncIterable[bytes], judge: Judge | None = None) -> str:
        """All of it, with what the judge adds, is one transaction: half of an import is never there."""
        parcel = await receive(lines)
        run = parcel.run
        after = judge(parcel) if judge else None
        with self.writing() as db:
            if db.execute("SELECT 1 FROM records WHERE run = ?", (run,)).fetchone():
                raise Refused(verb="import", reason=f"run {run} is in this store")
            db.executemany(PUT, [(digest, self.clock(), data) for digest, data in parcel.blobs.items()])
            last = self._last(db)
            rows = [_row(last + n, one) for n, one in enumerate(parcel.records, 1)]
            if after is not None:
                rows += following(after, Head(rows[-1][2], rows[-1][8]), last + len(rows))
            db.executemany(INSERT, rows)
            db.execute(ANCHOR, (run, rows[-1][2], rows[-1][8]))
        self.forget()
        self.bell.ring(last + len(rows))
        return run


def _row(position: int, one: Record) -> tuple[Any, ...]:
    hash_ = bytes.fromhex(one.hash)
    return (
        position,
        one.run,
        one.version,
        one.at,
        one.kind,
        one.actor,
        one.cause,
        one.body,
        hash_,
        seal(position, hash_),
    )


def _part(path: Path) -> Path:
    """Where the copy grows until it is whole."""
    if path.exists():
        raise StoreError(store=str(path), reason="a backup goes to a new file, and this one is there")
    if not path.parent.is_dir():
        raise StoreError(store=str(path), reason="a backup needs a folder, and this one is not there")
    part = path.absolute().with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    return part


def _copy(source: Path, target: Path) -> None:
    """In a thread, on connections of its own: one read transaction, which keeps no writer waiting."""
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.backup(copy)
