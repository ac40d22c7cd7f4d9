"""Appends of runs that move together share one commit; a failing store is told to everybody who waited."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from ropewalk.core.events import RunStarted
from ropewalk.errors import StoreError
from ropewalk.runtime.committer import Committer
from ropewalk.store.memory import MemoryStore
from ropewalk.store.port import Append, Appended


class Counting(MemoryStore):
    """Counts commits, and fails when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []
        self.broken = False

    async def append(self, appends: Sequence[Append]) -> list[Appended]:
        if self.broken:
            raise StoreError(store="it", reason="the disk is full")
        self.batches.append(len(appends))
        return await super().append(appends)


def one(run: str, expected: int = 0) -> Append:
    return Append(run, expected, [RunStarted()], 1.0)


async def test_a_run_that_moves_alone_commits_at_once() -> None:
    store = Counting()
    committer = Committer(store)
    committer.runs = 1
    assert (await committer.append(one("a"))).version == 1
    assert store.batches == [1]


async def test_runs_that_move_together_share_a_commit_and_a_conflict_is_its_owners_alone() -> None:
    store = Counting()
    committer = Committer(store)
    committer.runs = 3
    found = await asyncio.gather(
        *(committer.append(one(name, n)) for name, n in (("a", 0), ("b", 5), ("c", 0)))
    )
    assert store.batches == [3]
    assert [result.conflict for result in found] == [False, True, False]


async def test_a_failing_store_is_told_to_everybody_and_later_appends_go_on() -> None:
    store = Counting()
    committer = Committer(store)
    committer.runs = 2
    store.broken = True
    told = await asyncio.gather(
        committer.append(one("a")), committer.append(one("b")), return_exceptions=True
    )
    assert all(isinstance(error, StoreError) for error in told)
    store.broken = False
    assert (await committer.append(one("a"))).version == 1


async def test_one_who_stopped_waiting_does_not_disturb_the_others() -> None:
    store = Counting()
    committer = Committer(store)
    committer.runs = 2
    gone = asyncio.ensure_future(committer.append(one("a")))
    stays = asyncio.ensure_future(committer.append(one("b")))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await stays).version == 1
    with pytest.raises(asyncio.CancelledError):
        await gone
