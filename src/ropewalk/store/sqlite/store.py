"""The embedded store: parts that share one connection, each with a job of its own. What they give is the store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from time import time

from ropewalk.errors import StoreError
from ropewalk.store.port import Durability
from ropewalk.store.sqlite.append import LogWriter
from ropewalk.store.sqlite.backup import back_up
from ropewalk.store.sqlite.connection import Connection
from ropewalk.store.sqlite.elsewhere import Elsewhere
from ropewalk.store.sqlite.feed import LogReader
from ropewalk.store.sqlite.keep import KeptValues
from ropewalk.store.sqlite.lease import LeaseTable
from ropewalk.store.sqlite.listing import RunList
from ropewalk.store.sqlite.output import OutputChunks
from ropewalk.store.sqlite.upkeep import Upkeep


class SqliteStore:
    """A store in one SQLite file, which is made where it is not there. Raises StoreError.

    One object belongs to one thread. `durability` "normal" leaves the last commits to the mercy of a power cut.
    """

    def __init__(
        self, path: Path, durability: Durability = "full", clock: Callable[[], float] = time
    ) -> None:
        self.file = file = Connection(path.absolute(), durability)
        self.name, self.folder, self.clock = file.name, file.folder, clock
        self.log = log = LogWriter(file)
        self.run_list = run_list = RunList(file, log)
        reader, values = LogReader(file, log.bell), KeptValues(file, clock)
        output, leases = OutputChunks(file, log, reader, clock), LeaseTable(file)
        upkeep = Upkeep(log, reader, values, run_list)
        self.append = log.append
        self.read, self.feed, self.position, self.wait = (
            reader.read,
            reader.feed,
            reader.position,
            reader.wait,
        )
        self.elsewhere = Elsewhere(file).elsewhere
        self.put_blob, self.get_blob = values.put_blob, values.get_blob
        self.remember, self.recall = values.remember, values.recall
        self.runs, self.row, self.find = run_list.runs, run_list.row, run_list.find
        self.unfinished, self.asks, self.rebuild = run_list.unfinished, run_list.asks, run_list.rebuild
        self.acquire, self.release = leases.acquire, leases.release
        self.lease, self.leases = leases.lease, leases.leases
        self.write_output, self.read_output = output.write_output, output.read_output
        self.outputs = output.outputs
        self._verified = (file, reader, values, run_list)
        self.may_delete, self.delete, self.prune = upkeep.may_delete, upkeep.delete, upkeep.prune
        self.load = upkeep.load

    def export(self, run: str) -> AsyncIterator[bytes]:
        """The run as lines of JSON."""
        from ropewalk.store.transfer import send

        return send(self, run)

    async def verify(self, run: str = "") -> list[str]:
        """What is wrong with the file, or with one run of it; nothing when all is well."""
        from ropewalk.store.sqlite.verify import Verifier  # a start of a run needs none of it

        return await Verifier(*self._verified).verify(run)

    async def backup(self, path: Path) -> None:
        """A copy as of now in a new file, whole or not at all, and verified; others go on writing."""
        await back_up(self.file.path, path, self._prove)

    async def _prove(self, half: Path) -> None:
        copy = type(self)(half, self.file.durability, self.clock)
        try:
            faults = await copy.verify()
        finally:
            await copy.close()
        if faults:
            raise StoreError(store=self.name, reason=f"its copy has {len(faults)} faults: {faults[0]}")

    async def close(self) -> None:
        """May be called twice; the one who waits for the feed is told."""
        self.log.bell.fail(StoreError(store=self.name, reason="it was closed"))
        self.run_list.settle()
        self.file.db.close()
