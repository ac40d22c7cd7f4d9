"""A clock that moves only when it is told to, so that tests of waiting take no time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count


class ManualClock:
    """Unix seconds from `start` on. `advance` fires what comes due on the way, in order."""

    def __init__(self, start: float = 1_000_000.0) -> None:
        self._now = start
        self._due: list[tuple[float, int, _Call]] = []
        self._count = count()
        self._set_by = 0.0

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now - self._set_by

    def set(self, seconds: float) -> None:
        """Somebody sets the time of day, so much forward or back; nothing takes longer or shorter for that."""
        self._set_by += seconds
        self._now += seconds
        self._due = [(when + seconds * call.later, n, call) for when, n, call in self._due]
        heapify(self._due)

    def call_later(self, seconds: float, action: Callable[[], None]) -> _Call:
        call = self.call_at(self._now + seconds, action)
        call.later = True
        return call

    def call_at(self, when: float, action: Callable[[], None]) -> _Call:
        call = _Call(action)
        heappush(self._due, (when, next(self._count), call))
        return call

    async def advance(self, seconds: float) -> None:
        """Let time pass; what is due happens, and what follows from it gets its turn."""
        end = self._now + seconds
        await settle()
        while self._due and self._due[0][0] <= end:
            when, _, call = heappop(self._due)
            self._now = max(self._now, when)
            call.fire()
            await settle()
        self._now = end
        await settle()


class _Call:
    def __init__(self, action: Callable[[], None]) -> None:
        self._action: Callable[[], None] | None = action
        self.later = False

    def cancel(self) -> None:
        self._action = None

    def fire(self) -> None:
        if self._action is not None:
            self._action()


async def settle(turns: int = 50) -> None:
    """Give everything that is ready its turn."""
    for _ in range(turns):
        await asyncio.sleep(0)
