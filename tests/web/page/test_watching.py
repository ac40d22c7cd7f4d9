"""One reader of the feed for all pages: each hears which runs moved, in few calls, and none stops another."""

import asyncio

import pytest

from ropewalk.core.events import RunCreated, RunStarted
from ropewalk.errors import StoreError
from ropewalk.store.memory import MemoryStore
from ropewalk.store.port import Append
from ropewalk.web.page.watching import Watching


async def begin(store, run: str) -> None:
    await store.append([Append(run, 0, [RunCreated("w", "d"), RunStarted()], 0.0)])


class Heard:
    def __init__(self, fails: int = 0) -> None:
        self.runs: list[str] = []
        self.calls = 0
        self.fails = fails
        self.more = asyncio.Event()

    async def __call__(self, runs: set[str]) -> None:
        self.calls += 1
        self.more.set()
        if self.calls <= self.fails:
            raise ValueError("cannot be drawn")
        self.runs += sorted(runs)

    async def has(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.runs) < count:
                self.more.clear()
                await self.more.wait()


async def test_every_listener_hears_which_runs_moved_and_many_records_are_few_calls():
    store = MemoryStore()
    watching = Watching(store)
    one, two = Heard(), Heard()
    listeners = [watching.listen(one), watching.listen(two)]
    await asyncio.gather(one.more.wait(), two.more.wait())
    for n in range(20):
        await begin(store, f"r{n:02}")
    await one.has(20)
    await two.has(20)
    assert sorted(one.runs) == sorted(two.runs) == [f"r{n:02}" for n in range(20)]
    assert one.calls < 10
    for listener in listeners:
        await listener.close()
    assert watching._reader is None


async def test_a_page_that_cannot_be_drawn_once_is_drawn_the_next_time():
    store = MemoryStore()
    watching = Watching(store)
    heard = Heard(fails=1)
    listener = watching.listen(heard)
    await heard.more.wait()
    await begin(store, "r")
    await heard.has(1)
    await listener.close()


async def test_a_store_that_fails_for_a_moment_is_read_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ropewalk.web.page.watching.AGAIN_SECONDS", 0.0)
    store = MemoryStore()
    real, fails = store.feed, [StoreError("away")]

    async def feed(*args, **how):
        if fails:
            raise fails.pop()
        return await real(*args, **how)

    monkeypatch.setattr(store, "feed", feed)
    watching = Watching(store)
    heard = Heard()
    listener = watching.listen(heard)
    await heard.more.wait()
    await begin(store, "r")
    await heard.has(1)
    assert not fails
    await listener.close()
