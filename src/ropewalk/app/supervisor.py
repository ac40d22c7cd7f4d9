"""Drives every run of a store for as long as it is let: what is new or unfinished is picked up when the feed says so.

A run that cannot be driven is tried again later and later; nothing that a run does ends the supervisor.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from ropewalk.core import FOR_PEOPLE, State
from ropewalk.core.events import AskOpened
from ropewalk.errors import LeaseHeld, RopewalkError
from ropewalk.store import read_feed

if TYPE_CHECKING:
    from ropewalk.app.open import Ropewalk
    from ropewalk.store.port import RunRow

LOOK_SECONDS = 15.0
"""How often it looks even when nothing was said: a driver elsewhere may have died."""
FIRST_SECONDS, MOST_SECONDS = 0.5, 60.0
PATTERNS = (
    "run.created",
    "run.started",
    "run.resumed",
    "run.reopened",
    "landing.begun",
    "ask.answered",
    "fact.set",
    "budget.raised",
    "step.retried",
)
"""What lets a run go on that nobody drives here."""


class Supervisor:
    """`errors` counts what went wrong since it began, `driven` what is driven now; `last_error` is for people."""

    def __init__(self, ropewalk: Ropewalk) -> None:
        self.ropewalk = ropewalk
        self.errors = 0
        self.last_error = ""
        self.alive = False
        self._driving: dict[str, asyncio.Task[None]] = {}
        self._failures: dict[str, int] = {}
        self._rests: dict[str, float] = {}
        self._again: set[str] = set()
        self._nudged = asyncio.Event()

    @property
    def driven(self) -> list[str]:
        return list(self._driving)

    async def work(self) -> None:
        """Until it is cancelled; then what is driven here is stopped and left for the next driver."""
        self.alive = True
        try:
            await self._tidy()
            await self._work()
        finally:
            self.alive = False
            await self.stop()

    async def _tidy(self) -> None:
        """What a kill left of the folders of ended runs goes first."""
        from ropewalk.app.cleaning import tidy

        try:
            stay = await tidy(self.ropewalk)
        except RopewalkError as error:
            self._count(error, "clearing up")
            return
        for run, reasons in stay.items():
            import structlog

            structlog.get_logger("ropewalk.supervisor").warning("folders stay", run=run, reasons=reasons)

    async def stop(self) -> None:
        """Let go of every run."""
        for driver in list(self.ropewalk.engine.drivers.values()):
            driver.stop()
        await asyncio.gather(*self._driving.values(), return_exceptions=True)

    async def _work(self) -> None:
        store = self.ropewalk.store
        position, looked, has_news = 0, 0.0, False
        while True:
            self._nudged.clear()
            now = self.ropewalk.engine.clock.now()
            try:
                newest = await store.position()
                if not has_news or now - looked >= LOOK_SECONDS:
                    await self._look()
                    looked = now
                else:
                    await self._hear(position)
                position = newest
            except RopewalkError as error:
                self._count(error, "looking for work")
            has_news = await self._something(position)

    async def _something(self, position: int) -> bool:
        """Wait for news (True), or until it is time to look at everything again."""
        nudged = asyncio.create_task(self._nudged.wait())
        news = asyncio.create_task(self.ropewalk.store.wait(position, self._patience()))
        try:
            done, _ = await asyncio.wait({nudged, news}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            nudged.cancel()
            news.cancel()
            await asyncio.gather(nudged, news, return_exceptions=True)
        if news not in done or news.cancelled():
            return False
        if news.exception() is not None:
            await asyncio.sleep(FIRST_SECONDS)
            return False
        return news.result()

    def _patience(self) -> float:
        """Seconds until something rests no more, at most LOOK_SECONDS."""
        now = self.ropewalk.engine.clock.now()
        soonest = min(self._rests.values(), default=now + LOOK_SECONDS)
        return min(max(soonest - now, 0.05), LOOK_SECONDS)

    async def _look(self) -> None:
        """Every run that is unfinished."""
        now = self.ropewalk.engine.clock.now()
        unfinished = await self.ropewalk.store.unfinished()
        open_runs = set(unfinished)
        expiring = await self._expiring()
        for run in unfinished:
            row = await self.ropewalk.store.row(run)
            # A called run is driven by the run that called it.
            if (
                row.parent not in open_runs
                and row.reason != "imported"
                and (run in expiring or _may_move(row))
            ):
                self._begin(run)
        # What rested until now has been looked at; of a run that is over nothing is waited for.
        self._rests = {run: until for run, until in self._rests.items() if until > now}

    async def _hear(self, position: int) -> None:
        """The runs that something was said of."""
        runs = [record.run async for record in read_feed(self.ropewalk.store, position, PATTERNS)]
        for run in dict.fromkeys(runs):
            row = await self.ropewalk.store.row(run)
            if row.parent and (await self.ropewalk.store.row(row.parent)).ended_at is None:
                run = row.parent
            elif row.ended_at is not None:
                continue
            self._begin(run)

    async def _expiring(self) -> set[str]:
        """Runs with an ask that answers itself before long."""
        soon = self.ropewalk.engine.clock.now() + LOOK_SECONDS
        opened = [(run, record.event) for run, record in await self.ropewalk.store.asks()]
        return {
            run
            for run, ask in opened
            if isinstance(ask, AskOpened) and ask.expires_at is not None and ask.expires_at < soon
        }

    def _begin(self, run: str) -> None:
        if self._rests.get(run, 0.0) > self.ropewalk.engine.clock.now():
            return
        if run in self._driving or run in self.ropewalk.engine.drivers:
            self._again.add(run)
            return
        self._rests.pop(run, None)
        self._driving[run] = asyncio.create_task(self._drive(run))

    async def _drive(self, run: str) -> None:
        try:
            state: State = await self.ropewalk.drive(run)
        except LeaseHeld:
            self._rests[run] = self.ropewalk.engine.clock.now() + LOOK_SECONDS
        except Exception as error:  # noqa: BLE001 - whatever one run does, the others go on
            self._count(error, f"driving run {run}")
            self._rest(run)
        else:
            self._failures.pop(run, None)
            if state.ended:
                self._again.discard(run)
        finally:
            del self._driving[run]
            if run in self._again:
                self._again.discard(run)
                if self.alive:
                    self._begin(run)

    def _rest(self, run: str) -> None:
        failures = self._failures[run] = self._failures.get(run, 0) + 1
        wait = min(FIRST_SECONDS * 2 ** min(failures, 10), MOST_SECONDS)
        self._rests[run] = self.ropewalk.engine.clock.now() + wait
        self._nudged.set()

    def _count(self, error: Exception, doing: str) -> None:
        import structlog

        self.errors += 1
        self.last_error = f"{doing}: {error}"
        structlog.get_logger("ropewalk.serve").warning("could not go on", doing=doing, error=str(error))


def _may_move(row: RunRow) -> bool:
    """Whether driving could do anything: a run that only waits for people is left until they said something."""
    return row.status != "paused" or row.reason not in FOR_PEOPLE


@contextlib.asynccontextmanager
async def supervised(supervisor: Supervisor | None) -> AsyncIterator[None]:
    """The supervisor works inside; None: others drive."""
    if supervisor is None:
        yield
        return
    working = asyncio.create_task(supervisor.work())
    try:
        yield
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
