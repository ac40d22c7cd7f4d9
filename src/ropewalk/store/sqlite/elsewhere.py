"""Notices that another process has written to the file, by a look that costs microseconds and only while somebody waits."""

from __future__ import annotations

import asyncio
from typing import Any

from ropewalk.store.bell import LOOK_SECONDS
from ropewalk.store.sqlite.connection import Connection

COUNTER = "PRAGMA data_version"


class Elsewhere:
    """What this connection writes itself does not count."""

    def __init__(self, file: Connection) -> None:
        self.file = file
        self._counted: Any = None

    async def elsewhere(self, timeout_seconds: float) -> bool:
        """Wait until another process has written anything (True) or the time is over. Raises StoreError.

        What is written between two calls is told by the second.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_seconds
        if self._counted is None:
            self._counted = self.file.fetch_one(COUNTER)
        while self.file.fetch_one(COUNTER) == self._counted:
            if loop.time() >= end:
                return False
            await asyncio.sleep(min(LOOK_SECONDS, max(end - loop.time(), 0)))
        self._counted = self.file.fetch_one(COUNTER)
        return True
