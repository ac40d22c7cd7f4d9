"""Time limits of one attempt: it may take so long, and must not be silent for longer than that, both but for the
time in which a person is asked; its output is written as it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from ropewalk.core import Failure, Outcome
from ropewalk.definition import Timeouts
from ropewalk.runtime.clock import Cancel, Clock
from ropewalk.runtime.desk import FLUSH_SECONDS, AttemptDesk


class Watch:
    """Runs the work of an attempt and ends it when it is over its time. Being cancelled cancels the work."""

    def __init__(self, clock: Clock, desk: AttemptDesk, limits: Timeouts) -> None:
        self._clock = clock
        self._desk = desk
        self._limits = limits
        self._timer: Cancel | None = None
        self._task: asyncio.Task[Outcome] | None = None
        self._why = ""
        self._end_at = (
            clock.monotonic() + limits.attempt_seconds if limits.attempt_seconds is not None else None
        )
        self._flush: asyncio.Task[None] | None = None

    async def run(self, work: Coroutine[Any, Any, Outcome]) -> Outcome:
        """The work's outcome, or a timeout as one."""
        self._task = asyncio.ensure_future(work)
        self._set_timer()
        try:
            return await asyncio.shield(self._task)
        except asyncio.CancelledError:
            if not self._task.done():
                self._task.cancel()
                await asyncio.wait({self._task})
            if self._why and not _cancelled():
                return Outcome(failure=Failure(kind="timeout", message=self._why))
            raise
        finally:
            if self._timer is not None:
                self._timer.cancel()
            if self._flush is not None:
                await self._flush
            await self._desk.close()

    def _set_timer(self) -> None:
        now = self._clock.monotonic()
        due = [now + FLUSH_SECONDS]
        if self._end_at is not None:
            due.append(self._end_at + self._desk.waited)
        if self._limits.idle_seconds is not None:
            due.append(self._desk.last_sign + self._limits.idle_seconds)
        self._timer = self._clock.call_later(min(due) - now, self._look)

    def _look(self) -> None:
        now = self._clock.monotonic()
        idle = self._limits.idle_seconds
        if self._desk.asking:
            self._desk.alive()  # a person who thinks is no silence, and takes none of its time
        if self._end_at is not None and now >= self._end_at + self._desk.waited:
            self._stop(f"the attempt took longer than {self._limits.attempt_seconds:g} s")
        elif idle is not None and now >= self._desk.last_sign + idle:
            self._stop(f"no sign of life for {idle:g} s")
        else:
            if self._flush is None or self._flush.done():
                self._flush = asyncio.ensure_future(self._desk.flush())
            self._set_timer()

    def _stop(self, why: str) -> None:
        self._why = why
        if self._task is not None:
            self._task.cancel()


def _cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
