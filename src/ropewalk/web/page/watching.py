"""The one reader of the feed for all pages of this process: it says which runs moved, not more often than a page can show."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from ropewalk.app import Store
from ropewalk.errors import StoreError

BATCH_SECONDS: Final = 0.1
AGAIN_SECONDS: Final = 1.0
PAGE: Final = 1_000

Heard = Callable[[set[str]], Awaitable[None]]
"""Takes the runs that have moved since it was called last."""


class Watching:
    """Reads the feed from the first listener on until the last is closed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: set[PageListener] = set()
        self._reader: asyncio.Task[None] | None = None

    def listen(self, heard: Heard) -> PageListener:
        """Call `heard` with every run that has new events from now on, until the listener is closed."""
        listener = PageListener(self, heard)
        self._listeners.add(listener)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        return listener

    def forget(self, listener: PageListener) -> None:
        self._listeners.discard(listener)
        if not self._listeners and self._reader is not None:
            self._reader.cancel()
            self._reader = None

    async def _read(self) -> None:
        position = -1
        while True:
            try:
                if position < 0:
                    position = await self._store.position()
                    # What came in before the position was known is on no page yet.
                    self._tell(set())
                if not await self._store.wait(position, 30.0):
                    continue
                page = await self._store.feed(position, PAGE)
            except StoreError as error:
                structlog.get_logger("ropewalk.web").warning("the feed cannot be read", error=str(error))
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            if page:
                position = page[-1].position
                self._tell({record.run for record in page})

    def _tell(self, runs: set[str]) -> None:
        for listener in self._listeners:
            listener.note(runs)


class PageListener:
    """The listener of one page. Calls come one after the other; those that come while a page is drawn become one."""

    def __init__(self, watching: Watching, heard: Heard) -> None:
        self._watching = watching
        self._heard = heard
        self._runs: set[str] = set()
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._work())

    def note(self, runs: set[str]) -> None:
        self._runs |= runs
        self._news.set()

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._news.wait()
            self._news.clear()
            runs, self._runs = self._runs, set()
            began = loop.time()
            try:
                await self._heard(runs)
            except Exception as error:  # noqa: BLE001 - one page that cannot be drawn stops no other, nor itself for ever
                structlog.get_logger("ropewalk.web").warning("a page could not be drawn", error=repr(error))
            await asyncio.sleep(max(BATCH_SECONDS, 3 * (loop.time() - began)))

    async def close(self) -> None:
        self._watching.forget(self)
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
