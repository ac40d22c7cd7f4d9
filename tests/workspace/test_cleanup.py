"""What is kept of a run can be seen, checked out, and let go: that run alone, and unlanded work only when told to."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.errors import WorkspaceError
from ropewalk.testing.workspace_contract import listing, placed, spot, worked
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import git

pytestmark = pytest.mark.needs("git")


async def run(space: GitWorkspace, project: Path, name: str) -> str:
    base = await space.prepare(name, project, target="main", at=1_700_000_100.0)
    place = await placed(space, base, spot("failing", run=name))
    (Path(place.path) / "half.txt").write_text("half")
    await space.keep(spot("failing", run=name), place, succeeded=False)
    return (await worked(space, base, spot(run=name), {f"{name}.txt": name})).commit


@pytest.fixture
async def both(space: GitWorkspace, project: Path) -> dict[str, str]:
    git(project, "checkout", "-q", "-b", "desk")
    made = {name: await run(space, project, name) for name in ("run-1", "run-2")}
    for name, commit in made.items():
        await space.publish(name, commit)
    return made


async def test_failed_work_can_be_checked_out_afterwards(
    space: GitWorkspace, project: Path, both: dict[str, str], tmp_path: Path
):
    await space.end("run-1")
    git(
        project,
        "worktree",
        "add",
        "-q",
        "--detach",
        str(tmp_path / "look"),
        "refs/ropewalk/run-1/failing/1.1",
    )
    assert (tmp_path / "look/half.txt").read_text() == "half"


async def test_what_is_held_says_what_has_landed(space: GitWorkspace, project: Path, both: dict[str, str]):
    git(project, "update-ref", "refs/heads/main", both["run-1"])
    first, second = await space.held()
    assert (first.run, first.branch, first.commit, first.landed) == (
        "run-1",
        "ropewalk/run-1",
        both["run-1"],
        True,
    )
    assert (second.run, second.landed, second.at) == ("run-2", False, 1_700_000_100)
    assert first.refs == (
        "refs/ropewalk/run-1/@base",
        "refs/ropewalk/run-1/build/1.1",
        "refs/ropewalk/run-1/failing/1.1",
    )
    assert [Path(folder).name for folder in first.folders] == ["failing.1.1"]


async def test_a_landed_run_is_let_go_and_no_other(space: GitWorkspace, project: Path, both: dict[str, str]):
    git(project, "update-ref", "refs/heads/main", both["run-1"])
    gone = await space.forget("run-1")
    assert gone[-1] == "refs/heads/ropewalk/run-1"
    assert [held.run for held in await space.held()] == ["run-2"]
    assert listing(str(project.parent / "state/folders/run-1")) is None
    assert listing(str(project.parent / "state/folders/run-2")) is not None
    with pytest.raises(WorkspaceError, match="has not landed"):
        await space.forget("run-1")


async def test_unlanded_work_goes_only_when_told_to(space: GitWorkspace, project: Path, both: dict[str, str]):
    with pytest.raises(WorkspaceError, match="has not landed"):
        await space.forget("run-2")
    assert len(await space.held()) == 2
    assert len(await space.forget("run-2", unlanded=True)) == 4
    assert await space.forget("run-2", unlanded=True) == ()
    assert (
        git(
            project, "for-each-ref", "--format=%(refname)", "refs/ropewalk/run-2", "refs/heads/ropewalk/run-2"
        )
        == ""
    )
    assert git(project, "cat-file", "-t", both["run-1"]) == "commit"


async def test_folders_without_refs_are_held_too(space: GitWorkspace, project: Path, both: dict[str, str]):
    (project.parent / "state/folders/stray/x.1.1").mkdir(parents=True)
    stray = (await space.held())[-1]
    assert (stray.run, stray.refs, len(stray.folders)) == ("stray", (), 1)
    await space.forget("stray", unlanded=True)
    assert len(await space.held()) == 2


async def test_where_nothing_is_held_nothing_is_listed(space: GitWorkspace):
    assert await space.held() == []
