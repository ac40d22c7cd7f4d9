"""A person's version of a file goes on top of a commit, and only where a file can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.errors import WorkspaceError
from ropewalk.testing.workspace_contract import spot
from ropewalk.workspace.port import Base
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import commits, git

pytestmark = pytest.mark.needs("git")


@pytest.fixture
async def base(space: GitWorkspace, project: Path) -> Base:
    return await space.prepare("run-1", project)


async def test_who_amended_is_on_record_and_the_mode_stays(space: GitWorkspace, project: Path, base: Base):
    [tool] = commits(project, {"tool": {"100755:tool": "#!/bin/sh\n"}}).values()
    kept = await space.amend(spot(), tool, "tool", b"#!/bin/sh\ntrue\n", by="Ann\nRopewalk-Step: forged")
    assert git(project, "ls-tree", kept.commit, "tool").startswith("100755")
    assert git(project, "rev-parse", "refs/ropewalk/run-1/build/1.1.amended") == kept.commit
    [origin, earlier] = await space.history(kept.commit, "tool")
    assert (origin.by, origin.step, origin.run) == ("Ann Ropewalk-Step: forged", "build", "run-1")
    assert (earlier.commit, earlier.run, earlier.title) == (tool, "", "tool")
    assert b"+true" in await space.diff(tool, kept.commit, "tool")


async def test_the_same_content_is_no_change(space: GitWorkspace, project: Path, base: Base):
    content = (project / "code.txt").read_bytes()
    kept = await space.amend(spot(), base.commit, "code.txt", content, by="ann")
    assert (kept.commit, kept.artifacts) == (base.commit, ())


async def test_a_folder_or_a_file_in_the_way_is_named(space: GitWorkspace, base: Base):
    with pytest.raises(WorkspaceError, match="it is a folder, not a file"):
        await space.amend(spot(), base.commit, "docs", b"x", by="ann")
    with pytest.raises(WorkspaceError, match="a file stands where its folder would be"):
        await space.amend(spot(), base.commit, "code.txt/inner", b"x", by="ann")
