"""What attempts say while they work: chunks next to the log, read by offset, written without a sync, pruned by age."""

from __future__ import annotations

from collections.abc import Callable

from ropewalk.store.chain import seal_of
from ropewalk.store.sqlite.append import LogWriter
from ropewalk.store.sqlite.connection import Connection
from ropewalk.store.sqlite.feed import LogReader

END = "SELECT start + bytes FROM outputs WHERE run = ? AND attempt = ? ORDER BY start DESC LIMIT 1"
PUT = "INSERT INTO outputs (run, attempt, start, bytes, at, chunk, seal) VALUES (?, ?, ?, ?, ?, ?, ?)"
REACH = "INSERT INTO ends VALUES (?, ?, ?) ON CONFLICT (run, attempt) DO UPDATE SET bytes = excluded.bytes"
CHUNKS = (
    "SELECT start, chunk FROM outputs WHERE run = :run AND attempt = :attempt AND start < :end AND start >= coalesce("
    "(SELECT max(start) FROM outputs WHERE run = :run AND attempt = :attempt AND start <= :offset), 0) ORDER BY start"
)


class OutputChunks:
    """Keeps what attempts say. `clock` gives the age of a chunk."""

    def __init__(
        self, file: Connection, log: LogWriter, reader: LogReader, clock: Callable[[], float]
    ) -> None:
        self.file = file
        self.log = log
        self.reader = reader
        self.clock = clock

    async def write_output(self, run: str, attempt: str, chunk: bytes) -> None:
        if not self.log.knows(run):
            self.reader.version_of(run)
        if not chunk:
            return
        with self.file.writing(durable=False) as db:
            (start,) = db.execute(END, (run, attempt)).fetchone() or (0,)
            if not isinstance(start, int):
                raise self.file.damaged(f"the output of {attempt} of run {run}")
            row = (run, attempt, start, len(chunk), self.clock(), chunk)
            db.execute(PUT, (*row, seal_of(*row)))
            db.execute(REACH, (run, attempt, start + len(chunk)))

    async def read_output(self, run: str, attempt: str, offset: int = 0, limit: int = 1 << 20) -> bytes:
        end = offset + limit
        where = {"run": run, "attempt": attempt, "offset": offset, "end": end}
        chunks = self.file.rows(CHUNKS, where)
        if not all(isinstance(start, int) and isinstance(chunk, bytes) for start, chunk in chunks):
            raise self.file.damaged(f"the output of {attempt} of run {run}")
        return b"".join(chunk[max(offset - start, 0) : max(end - start, 0)] for start, chunk in chunks)

    async def outputs(self, run: str) -> list[tuple[str, int]]:
        return self.file.rows(
            "SELECT attempt, sum(bytes) FROM outputs WHERE run = ? GROUP BY attempt ORDER BY min(id)", (run,)
        )
