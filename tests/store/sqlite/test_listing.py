"""The run list is folded late, in batches, by the one who looks first, and is always what the feed says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from ropewalk.core.events import AskOpened, RunCompleted, RunCreated, StepDue, StepSucceeded
from ropewalk.errors import StoreError
from ropewalk.store.memory import MemoryStore
from ropewalk.store.port import Append
from ropewalk.store.sqlite import SqliteStore
from ropewalk.store.sqlite import listing as module
from ropewalk.store.sqlite.listing import BATCH
from ropewalk.testing.store_contract.given import append, begin


async def busy(*stores: SqliteStore | MemoryStore) -> None:
    """More than two batches: one long run across them, many short ones between."""
    for store in stores:
        version = await begin(store, "long", AskOpened("plan", ask="1"))
        for number in range(24):
            done = await append(store, "long", version, *[StepDue(str(n)) for n in range(BATCH // 10)])
            version = done.version
            await begin(store, f"short-{number}", StepSucceeded("plan"), RunCompleted(), parent="long")


async def test_catching_up_goes_in_batches(store: SqliteStore):
    memory = MemoryStore()
    await busy(store, memory)
    assert await store.position() > 2 * BATCH
    assert await store.runs() == await memory.runs()
    assert await store.asks() == await memory.asks()
    assert store.file.fetch_one("SELECT count(*) FROM refs") == (25,)


async def test_several_catch_up_at_once_without_harm(store: SqliteStore, path: Path):
    await busy(store)
    other = SqliteStore(path)
    rows = await asyncio.gather(store.runs(), other.runs(), store.runs(), other.runs())
    assert rows[0] == rows[1] == rows[2] == rows[3]
    assert rows[0][-1].version == 3 + 24 * BATCH // 10
    assert await other.unfinished() == ["long"]
    await other.close()


async def test_reading_a_list_that_is_up_to_date_writes_nothing(store: SqliteStore, path: Path):
    other = SqliteStore(path)
    await begin(store, "r")
    await store.runs()
    before = other.file.fetch_one("PRAGMA data_version")
    await store.runs()
    await store.unfinished()
    await store.row("r")
    await store.asks()
    assert other.file.fetch_one("PRAGMA data_version") == before
    await other.close()


async def test_another_edition_of_the_fold_builds_the_list_anew(store: SqliteStore):
    await busy(store)
    before = await store.runs()
    store.file.db.execute("UPDATE views SET shape = 0")
    store.file.db.execute("UPDATE runs SET status = 'failed', view = x'00'")
    store.file.db.execute("DELETE FROM asks")
    assert await store.runs() == before
    assert len(await store.asks()) == 1


async def test_the_list_never_lags_far_behind(store: SqliteStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "BEHIND", 3000)

    def lag() -> int:
        position, _, newest = store.file.fetch_one(module.LAG)
        return int(newest - position)

    version = await begin(store, "r")
    lags = []
    for _ in range(50):
        version = (await append(store, "r", version, *[StepDue("a")] * 200)).version
        lags.append(lag())
    assert 3000 - 200 <= max(lags) <= 3000 + 200
    assert min(lags[20:]) >= 3000 - BATCH
    assert (await store.row("r")).version == version


async def test_a_list_that_cannot_keep_up_does_not_fail_the_append(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "BEHIND", 10)
    await begin(store, "r", *[StepDue("a")] * 20)
    store.file.db.execute("DROP TABLE runs")
    assert not (await append(store, "r", 22, *[StepDue("a")] * 20)).conflict
    with pytest.raises(StoreError, match="runs"):
        await store.runs()


async def test_a_store_that_closes_leaves_the_list_not_far_behind(path: Path):
    store = SqliteStore(path)
    await begin(store, "r", *[StepDue("a")] * (2 * BATCH + 7))
    await store.close()
    other = SqliteStore(path)
    position, _, newest = other.file.fetch_one(module.LAG)
    assert (position, newest) == (2 * BATCH, 2 * BATCH + 9)
    assert (await other.row("r")).version == newest
    await other.close()


async def test_only_so_many_definitions_are_remembered(store: SqliteStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "DEFINITIONS", 2)
    for count in range(1, 6):
        steps = [{"id": f"step-{n}"} for n in range(count)]
        digest = await store.put_blob(msgspec.json.encode({"steps": steps}))
        await append(store, f"r{count}", 0, RunCreated(workflow="build", digest=digest))
    assert [row.steps_total for row in await store.runs()] == [5, 4, 3, 2, 1]
    assert len(store.run_list._steps) <= 2


async def test_a_definition_is_read_once(store: SqliteStore):
    await begin(store, "a")
    assert (await store.row("a")).steps_total == 3
    store.file.db.execute("DELETE FROM blobs")
    (created,) = await store.read("a", limit=1)
    assert isinstance(created.event, RunCreated)
    await store.append([Append("b", 0, [created.event], 1.0)])
    assert (await store.row("b")).steps_total == 3


async def test_the_list_is_read_along_an_index(store: SqliteStore):
    """So that a hundred thousand finished runs slow nobody down."""
    plans = [
        "SELECT view FROM runs ORDER BY created_at DESC, run DESC LIMIT 50",
        "SELECT view FROM runs WHERE status = 'running' ORDER BY created_at DESC, run DESC LIMIT 50",
        "SELECT view FROM runs WHERE workflow = 'w' AND status = 'failed' ORDER BY created_at DESC, run DESC LIMIT 50",
        "SELECT view FROM runs WHERE parent = '' ORDER BY created_at DESC, run DESC LIMIT 50",
        "SELECT view FROM runs WHERE (created_at, run) < (1.0, 'r') ORDER BY created_at DESC, run DESC LIMIT 50",
        "SELECT run FROM runs WHERE status = 'pending'",
    ]
    for sql in plans:
        steps = [row[3] for row in store.file.rows(f"EXPLAIN QUERY PLAN {sql}")]
        assert "USING INDEX" in steps[0] or "USING COVERING INDEX" in steps[0], (sql, steps)
        assert not any("TEMP B-TREE" in step for step in steps), (sql, steps)
