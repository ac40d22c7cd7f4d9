"""One reader of the feed for all listeners: each hears everything after its position once and in order, whatever the others do."""

import asyncio
import contextlib

import pytest

from ropewalk.core.events import NotePublished, RunCreated, RunStarted
from ropewalk.errors import StoreError
from ropewalk.store.memory import MemoryStore
from ropewalk.store.port import Append
from ropewalk.web import fanout as module
from ropewalk.web.fanout import Fanout, line_of


@pytest.fixture
async def store():
    return MemoryStore()


@pytest.fixture
async def fanout(store):
    opened = Fanout(store)
    yield opened
    await opened.close()


async def begin(store, run="r"):
    """Two records."""
    await store.append([Append(run, 0, [RunCreated("w", "d"), RunStarted()], 0.0)])


async def notes(store, count, run="r", after=2):
    events = [NotePublished(name=f"n{n}") for n in range(count)]
    await store.append([Append(run, after, events, 0.0)])


async def take(pages, count):
    """So many lines."""
    lines = []
    async with asyncio.timeout(10):
        async for page in pages:
            lines += page
            if len(lines) >= count:
                return lines
    return lines


def listening(fanout, *words, **how):
    return contextlib.aclosing(fanout.listen(*words, **how))


async def test_what_came_before_it_was_opened_is_read_from_the_store_and_what_comes_after_joins_it(
    store, fanout
):
    await begin(store)
    await fanout.begin()
    async with listening(fanout, 0) as pages:
        assert [line.position for line in await take(pages, 2)] == [1, 2]
        await notes(store, 3)
        assert [line.position for line in await take(pages, 3)] == [3, 4, 5]
    assert fanout.newest == 5


@pytest.mark.parametrize("after", [0, 1, 3, 6])
async def test_a_listener_gets_all_after_its_position_though_few_records_are_kept(
    store, fanout, monkeypatch, after
):
    monkeypatch.setattr(module, "PAGE", 2)
    await fanout.begin()
    fanout._kept = type(fanout._kept)(maxlen=3)
    monkeypatch.setattr(module, "KEPT", 3)
    await begin(store)
    await notes(store, 6)
    async with listening(fanout, after) as pages:
        assert [line.position for line in await take(pages, 8 - after)] == list(range(after + 1, 9))


async def test_patterns_and_a_run_choose_in_the_store_as_in_memory(store, fanout, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 2)
    for run in ("a", "b"):
        await begin(store, run)
        await notes(store, 3, run)
    await fanout.begin()
    async with listening(fanout, 0, ["run.*"], "b") as pages:
        assert [(line.run, line.kind) for line in await take(pages, 2)] == [
            ("b", "run.created"),
            ("b", "run.started"),
        ]
        await begin(store, "c")
        await store.append([Append("b", 5, [RunStarted()], 0.0)])
        assert [(line.run, line.position) for line in await take(pages, 1)] == [("b", 13)]


async def test_where_nothing_is_new_an_empty_page_says_that_it_is_alive(fanout):
    await fanout.begin()
    async with listening(fanout, 0, beat_seconds=0.0) as pages:
        assert [await anext(pages), await anext(pages)] == [[], []]


async def test_a_position_of_the_future_hears_only_what_comes_after_it(store, fanout):
    await fanout.begin()
    async with listening(fanout, 3) as pages:
        await begin(store)
        await notes(store, 2)
        assert [line.position for line in await take(pages, 1)] == [4]


async def test_one_who_does_not_take_keeps_nobody_else_waiting(store, fanout):
    await fanout.begin()
    async with listening(fanout, 0) as slow, listening(fanout, 0) as quick:
        await begin(store)
        await anext(slow)
        await notes(store, 20)
        assert len(await take(quick, 22)) == 22
        assert [line.position for line in await take(slow, 20)] == list(range(3, 23))


async def test_listeners_are_counted_until_they_go(fanout):
    await fanout.begin()
    async with listening(fanout, 0, beat_seconds=0.0) as one, listening(fanout, 0, beat_seconds=0.0) as two:
        await asyncio.gather(anext(one), anext(two))
        assert fanout.listeners == 2
    assert fanout.listeners == 0


async def test_a_store_that_fails_for_a_moment_is_read_again(store, fanout, monkeypatch):
    monkeypatch.setattr(module, "AGAIN_SECONDS", 0.0)
    real, failures = store.feed, [StoreError("away")]

    async def feed(*words, **how):
        if failures:
            raise failures.pop()
        return await real(*words, **how)

    monkeypatch.setattr(store, "feed", feed)
    await fanout.begin()
    async with listening(fanout, 0) as pages:
        await begin(store)
        assert len(await take(pages, 2)) == 2
    assert not failures


async def test_it_may_be_opened_and_closed_twice(store, fanout):
    await fanout.begin()
    reader = fanout._reader
    await fanout.begin()
    assert fanout._reader is reader
    await fanout.close()
    await fanout.close()
    assert reader.cancelled()


async def test_a_line_is_the_record_as_one_line_of_json(store):
    await store.append([Append("r", 0, [RunCreated("w\n\u2028", "d")], 0.0, "ada")])
    (record,) = await store.feed()
    line = line_of(record)
    assert (line.position, line.run, line.kind) == (1, "r", "run.created")
    assert "\n" not in line.text
    assert '"actor":"ada"' in line.text
