"""What attempts say while they work: chunks beside the log, read by offset, written without a sync, pruned by age."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import time

from weft.store.port import Durability
from weft.store.sqlite.feed import Feeding

END = "SELECT start + bytes FROM outputs WHERE run = ? AND attempt = ? ORDER BY start DESC LIMIT 1"
CHUNKS = (
    "SELECT start, chunk FROM outputs WHERE run = :run AND attempt = :attempt AND start < :end AND start >= coalesce("
    "(SELECT max(start) FROM outputs WHERE run = :run AND attempt = :attempt AND start <= :offset), 0) ORDER BY start"
)


class Speaking(Feeding):
    """The part of the store that keeps output. `clock` gives the age of a chunk."""

    def __init__(
        self, path: Path, durability: Durability = "full", clock: Callable[[], float] = time
    ) -> None:
        super().__init__(path, durability)
        self.clock = clock

    async def write_output(self, run: str, attempt: str, chunk: bytes) -> None:
        if run not in self._heads:
            self.there(run)
        if not chunk:
            return
        with self.writing(durable=False) as db:
            (start,) = db.execute(END, (run, attempt)).fetchone() or (0,)
            db.execute(
                "INSERT INTO outputs (run, attempt, start, bytes, at, chunk) VALUES (?, ?, ?, ?, ?, ?)",
                (run, attempt, start, len(chunk), self.clock(), chunk),
            )

    async def read_output(self, run: str, attempt: str, offset: int = 0, limit: int = 1 << 20) -> bytes:
        end = offset + limit
        where = {"run": run, "attempt": attempt, "offset": offset, "end": end}
        parts = [
            chunk[max(offset - start, 0) : max(end - start, 0)] for start, chunk in self.rows(CHUNKS, where)
        ]
        return b"".join(parts)

    async def outputs(self, run: str) -> list[tuple[str, int]]:
        return self.rows(
            "SELECT attempt, sum(bytes) FROM outputs WHERE run = ? GROUP BY attempt ORDER BY min(id)", (run,)
        )
