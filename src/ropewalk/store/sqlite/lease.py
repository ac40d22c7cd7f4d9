"""Leases in the file: taken and renewed in one transaction, so that two processes never both believe they hold one."""

from __future__ import annotations

from typing import Any

import msgspec

from ropewalk.store.lease import holder
from ropewalk.store.port import Lease
from ropewalk.store.sqlite.connection import Connection

FIELDS = ("run", "owner", "beat", "renewed_at")
COLUMNS = ", ".join(FIELDS)


class LeaseTable:
    """Says who drives what."""

    def __init__(self, file: Connection) -> None:
        self.file = file

    async def acquire(self, lease: Lease, instead_of: Lease | None = None) -> Lease:
        with self.file.writing(durable=False) as db:
            row = db.execute(f"SELECT {COLUMNS} FROM leases WHERE run = ?", (lease.run,)).fetchone()
            held = self._held(row)
            holds = holder(held, lease, instead_of)
            if holds is not held:
                db.execute(
                    "INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)",
                    (holds.run, holds.owner, holds.beat, holds.renewed_at),
                )
        return holds

    async def release(self, run: str, owner: str) -> None:
        with self.file.writing(durable=False) as db:
            db.execute("DELETE FROM leases WHERE run = ? AND owner = ?", (run, owner))

    async def lease(self, run: str) -> Lease | None:
        row = self.file.fetch_one(f"SELECT {COLUMNS} FROM leases WHERE run = ?", (run,))
        return self._held(row)

    async def leases(self) -> list[Lease]:
        held = map(self._held, self.file.rows(f"SELECT {COLUMNS} FROM leases ORDER BY run"))
        return [lease for lease in held if lease is not None]

    def _held(self, row: Any) -> Lease | None:
        if row is None:
            return None
        try:
            return msgspec.convert(dict(zip(FIELDS, row, strict=True)), Lease)
        except msgspec.ValidationError as error:
            raise self.file.damaged(f"the lease on run {row[0]}") from error
