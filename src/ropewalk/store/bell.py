"""Wakes those who wait for the feed: at once for what this process appends, and by a cheap look every few milliseconds
for what others do. Nobody looks while nobody waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LOOK_SECONDS = 0.02


class Bell:
    """`look` gives the newest position; without `outside` nobody else can append and nothing is polled."""

    def __init__(self, look: Callable[[], int], outside: bool) -> None:
        self._look = look
        self._outside = outside
        self._waiting: dict[asyncio.Future[None], int] = {}
        self._timer: asyncio.TimerHandle | None = None

    def ring(self, position: int) -> None:
        """Something stands at this position now."""
        for future, after in self._waiting.items():
            if position > after and not future.done():
                future.set_result(None)

    async def wait(self, after: int, timeout_seconds: float | None = None) -> bool:
        """True once something stands after the position; False when the time is over. May be cancelled."""
        if self._look() > after:
            return True
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._waiting[future] = after
        if self._outside and self._timer is None:
            self._timer = loop.call_later(LOOK_SECONDS, self._tick, loop)
        try:
            async with asyncio.timeout(timeout_seconds):
                await future
            return True
        except TimeoutError:
            return False
        finally:
            del self._waiting[future]
            if not self._waiting and self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def fail(self, error: Exception) -> None:
        """Nobody waits for what can no longer come."""
        for future in self._waiting:
            if not future.done():
                future.set_exception(error)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = loop.call_later(LOOK_SECONDS, self._tick, loop)
        try:
            self.ring(self._look())
        except Exception as error:  # noqa: BLE001 - it is raised where somebody waits
            self.fail(error)
