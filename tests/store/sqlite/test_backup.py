"""A backup is whole and proved, or it is not there; it never takes the place of another file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ropewalk.errors import StoreError
from ropewalk.store.sqlite import SqliteStore
from ropewalk.store.sqlite.backup import back_up
from ropewalk.testing.store_contract.given import begin


async def nothing_wrong(path: Path) -> None:
    assert path.name.endswith(".part")


async def test_a_copy_holds_what_the_store_holds_while_others_write(
    path: Path, store: SqliteStore, tmp_path: Path
):
    await begin(store, "r")
    await store.put_blob(b"kept")
    await store.backup(tmp_path / "copy.db")
    await begin(store, "later")
    copy = SqliteStore(tmp_path / "copy.db")
    assert [row.run for row in await copy.runs()] == ["r"]
    assert await copy.verify() == []
    await copy.close()
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".part")]


async def test_a_file_that_is_there_and_a_folder_that_is_not_are_refused(
    path: Path, store: SqliteStore, tmp_path: Path
):
    (tmp_path / "there.db").write_text("somebody's")
    with pytest.raises(StoreError, match="this one is there"):
        await back_up(path, tmp_path / "there.db", nothing_wrong)
    assert (tmp_path / "there.db").read_text() == "somebody's"
    with pytest.raises(StoreError, match="a backup needs a folder"):
        await back_up(path, tmp_path / "no" / "copy.db", nothing_wrong)


async def test_a_copy_in_which_something_is_wrong_is_not_left_behind(
    path: Path, store: SqliteStore, tmp_path: Path
):
    async def something_wrong(copy: Path) -> None:
        raise StoreError(store=str(copy), reason="record 3 was changed")

    with pytest.raises(StoreError, match="record 3"):
        await back_up(path, tmp_path / "copy.db", something_wrong)
    assert [name for name in os.listdir(tmp_path) if name.startswith("copy")] == []


async def test_the_rest_of_a_backup_that_was_killed_is_no_hindrance(
    path: Path, store: SqliteStore, tmp_path: Path
):
    (tmp_path / "copy.db.part").write_bytes(b"half")
    await back_up(path, tmp_path / "copy.db", nothing_wrong)
    assert (tmp_path / "copy.db").read_bytes().startswith(b"SQLite format 3")


async def test_a_source_that_is_no_store_is_told(tmp_path: Path):
    (tmp_path / "text.db").write_text("x" * 5_000)
    with pytest.raises(StoreError):
        await back_up(tmp_path / "text.db", tmp_path / "copy.db", nothing_wrong)
    assert not (tmp_path / "copy.db").exists()
