"""Notices that another process has written to the file, by a look that costs microseconds and only while somebody waits."""

from __future__ import annotations

import asyncio

from weft.store.bell import LOOK_SECONDS
from weft.store.sqlite.connection import Connection


class Elsewhere(Connection):
    """What this connection writes itself does not count."""

    async def elsewhere(self, timeout_seconds: float) -> bool:
        """Wait until another process has written anything (True) or the time is over. Raises StoreError."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_seconds
        seen = self.one("PRAGMA data_version")
        while loop.time() < end:
            await asyncio.sleep(LOOK_SECONDS)
            if self.one("PRAGMA data_version") != seen:
                return True
        return False
