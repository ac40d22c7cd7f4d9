"""Promises about the feed: the order of commits, patterns, and being told at once."""

from __future__ import annotations

import asyncio

import pytest

from ropewalk.core.events import NotePublished, RunStarted, StepDue, StepFailed, StepStarted
from ropewalk.errors import StoreError
from ropewalk.store.port import Append, Store
from ropewalk.testing.store_contract.given import append, begin, finish

LONG_SECONDS = 30.0
"""What no test waits for."""


class FeedContract:
    """`store` is fresh."""

    async def test_the_feed_is_every_record_in_the_order_of_commits(self, store: Store) -> None:
        await append(store, "a", 0, RunStarted())
        await store.append(
            [Append("b", 0, [RunStarted(), RunStarted()], 1.0), Append("a", 1, [RunStarted()], 1.0)]
        )
        await append(store, "b", 2, RunStarted())
        records = await store.feed()
        assert [record.id for record in records] == ["a/1", "b/1", "b/2", "a/2", "b/3"]
        assert [record.position for record in records] == sorted({record.position for record in records})
        assert await store.position() == records[-1].position

    async def test_the_feed_goes_on_after_a_position(self, store: Store) -> None:
        await append(store, "r", 0, *[StepStarted(step=str(n)) for n in range(5)])
        first = await store.feed(limit=2)
        rest = await store.feed(after=first[-1].position)
        assert [record.version for record in first + rest] == [1, 2, 3, 4, 5]
        assert await store.feed(after=await store.position()) == []

    @pytest.mark.parametrize(
        ("patterns", "kinds"),
        [
            (("step.*",), ["step.started", "step.failed", "step.due"]),
            (("step.due", "run.started"), ["run.started", "step.due"]),
            (("*.started",), ["run.started", "step.started"]),
            (("*",), ["run.started", "step.started", "step.failed", "step.due", "custom.published"]),
            (("step.?ue", "[s]tep.due", "step.due*x", "step"), []),
            (("*s*p*d",), ["step.started", "step.failed", "custom.published"]),
        ],
    )
    async def test_patterns_choose_kinds(
        self, store: Store, patterns: tuple[str, ...], kinds: list[str]
    ) -> None:
        events = [
            RunStarted(),
            StepStarted(step="a"),
            StepFailed(step="a"),
            StepDue(step="a"),
            NotePublished("n"),
        ]
        await append(store, "r", 0, *events)
        assert [record.kind for record in await store.feed(patterns=patterns)] == kinds
        assert [record.kind for record in await store.feed(patterns=patterns, run="r", limit=2)] == kinds[:2]

    async def test_the_feed_of_one_run_leaves_the_others_out(self, store: Store) -> None:
        for version in range(20):
            await append(store, "a", version, RunStarted())
            await append(store, "b", version, RunStarted())
        whole = await store.feed(run="a")
        assert [record.id for record in whole] == [f"a/{n}" for n in range(1, 21)]
        for after in range(await store.position() + 2):
            rest = await store.feed(after=after, run="a")
            assert rest == [record for record in whole if record.position > after]
        assert await store.feed(run="c") == []

    async def test_an_empty_store_stands_at_position_zero(self, store: Store) -> None:
        assert await store.position() == 0
        assert await store.feed() == []

    async def test_who_waits_is_told_of_an_append(self, store: Store) -> None:
        await append(store, "r", 0, RunStarted())
        position = await store.position()
        waiting = [asyncio.create_task(store.wait(position, LONG_SECONDS)) for _ in range(50)]
        await asyncio.sleep(0)
        await append(store, "r", 1, RunStarted())
        assert await asyncio.gather(*waiting) == [True] * 50

    async def test_nobody_waits_for_what_is_there(self, store: Store) -> None:
        await append(store, "r", 0, RunStarted())
        assert await store.wait(0, 0)
        assert await store.wait(0)

    async def test_waiting_ends_with_its_time(self, store: Store) -> None:
        await append(store, "r", 0, RunStarted())
        assert not await store.wait(await store.position(), 0)
        assert not await store.wait(await store.position(), 0.001)

    async def test_who_waits_for_more_than_one_append_goes_on_waiting(self, store: Store) -> None:
        waiting = asyncio.create_task(store.wait(1, LONG_SECONDS))
        await asyncio.sleep(0)
        await append(store, "r", 0, RunStarted())
        await asyncio.sleep(0)
        assert not waiting.done()
        await append(store, "r", 1, RunStarted())
        assert await waiting

    async def test_waiting_may_be_cancelled(self, store: Store) -> None:
        waiting = asyncio.create_task(store.wait(0, LONG_SECONDS))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await append(store, "r", 0, RunStarted())
        assert await store.wait(0, LONG_SECONDS)

    async def test_own_appends_are_not_those_of_somebody_else(self, store: Store) -> None:
        await append(store, "r", 0, RunStarted())
        assert not await store.elsewhere(0)
        await append(store, "r", 1, RunStarted())
        assert not await store.elsewhere(0.001)

    async def test_who_waits_is_told_when_the_store_closes(self, store: Store) -> None:
        waiting = asyncio.create_task(store.wait(0, LONG_SECONDS))
        await asyncio.sleep(0)
        await store.close()
        with pytest.raises(StoreError, match="closed"):
            await waiting

    async def test_a_position_is_never_given_twice(self, store: Store) -> None:
        await begin(store, "old")
        await begin(store, "new")
        await finish(store, "new")
        before = await store.position()
        await store.delete("new")
        assert await store.position() < before
        await append(store, "newer", 0, RunStarted())
        assert await store.position() > before
        assert [record.run for record in await store.feed(after=before)] == ["newer"]
