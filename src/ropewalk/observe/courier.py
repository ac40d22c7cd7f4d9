"""Delivers to every webhook what it wants to hear, in order for each run, at least once, and comes back to what failed.

Runs do not wait for each other's events; a run's next event waits until the one before was taken or given up.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Sequence
from typing import Final

import structlog
from msgspec import Struct

from ropewalk.errors import RopewalkError
from ropewalk.observe.deliver import TIMEOUT_SECONDS, deliver
from ropewalk.observe.webhooks import Dead, Webhook, Webhooks
from ropewalk.ownership import judge_in, new_owner
from ropewalk.store import Claimant, follow_feed
from ropewalk.store.port import Record, Store

AT_ONCE: Final = 8
LOOK_SECONDS: Final = 5.0
BAG: Final = "webhooks"
"""What the courier of a store holds the lease of."""


class Patience(Struct, frozen=True):
    """How long it is tried: `tries` times, `first` seconds after the first, then `factor` times longer, at most `most`."""

    tries: int = 9
    first: float = 2.0
    factor: float = 3.0
    most: float = 1_800.0
    timeout: float = TIMEOUT_SECONDS

    def wait(self, tried: int) -> float:
        """Seconds to wait after so many tries, with jitter so that retries do not all come at once."""
        return min(self.first * self.factor ** (tried - 1), self.most) * random.uniform(0.8, 1.2)


class Courier:
    """Delivers for one store. `delivered`, `failed` and `given_up` count since it began."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], float],
        *,
        private: bool = False,
        patience: Patience | None = None,
    ) -> None:
        self.webhooks = Webhooks(store)
        self._store = store
        self._now = now
        self._private = private
        self._patience = patience or Patience()
        self._claimant = Claimant(store, str(new_owner()), judge_in(None), time.monotonic, now)
        self._burying = asyncio.Lock()
        self._places = asyncio.Semaphore(AT_ONCE)
        self.delivered = self.failed = self.given_up = 0

    async def work(self) -> None:
        """Until it is cancelled. Webhooks that are added or removed are seen within seconds; of several couriers of one
        store, one works.
        """
        working: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                try:
                    ours = await self._has_the_bag()
                    known = {webhook.id: webhook for webhook in await self.webhooks.all()} if ours else {}
                except RopewalkError as error:
                    self._say("webhooks cannot be read", error)
                    known = {}
                for name in [name for name in working if name not in known or working[name].done()]:
                    self._forget(working.pop(name))
                for name in known.keys() - working.keys():
                    working[name] = asyncio.create_task(self._follow(known[name]))
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            for task in working.values():
                task.cancel()
            await asyncio.gather(*working.values(), return_exceptions=True)
            with contextlib.suppress(RopewalkError):
                await self._claimant.release(BAG)

    def _forget(self, task: asyncio.Task[None]) -> None:
        """The task is started again in the next round, if its webhook is still there."""
        if task.done() and not task.cancelled() and task.exception() is not None:
            self._say("delivering to a webhook failed", task.exception())
        task.cancel()

    async def _has_the_bag(self) -> bool:
        return (await self._claimant.claim(BAG)).owner == self._claimant.owner

    async def _follow(self, webhook: Webhook, *, live: bool = True) -> None:
        try:
            async for page in follow_feed(self._store, webhook.reader, patterns=webhook.patterns, live=live):
                await self._page(webhook, page)
        except* RopewalkError as error:
            self._say("a webhook's feed cannot be read", error)

    async def catch_up(self, webhook: Webhook) -> None:
        """Deliver what there is up to now."""
        await self._follow(webhook, live=False)

    async def _page(self, webhook: Webhook, page: Sequence[Record]) -> None:
        """All of it; what was delivered of it before a crash is not delivered again."""
        done = await self.webhooks.done(webhook)
        runs: dict[str, list[Record]] = {}
        for record in page:
            if record.version > done.get(record.run, 0):
                runs.setdefault(record.run, []).append(record)
        done = {run: version for run, version in done.items() if run in runs}
        async with asyncio.TaskGroup() as group:
            for records in runs.values():
                group.create_task(self._run(webhook, records, done))

    async def _run(self, webhook: Webhook, records: list[Record], done: dict[str, int]) -> None:
        for record in records:
            reason, tries = await self._until_taken(webhook, record)
            if reason:
                self.given_up += 1
                async with self._burying:
                    await self.webhooks.bury(webhook, record, reason, tries, self._now())
            done[record.run] = record.version
            await self.webhooks.settle(webhook, done)

    async def _until_taken(self, webhook: Webhook, record: Record) -> tuple[str, int]:
        """ "" once it was taken, or the last reason; and how many tries it took."""
        tried = 0
        while True:
            tried += 1
            reason = await self._once(webhook, record)
            if not reason or tried >= self._patience.tries:
                return reason, tried
            await asyncio.sleep(self._patience.wait(tried))

    async def _once(self, webhook: Webhook, record: Record) -> str:
        async with self._places:
            reason = await deliver(
                webhook, record, self._now(), private=self._private, seconds=self._patience.timeout
            )
        if reason:
            self.failed += 1
            self._say("a webhook was not taken", reason, webhook=webhook.id, delivery=record.id)
        else:
            self.delivered += 1
        return reason

    async def replay(self, webhook: Webhook, names: Sequence[str] = ()) -> list[tuple[Dead, str]]:
        """Try dead letters once more, all or those of these ids, in order; one that is accepted is removed. Gives each with
        the reason why it was not accepted ("": it was)."""
        replayed: list[tuple[Dead, str]] = []
        stuck: set[str] = set()
        for dead in await self.webhooks.dead(webhook):
            if (names and dead.id not in names) or dead.run in stuck:
                continue
            records = await self._store.feed(dead.position - 1, 1, (), dead.run)
            if not records or records[0].version != dead.version:
                reason = "its record is not there any more"
            else:
                reason = await self._once(webhook, records[0])
            if reason:
                stuck.add(dead.run)
            else:
                await self.webhooks.raised(webhook, dead)
            replayed.append((dead, reason))
        return replayed

    def _say(self, event: str, reason: object, **more: str) -> None:
        structlog.get_logger("ropewalk.webhooks").warning(event, reason=str(reason), **more)
