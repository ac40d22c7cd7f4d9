"""Time for the runtime: what time it is, how long something takes, and to be called. Nothing else in ropewalk looks at a clock.

The time of day is for what must outlast a process (when a step is due); it may be set at any moment. How long an attempt
takes, or a lease is silent, is counted by a clock that nobody sets and that stands still while the machine sleeps.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

LONGEST_SECONDS = 15.0
"""A call at a time of day looks again this often: the time may have been set, or the machine may have slept meanwhile."""


class Cancel(Protocol):
    """A call that is to come and can be called off."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Both in seconds; only differences of `monotonic` mean anything."""

    def now(self) -> float:
        """Unix seconds."""
        ...

    def monotonic(self) -> float: ...

    def call_at(self, when: float, action: Callable[[], None]) -> Cancel:
        """Call `action` in the event loop once it is `when`, perhaps earlier: what is called looks at `now` again."""
        ...

    def call_later(self, seconds: float, action: Callable[[], None]) -> Cancel:
        """Call `action` in the event loop when so much time has passed."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def call_at(self, when: float, action: Callable[[], None]) -> Cancel:
        return self.call_later(min(when - time.time(), LONGEST_SECONDS), action)

    def call_later(self, seconds: float, action: Callable[[], None]) -> Cancel:
        return asyncio.get_running_loop().call_later(max(0.0, seconds), action)


async def pause(clock: Clock, seconds: float) -> None:
    """Wait so long."""
    woken = asyncio.Event()
    timer = clock.call_later(seconds, woken.set)
    try:
        await woken.wait()
    finally:
        timer.cancel()
