"""Leases in the file: taken and renewed in one transaction, so that two processes never both believe they hold one."""

from __future__ import annotations

from weft.store.lease import holder
from weft.store.port import Lease
from weft.store.sqlite.connection import Connection

COLUMNS = "run, owner, beat, renewed_at"


class Leasing(Connection):
    """The part of the store that says who drives what."""

    async def acquire(self, lease: Lease, instead_of: Lease | None = None) -> Lease:
        with self.writing(durable=False) as db:
            row = db.execute(f"SELECT {COLUMNS} FROM leases WHERE run = ?", (lease.run,)).fetchone()
            held = Lease(*row) if row else None
            holds = holder(held, lease, instead_of)
            if holds is not held:
                db.execute(
                    "INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)",
                    (holds.run, holds.owner, holds.beat, holds.renewed_at),
                )
        return holds

    async def release(self, run: str, owner: str) -> None:
        with self.writing(durable=False) as db:
            db.execute("DELETE FROM leases WHERE run = ? AND owner = ?", (run, owner))

    async def lease(self, run: str) -> Lease | None:
        row = self.one(f"SELECT {COLUMNS} FROM leases WHERE run = ?", (run,))
        return Lease(*row) if row else None

    async def leases(self) -> list[Lease]:
        return [Lease(*row) for row in self.rows(f"SELECT {COLUMNS} FROM leases ORDER BY run")]
