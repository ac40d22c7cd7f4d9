"""The store in memory keeps every promise, and says that it has no file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.errors import StoreError
from ropewalk.store.memory import MemoryStore
from ropewalk.testing.store_contract import StoreContract


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


class TestMemoryStore(StoreContract):
    pass


async def test_there_is_no_file_to_back_up(store: MemoryStore, tmp_path: Path):
    with pytest.raises(StoreError, match="memory"):
        await store.backup(tmp_path / "copy.db")
