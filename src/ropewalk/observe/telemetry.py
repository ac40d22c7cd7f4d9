"""Follows the feed for metrics and traces as long as the doors are open; without the extra `telemetry` there are none."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from ropewalk.errors import RopewalkError
from ropewalk.observe import traces
from ropewalk.observe.metrics import Metrics
from ropewalk.store import follow_feed
from ropewalk.store.port import Store

AGAIN_SECONDS: Final = 5.0


class Telemetry:
    """`metrics` is None where the extra is not installed. Traces are sent where the environment names a collector."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.metrics: Metrics | None = None
        self.traces: traces.Traces | None = None
        try:
            self.metrics = Metrics(store)
            if traces.endpoint():
                self.traces = traces.Traces(store)
        except ImportError as error:
            structlog.get_logger("ropewalk.telemetry").info("no telemetry", missing=error.name)

    async def work(self) -> None:
        """Until it is cancelled: metrics from now on, traces from where they stopped."""
        work = [self._metrics()] if self.metrics is not None else []
        work += [self._traces()] if self.traces is not None else []
        await asyncio.gather(*work)

    async def _metrics(self) -> None:
        assert self.metrics is not None
        after = await self._store.position()
        while True:
            try:
                async for page in follow_feed(self._store, after=after):
                    for record in page:
                        after = record.position
                        await self.metrics.observe(record)
            except RopewalkError as error:
                await self._again("metrics", error)

    async def _traces(self) -> None:
        assert self.traces is not None
        if await self._store.recall(f"feed/{traces.READER}") is None:
            await self._store.remember(f"feed/{traces.READER}", await self._store.position())
        while True:
            try:
                async for page in follow_feed(self._store, traces.READER, patterns=traces.PATTERNS):
                    for record in page:
                        await self.traces.observe(record)
                    # Before the place in the feed is kept: what is not sent is read again.
                    await asyncio.to_thread(self.traces.flush)
            except RopewalkError as error:
                await self._again("traces", error)

    async def _again(self, reader: str, error: RopewalkError) -> None:
        structlog.get_logger("ropewalk.telemetry").warning(
            "the feed cannot be read", reader=reader, error=str(error)
        )
        await asyncio.sleep(AGAIN_SECONDS)

    def close(self) -> None:
        """Send what is left; a collector that is gone is not waited for longer than its own limit."""
        for exporter in (self.metrics, self.traces):
            if exporter is not None:
                exporter.close()
