"""The git workspace keeps the promises of every workspace, in a repository and in a plain folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.testing.workspace_contract import WorkspaceContract, placed, spot, worked
from ropewalk.workspace.port import Part
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import repository

pytestmark = pytest.mark.needs("git")


@pytest.fixture
def workspace(tmp_path: Path) -> GitWorkspace:
    return GitWorkspace(tmp_path / "state")


class TestInARepository(WorkspaceContract):
    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        return repository(tmp_path / "project", {"README.md": "# Project\n"})


class TestInAPlainFolder(WorkspaceContract):
    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        (tmp_path / "project").mkdir()
        return tmp_path / "project"


async def test_a_workspace_that_never_met_its_base_finds_its_ground_by_it(tmp_path: Path):
    root = repository(tmp_path / "project", {"a": "a"})
    base = await GitWorkspace(tmp_path / "state").prepare("run-1", root, at=1_700_000_000.0)
    fresh = GitWorkspace(tmp_path / "state")
    assert (await fresh.merge("run-1", base, [], {})).commit == base.commit
    assert await fresh.publish("run-1", base.commit) == "ropewalk/run-1"


async def test_what_is_shared_is_read_without_a_commit(workspace: GitWorkspace, tmp_path: Path):
    root = repository(tmp_path / "project", {"a": "a"})
    base = await workspace.prepare("run-1", root)
    place = await placed(workspace, base, spot(), mode="shared")
    (Path(place.path) / "note").write_text("x")
    kept = await workspace.keep(spot(), place, succeeded=True)
    assert (kept.commit, [artifact.path for artifact in kept.artifacts]) == ("", ["note"])
    await workspace.close(spot(), place)
    assert (Path(place.path) / "note").read_text() == "x"


async def test_resolutions_that_leave_something_open_say_so(workspace: GitWorkspace, tmp_path: Path):
    root = repository(tmp_path / "project", {"a": "a", "b": "b"})
    base = await workspace.prepare("run-1", root)
    made = [
        Part(step, (await worked(workspace, base, spot(step), {"a": step, "b": step})).commit)
        for step in ("one", "two")
    ]
    merged = await workspace.resolve(spot("merge"), base, made, {}, {"a": "ours"}, by="ann")
    assert [conflict["path"] for conflict in merged.conflicts] == ["b"]
