"""What others write is noticed, what one writes oneself is not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ropewalk.core.events import RunStarted
from ropewalk.errors import StoreError
from ropewalk.store.sqlite import SqliteStore
from ropewalk.testing.store_contract.given import append


async def test_only_others_are_noticed(store: SqliteStore, path: Path):
    other = SqliteStore(path)
    assert not await store.elsewhere(0)
    await append(store, "mine", 0, RunStarted())
    assert not await store.elsewhere(0.001)
    waiting = asyncio.create_task(store.elsewhere(30.0))
    await asyncio.sleep(0)
    await append(other, "theirs", 0, RunStarted())
    assert await waiting
    assert not await store.elsewhere(0)
    await other.close()


async def test_what_is_written_between_two_looks_is_noticed(store: SqliteStore, path: Path):
    other = SqliteStore(path)
    assert not await store.elsewhere(0)
    await append(other, "theirs", 0, RunStarted())
    assert await store.elsewhere(0)
    await other.close()


async def test_who_looks_is_told_when_the_store_closes(store: SqliteStore):
    waiting = asyncio.create_task(store.elsewhere(30.0))
    await asyncio.sleep(0)
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await waiting
