"""The store in a SQLite file keeps every promise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ropewalk.store.sqlite import SqliteStore
from ropewalk.testing.store_contract import StoreContract


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "ropewalk.db", durability="normal")
    yield store
    await store.close()


class TestSqliteStore(StoreContract):
    pass
