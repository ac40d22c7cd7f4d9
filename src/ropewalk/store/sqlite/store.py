"""The parts of the embedded store as one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import time

from ropewalk.store.port import Durability
from ropewalk.store.sqlite.elsewhere import Elsewhere
from ropewalk.store.sqlite.lease import Leasing
from ropewalk.store.sqlite.upkeep import Upkeep


class SqliteStore(Upkeep, Leasing, Elsewhere):
    """A store in one SQLite file, which is made where it is not there. Raises StoreError.

    One object belongs to one thread. `durability` "normal" leaves the last commits to the mercy of a power cut.
    """

    def __init__(
        self, path: Path, durability: Durability = "full", clock: Callable[[], float] = time
    ) -> None:
        self._steps = {}
        super().__init__(path.absolute(), durability, clock)
