"""Time for the runtime: what time it is, and to be called at a time. Nothing else in weft looks at a clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Cancel(Protocol):
    """A call that is to come and can be called off."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Unix seconds."""

    def now(self) -> float: ...

    def call_at(self, when: float, action: Callable[[], None]) -> Cancel:
        """Call `action` in the event loop once it is `when`."""
        ...


class SystemClock:
    """The machine's own clock. A timer that fires early by a hair is harmless: whoever is woken looks at `now` again."""

    def now(self) -> float:
        return time.time()

    def call_at(self, when: float, action: Callable[[], None]) -> Cancel:
        return asyncio.get_running_loop().call_later(max(0.0, when - time.time()), action)


async def sleep_until(clock: Clock, when: float) -> None:
    """Wait until the clock shows `when`."""
    while clock.now() < when:
        woken = asyncio.get_running_loop().create_future()
        timer = clock.call_at(when, lambda woken=woken: woken.done() or woken.set_result(None))  # type: ignore[misc]
        try:
            await woken
        finally:
            timer.cancel()
