"""A folder without git gets a repository of ropewalk's own, and results are written back where nobody changed anything."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from ropewalk.errors import GitFailed, LinkInTheWay, WorkspaceError
from ropewalk.testing.workspace_contract import listing, placed, spot, worked
from ropewalk.workspace.gathering import Caps
from ropewalk.workspace.port import Base, Part
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import git, write

pytestmark = pytest.mark.needs("git")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(
        tmp_path / "folder",
        {
            "plan.md": "# Plan\n\none\n\ntwo\n",
            "node_modules/x.js": "x",
            ".ropewalk/state": "s",
            "bin/run": "#!/bin/sh\n",
            ".gitignore": "*.log\n",
            "a.log": "l",
        },
    )
    (tmp_path / "folder/bin/run").chmod(0o755)
    return tmp_path / "folder"


@pytest.fixture
def space(folder: Path) -> GitWorkspace:
    return GitWorkspace(folder / ".ropewalk", folder)


@pytest.fixture
async def base(space: GitWorkspace, folder: Path) -> Base:
    return await space.prepare("run-1", folder, at=1_700_000_100.0)


async def test_it_is_said_and_the_folder_itself_gets_no_git(space: GitWorkspace, folder: Path, base: Base):
    assert base.private
    assert base.target == "main"
    assert "is not a git repository; ropewalk keeps a copy of its files in a private one," in base.warnings[0]
    assert listing(str(folder)) == [".gitignore", ".ropewalk", "a.log", "bin", "node_modules", "plan.md"]
    place = await placed(space, base, spot())
    assert listing(place.path) == [".git", ".gitignore", "bin", "plan.md"]


async def test_keys_and_large_files_are_not_taken_in_and_are_named(space: GitWorkspace, folder: Path):
    write(
        folder,
        {
            ".ssh/id_rsa": "k",
            ".env": "TOKEN=1",
            ".env.example": "TOKEN=",
            "certs/server.pem": "k",
            "node_modules/x.pem": "k",
            "image.iso": "",
        },
    )
    os.truncate(folder / "image.iso", 33 << 20)
    base = await space.prepare("run-1", folder)
    assert base.warnings[1] == (
        "not taken in, so not seen by the steps: node_modules/, .env, .ssh/id_rsa, certs/server.pem, "
        "image.iso: 34603008 bytes are over the 33554432 that are kept"
    )
    place = await placed(space, base, spot())
    names = listing(place.path)
    assert names == [".env.example", ".git", ".gitignore", "bin", "plan.md"]
    write(Path(place.path), {".env": "made by a step"})
    kept = await space.keep(spot(), place, succeeded=True)
    assert [artifact.path for artifact in kept.artifacts] == [".env"]


async def test_runs_share_one_repository_and_its_snapshots(space: GitWorkspace, folder: Path, base: Base):
    again = await space.prepare("run-2", folder)
    assert again.commit == base.commit
    write(folder, {"plan.md": "# Plan 2\n"})
    third = await GitWorkspace(folder / ".ropewalk").prepare("run-3", folder)
    assert third.commit != base.commit
    [repository] = (folder / ".ropewalk/repositories").iterdir()
    assert git(repository, "log", "--format=%s", "main").splitlines() == [
        "The folder as it is",
        "The folder as it was first seen",
    ]


async def test_several_runs_may_begin_at_once(folder: Path):
    bases = await asyncio.gather(
        *(GitWorkspace(folder / ".ropewalk").prepare(f"run-{number}", folder, at=5.0) for number in range(4))
    )
    assert len({base.commit for base in bases}) <= 4
    assert listing(str(folder / ".ropewalk/repositories")) is not None
    [only] = [
        name for name in listing(str(folder / ".ropewalk/repositories")) or () if not name.startswith(".")
    ]
    assert only == "folder.git"


async def test_a_result_is_written_into_the_folder(space: GitWorkspace, folder: Path, base: Base):
    place = await placed(space, base, spot())
    write(Path(place.path), {"new/deep.txt": "d", "plan.md": "# Done\n"})
    (Path(place.path) / "bin/run").unlink()
    (Path(place.path) / "link").symlink_to("plan.md")
    (Path(place.path) / "tool").write_text("t")
    (Path(place.path) / "tool").chmod(0o755)
    kept = await space.keep(spot(), place, succeeded=True)
    for _ in range(2):
        assert await space.land("run-1", base, kept.commit, "main") == base.seen
    assert (folder / "plan.md").read_text() == "# Done\n"
    assert (folder / "new/deep.txt").read_text() == "d"
    assert (folder / "link").is_symlink()
    assert (folder / "tool").stat().st_mode & 0o111
    assert not (folder / "bin/run").exists()
    assert (await space.prepare("run-2", folder)).commit == kept.commit


async def test_a_file_that_somebody_changed_meanwhile_is_not_overwritten(
    space: GitWorkspace, folder: Path, base: Base
):
    kept = await worked(
        space, base, spot(), {"new.txt": "n", "plan.md": "# Plan\n\none, by ropewalk\n\ntwo\n"}
    )
    write(folder, {"plan.md": "# Plan\n\none\n\ntwo, by hand\n", "bin/run": "mine"})
    assert await space.land("run-1", base, kept.commit, "main") is None
    assert not (folder / "new.txt").exists()
    again = await space.refresh(base, "main")
    merged = await space.merge("run-1", again, [Part("build", kept.commit)], {})
    assert merged.commit
    assert await space.land("run-1", again, merged.commit, "main") == again.seen
    assert (folder / "plan.md").read_text() == "# Plan\n\none, by ropewalk\n\ntwo, by hand\n"
    assert (folder / "bin/run").read_text() == "mine"


async def test_nothing_is_written_through_a_link(space: GitWorkspace, folder: Path, base: Base):
    kept = await worked(space, base, spot(), {"bin/run": "new"})
    (folder / "bin/run").unlink()
    (folder / "bin").rmdir()
    (folder / "bin").symlink_to(folder / "node_modules")
    with pytest.raises(LinkInTheWay):
        await space.land("run-1", base, kept.commit, "main")


async def test_a_folder_that_became_a_repository_keeps_its_run(space: GitWorkspace, folder: Path, base: Base):
    kept = await worked(space, base, spot(), {"new.txt": "n"})
    git(folder, "init", "-q")
    later = GitWorkspace(folder / ".ropewalk")
    merged = await later.merge("run-1", base, [Part("build", kept.commit)], {})
    assert merged.commit == kept.commit
    assert await later.read(kept.commit, "new.txt") == b"n"


async def test_what_cannot_be_a_base_is_said(tmp_path: Path, folder: Path):
    space = GitWorkspace(tmp_path / "state", caps=Caps(files=1))
    with pytest.raises(WorkspaceError, match="the limit is 1"):
        await space.prepare("run-1", folder)
    space = GitWorkspace(tmp_path / "state")
    with pytest.raises(WorkspaceError, match="has no branches to start from"):
        await space.prepare("run-1", folder, target="dev")
    (tmp_path / "state2").mkdir()
    (tmp_path / "state2/repositories").write_text("in the way")
    with pytest.raises(WorkspaceError):
        await GitWorkspace(tmp_path / "state2").prepare("run-1", folder)


async def test_a_snapshot_that_cannot_be_recorded_is_said(
    space: GitWorkspace, folder: Path, base: Base, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ropewalk.workspace.git._FLAGS", ("-c", "core.filesRefLockTimeout=0"))
    [repository] = (folder / ".ropewalk/repositories").iterdir()
    (repository / "refs/heads/main.lock").touch()
    write(folder, {"plan.md": "new"})
    with pytest.raises(GitFailed, match=r"main\.lock"):
        await space.prepare("run-2", folder)


async def test_a_repository_that_was_broken_is_named(space: GitWorkspace, folder: Path, base: Base):
    [repository] = (folder / ".ropewalk/repositories").iterdir()
    (repository / "HEAD").unlink()
    with pytest.raises(WorkspaceError, match="no repository any more"):
        await GitWorkspace(folder / ".ropewalk").prepare("run-2", folder)
