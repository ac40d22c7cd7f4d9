"""The private folder of a run keeps the promises of every workspace, and says what it cannot do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ropewalk.errors import WorkspaceError
from ropewalk.testing.workspace_contract import WorkspaceContract, placed, spot, worked
from ropewalk.workspace.folder import FolderWorkspace, scan
from ropewalk.workspace.port import Base


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def workspace(tmp_path: Path) -> FolderWorkspace:
    return FolderWorkspace(tmp_path / "state")


class TestFolderWorkspace(WorkspaceContract):
    pass


async def test_nothing_versioned_can_be_merged_landed_or_compared(workspace: FolderWorkspace, root: Path):
    base = await workspace.prepare("run-1", root)
    assert (await workspace.merge("run-1", base, [], {})).commit == ""
    assert await workspace.publish("run-1", "") == ""
    for refused in (
        workspace.land("run-1", base, "", "main"),
        workspace.refresh(base, "main"),
        workspace.diff("", ""),
        workspace.dispute(spot(), base, [], {}),
        workspace.resolve(spot(), base, [], {}, {}, by="ann"),
    ):
        with pytest.raises(WorkspaceError, match="nothing is versioned"):
            await refused


async def test_a_folder_before_any_run_is_refused(workspace: FolderWorkspace):
    with pytest.raises(WorkspaceError, match="no run has been prepared"):
        await workspace.read("", "a.txt")


async def test_a_run_is_found_again_after_a_restart(workspace: FolderWorkspace, root: Path):
    base = await workspace.prepare("run-1", root)
    await worked(workspace, base, spot(), {"a.txt": "a"})
    later = FolderWorkspace(root / "state", "run-1")
    assert await later.read("", "a.txt") == b"a"
    kept = await worked(later, base, spot("next"), {"a.txt": "b"})
    assert [(a.path, a.change) for a in kept.artifacts] == [("a.txt", "updated")]


async def test_two_attempts_at_once_each_say_what_changed_while_they_worked(
    workspace: FolderWorkspace, root: Path
):
    base = await workspace.prepare("run-1", root)
    one = await placed(workspace, base, spot("one"))
    two = await placed(workspace, base, spot("two"))
    (Path(one.path) / "1").write_text("1")
    assert [a.path for a in (await workspace.keep(spot("one"), one, succeeded=True)).artifacts] == ["1"]
    (Path(two.path) / "2").write_text("2")
    assert [a.path for a in (await workspace.keep(spot("two"), two, succeeded=True)).artifacts] == ["1", "2"]


async def test_a_change_that_keeps_size_and_time_is_seen(workspace: FolderWorkspace, root: Path):
    base = await workspace.prepare("run-1", root)
    await worked(workspace, base, spot(), {"a.txt": "a"})
    place = await placed(workspace, base, spot("sly"))
    file = Path(place.path) / "a.txt"
    before = file.stat()
    file.write_text("b")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    kept = await workspace.keep(spot("sly"), place, succeeded=True)
    assert [(a.path, a.change) for a in kept.artifacts] == [("a.txt", "updated")]


async def test_an_amendment_does_not_replace_a_folder(workspace: FolderWorkspace, root: Path):
    base = await workspace.prepare("run-1", root)
    await worked(workspace, base, spot(), {"docs/a.txt": "a"})
    with pytest.raises(WorkspaceError, match="a folder, not a file"):
        await workspace.amend(spot(), "", "docs", b"x", by="ann")


async def test_a_state_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path):
    (tmp_path / "state").write_text("a file")
    with pytest.raises(WorkspaceError, match="Not a directory"):
        await FolderWorkspace(tmp_path / "state").prepare("run-1", tmp_path)


def test_pipes_are_left_out_and_a_folder_that_went_away_is_empty(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    assert scan(tmp_path, {}) == {}
    assert scan(tmp_path / "gone", {}) == {}


async def test_read_only_places_say_so(workspace: FolderWorkspace, root: Path):
    base: Base = await workspace.prepare("run-1", root)
    assert not (await placed(workspace, base, spot(), mode="read")).writable
