"""One reader of the feed for all who listen: it keeps the newest records as they are sent, and wakes everybody.

Listeners take from it at their own pace and read older records from the store; nothing waits for a slow one, and none has
a queue of its own that could grow.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from typing import Final, NamedTuple

import msgspec
import structlog

from ropewalk.app import Record, Store, kind_matcher, record_of
from ropewalk.errors import StoreError

KEPT: Final = 4_096
PAGE: Final = 500
AGAIN_SECONDS: Final = 1.0


class Line(NamedTuple):
    """A record as it is sent."""

    position: int
    run: str
    kind: str
    text: str


def line_of(record: Record) -> Line:
    return Line(record.position, record.run, record.kind, msgspec.json.encode(record_of(record)).decode())


class Fanout:
    """The newest records. `newest` is the last position that was read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: deque[Line] = deque(maxlen=KEPT)
        self._since = 0
        self._more = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self.newest = 0
        self.listeners = 0

    async def begin(self) -> None:
        """Read from now on."""
        if self._reader is None:
            self._since = self.newest = await self._store.position()
            self._reader = asyncio.create_task(self._read())

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
            self._reader = None

    async def _read(self) -> None:
        while True:
            try:
                await self._store.wait(self.newest)
                page = await self._store.feed(self.newest, PAGE)
            except StoreError as error:
                structlog.get_logger("ropewalk.web").warning("the feed cannot be read", error=str(error))
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            for record in page:
                if len(self._kept) == KEPT:
                    self._since = self._kept[0].position
                self._kept.append(line_of(record))
                self.newest = record.position
            if page:
                woken, self._more = self._more, asyncio.Event()
                woken.set()

    async def listen(
        self, after: int, patterns: Sequence[str] = (), run: str = "", beat_seconds: float = 15.0
    ) -> AsyncGenerator[list[Line], None]:
        """Pages of what matches after a position, in order, for ever; an empty page is a heartbeat. Raises StoreError."""
        fits = kind_matcher(patterns)
        self.listeners += 1
        try:
            while True:
                more = self._more
                if after < self._since:
                    page, reached = await self._older(after, patterns, run)
                else:
                    page = [line for line in self._newer(after) if fits(line.kind) and run in {"", line.run}]
                    reached = max(self.newest, after)
                after = reached
                if page:
                    yield page
                elif more is self._more and after >= self.newest:
                    try:
                        async with asyncio.timeout(beat_seconds):
                            await more.wait()
                    except TimeoutError:
                        yield []
        finally:
            self.listeners -= 1

    async def _older(self, after: int, patterns: Sequence[str], run: str) -> tuple[list[Line], int]:
        """Records from the store, and the position they reach: at least where the kept ones began before the store was read."""
        since = self._since
        page = await self._store.feed(after, PAGE, patterns, run)
        last = page[-1].position if page else after
        return [line_of(record) for record in page], last if len(page) == PAGE else max(since, last)

    def _newer(self, after: int) -> list[Line]:
        """The kept records after this position."""
        newer: list[Line] = []
        for line in reversed(self._kept):
            if line.position <= after:
                break
            newer.append(line)
        newer.reverse()
        return newer
