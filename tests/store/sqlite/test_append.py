"""Several processes append to one file, and one that is killed leaves whole appends only."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from ropewalk.core.events import RunStarted, StepDue
from ropewalk.errors import StoreError
from ropewalk.store.port import Appended
from ropewalk.store.sqlite import SqliteStore
from ropewalk.store.sqlite import append as module
from ropewalk.testing.store_contract.given import append, begin, finish
from tests.store.sqlite.appender import BATCH
from tests.store.sqlite.conftest import Start


async def test_two_processes_that_append_to_one_run_lose_nothing(store: SqliteStore, start: Start):
    processes = [start("many", "shared", "60"), start("many", "shared", "60")]
    said = [await asyncio.to_thread(process.communicate) for process in processes]
    assert [out for out, _ in said] == ["open\ndone\n"] * 2
    records = await store.read("shared")
    assert Counter(one.event.step for one in records if isinstance(one.event, StepDue)) == {
        f"shared {n}": 2 for n in range(60)
    }
    assert [one.version for one in await store.feed()] == list(range(1, 121))
    assert await store.verify() == []


@pytest.mark.parametrize("acknowledged", [1, 4])
async def test_a_process_killed_while_it_appends_leaves_whole_appends(
    path: Path, start: Start, acknowledged: int
):
    process = start("forever", "r")
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(1 + acknowledged)]
    process.kill()
    process.wait()
    store = SqliteStore(path)
    version = (await store.read("r"))[-1].version
    assert version % BATCH == 0
    assert version >= int(lines[-1])
    assert await store.verify() == []
    await store.close()


async def test_an_append_that_is_killed_before_its_commit_is_not_there(store: SqliteStore, start: Start):
    await append(store, "r", 0, *[StepDue(step=str(n)) for n in range(BATCH)])
    process = start("half", "r")
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in "ab"] == ["open\n", "in the middle\n"]
    process.kill()
    process.wait()
    assert (await append(store, "r", BATCH, RunStarted())).version == BATCH + 1
    assert await store.verify() == []


async def test_a_remembered_head_that_is_stale_is_a_conflict(store: SqliteStore, path: Path):
    other = SqliteStore(path)
    await append(store, "r", 0, RunStarted())
    await append(other, "r", 1, RunStarted())
    assert await append(store, "r", 1, RunStarted()) == Appended("r", 2, 0, conflict=True)
    assert (await append(store, "r", 2, RunStarted())).version == 3
    assert await store.verify() == []
    await other.close()


async def test_a_run_that_was_deleted_elsewhere_is_not_continued(store: SqliteStore, path: Path):
    other = SqliteStore(path)
    await begin(store, "r")
    await finish(store, "r")
    await other.delete("r")
    assert await append(store, "r", 3, RunStarted()) == Appended("r", 0, 0, conflict=True)
    assert (await append(store, "r", 0, RunStarted())).position == 5
    await other.close()


async def test_only_so_many_heads_are_remembered(store: SqliteStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "HEADS", 3)
    for number in range(9):
        await append(store, f"r{number}", 0, RunStarted())
    assert list(store.log._heads) == ["r6", "r7", "r8"]
    assert (await append(store, "r0", 1, RunStarted())).version == 2


async def test_a_history_with_a_hole_is_not_appended_to(store: SqliteStore):
    await append(store, "r", 0, RunStarted(), RunStarted())
    store.file.db.execute("UPDATE records SET version = 4 WHERE version = 1")
    with pytest.raises(StoreError, match="UNIQUE"):
        await append(store, "r", 2, RunStarted(), RunStarted())
    store.file.db.execute("UPDATE records SET version = 1 WHERE version = 4")
    assert len(await store.feed()) == 2
    assert await store.verify() == []


async def test_who_waits_is_told_what_another_process_appends(store: SqliteStore, start: Start):
    waiting = asyncio.create_task(store.wait(2, 30.0))
    await asyncio.sleep(0)
    process = start("many", "r", "3")
    assert await waiting
    await asyncio.to_thread(process.communicate)
    assert await store.position() == 3
