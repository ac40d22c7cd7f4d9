"""Leases in the file: taken and renewed in one transaction, so that two processes never both believe they hold one."""

from __future__ import annotations

from weft.store.lease import holds
from weft.store.port import Lease
from weft.store.sqlite.connection import Connection


class Leasing(Connection):
    """The part of the store that says who drives what."""

    async def acquire(self, lease: Lease, now: float) -> Lease:
        with self.writing(durable=False) as db:
            found = db.execute(
                "SELECT run, owner, until, host, pid FROM leases WHERE run = ?", (lease.run,)
            ).fetchone()
            held = Lease(*found) if found else None
            if held is not None and holds(held, lease, now):
                return held
            db.execute(
                "INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?, ?)",
                (lease.run, lease.owner, lease.until, lease.host, lease.pid),
            )
        return lease

    async def release(self, run: str, owner: str) -> None:
        with self.writing(durable=False) as db:
            db.execute("DELETE FROM leases WHERE run = ? AND owner = ?", (run, owner))

    async def leases(self) -> list[Lease]:
        return [
            Lease(*row) for row in self.rows("SELECT run, owner, until, host, pid FROM leases ORDER BY run")
        ]
