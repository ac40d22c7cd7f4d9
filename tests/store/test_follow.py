"""A reader of the feed sees everything at least once and in order, whenever it stops and begins again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ropewalk.core.events import RunStarted, StepDue
from ropewalk.store import follow as module
from ropewalk.store.follow import follow_feed, read_feed
from ropewalk.store.memory import MemoryStore
from ropewalk.store.sqlite import SqliteStore
from ropewalk.testing.store_contract.given import append, begin, finish


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


async def read(store: MemoryStore | SqliteStore, **how: object) -> list[str]:
    """What there is now."""
    return [one.id async for page in follow_feed(store, live=False, **how) for one in page]  # type: ignore[arg-type]


async def test_a_reader_goes_on_where_it_stopped(store: MemoryStore):
    await append(store, "r", 0, RunStarted(), RunStarted())
    assert await read(store, name="metrics") == ["r/1", "r/2"]
    await append(store, "r", 2, RunStarted())
    assert await read(store, name="metrics") == ["r/3"]
    assert await read(store, name="metrics") == []
    assert await read(store, name="webhooks") == await read(store) == ["r/1", "r/2", "r/3"]
    assert await read(store, name="metrics", after=1) == ["r/2", "r/3"]


async def test_a_reader_that_dies_with_a_page_sees_it_again(store: MemoryStore):
    await append(store, "r", 0, RunStarted())
    pages = follow_feed(store, "metrics")
    assert [one.id for one in await anext(pages)] == ["r/1"]
    await pages.aclose()  # type: ignore[attr-defined]
    assert await read(store, name="metrics") == ["r/1"]


async def test_a_reader_is_told_what_comes(store: MemoryStore):
    pages = follow_feed(store, "metrics", patterns=["step.*"])
    coming = asyncio.ensure_future(anext(pages))
    for version in range(3):
        await append(store, "r", version, RunStarted())
        await asyncio.sleep(0)
    await append(store, "r", 3, StepDue("a"))
    assert [one.id for one in await coming] == ["r/4"]
    coming = asyncio.ensure_future(anext(pages))
    await append(store, "other", 0, StepDue("a"))
    assert [one.id for one in await coming] == ["other/1"]
    assert await store.recall("feed/metrics") == 4


async def test_what_does_not_match_is_not_looked_at_again(store: MemoryStore):
    await append(store, "r", 0, StepDue("a"), *[RunStarted()] * 9)
    assert await read(store, name="metrics", patterns=["step.*"]) == ["r/1"]
    assert await store.recall("feed/metrics") == 10


async def test_long_feeds_come_in_pages(store: MemoryStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "PAGE", 4)
    await append(store, "r", 0, *[RunStarted()] * 9)
    sizes = [len(page) async for page in follow_feed(store, live=False)]
    assert sizes == [4, 4, 1]
    await append(store, "s", 0, *[RunStarted()] * 8)
    assert [len(page) async for page in follow_feed(store, live=False, run="s")] == [4, 4]


async def test_a_reader_is_not_led_back_when_the_newest_run_is_deleted(tmp_path: Path):
    store = SqliteStore(tmp_path / "ropewalk.db")
    await begin(store, "old")
    await begin(store, "new")
    await finish(store, "new")
    assert len(await read(store, name="metrics")) == 5
    await store.delete("new")
    assert await read(store, name="metrics") == []
    await append(store, "newer", 0, RunStarted())
    assert await read(store, name="metrics") == ["newer/1"]
    await store.close()


async def test_all_that_is_there_is_read_record_by_record(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "PAGE", 2)
    await append(store, "r", 0, RunStarted(), StepDue("a"), RunStarted(), RunStarted(), RunStarted())
    await append(store, "s", 0, RunStarted())
    found = [record async for record in read_feed(store, 0, ("run.started",))]
    assert [record.id for record in found] == ["r/1", "r/3", "r/4", "r/5", "s/1"]
    assert [record.id async for record in read_feed(store, found[2].position)] == ["r/5", "s/1"]
    assert [record.id async for record in read_feed(store, run="s")] == ["s/1"]
