"""What lands as one commit is the user's, holds the same files, and is found again where it has landed before."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.testing.workspace_contract import spot, worked
from ropewalk.workspace.port import Base, Merged, Part
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import commit, git

pytestmark = pytest.mark.needs("git")


@pytest.fixture
async def base(space: GitWorkspace, project: Path) -> Base:
    git(project, "checkout", "-q", "-b", "desk")
    return await space.prepare("run-1", project, target="main", at=1_700_000_100.0)


@pytest.fixture
async def result(space: GitWorkspace, base: Base) -> Merged:
    kept = await worked(space, base, spot(), {"new.txt": "new"})
    return await space.merge("run-1", base, [Part("a", kept.commit)], {})


async def test_it_is_one_commit_on_the_target_with_the_same_files_and_the_user_as_its_author(
    space: GitWorkspace, project: Path, base: Base, result: Merged
):
    git(project, "config", "user.name", "Ann Ä")
    git(project, "config", "user.email", "ann@example.com")
    made = await space.squash("run-1", base, result, "feat: new\n\nAs was asked.")
    assert made.tree == result.tree == git(project, "rev-parse", f"{made.commit}^{{tree}}")
    assert git(project, "rev-parse", f"{made.commit}^@") == base.seen
    assert git(project, "show", "-s", "--format=%an <%ae>", made.commit) == "Ann Ä <ann@example.com>"
    body = git(project, "show", "-s", "--format=%B", made.commit)
    assert body.splitlines() == ["feat: new", "", "As was asked.", "", "Ropewalk-Run: run-1"]
    assert await space.squash("run-1", base, result, "feat: new\n\nAs was asked.") == made


async def test_trailers_of_the_message_stay_trailers_and_nothing_in_it_moves_a_terminal(
    space: GitWorkspace, project: Path, base: Base, result: Merged
):
    message = "feat: \x1b[31mnew\x07\n\nCo-authored-by: B <b@example.com>"
    made = await space.squash("run-1", base, result, message)
    body = git(project, "show", "-s", "--format=%B", made.commit)
    trailers = ["Co-authored-by: B <b@example.com>", "Ropewalk-Run: run-1"]
    assert body.splitlines() == ["feat: [31mnew", "", *trailers]
    assert git(project, "show", "-s", "--format=%(trailers)", made.commit).splitlines()[:2] == trailers


async def test_nobody_is_made_up_where_git_knows_no_user(
    space: GitWorkspace, project: Path, base: Base, result: Merged, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    made = await space.squash("run-1", base, result, "feat: new")
    assert git(project, "show", "-s", "--format=%an", made.commit) == "ropewalk"


async def test_one_that_has_landed_is_found_also_where_the_target_moved_on(
    space: GitWorkspace, project: Path, base: Base, result: Merged
):
    made = await space.squash("run-1", base, result, "feat: new")
    assert await space.squashed("run-1", base, "main") is None
    assert await space.land("run-1", base, made.commit, "main") == base.seen
    git(project, "checkout", "-q", "main")
    commit(project, {"theirs.txt": "t"})
    moved = await space.refresh(base, "main")
    assert await space.squashed("run-1", moved, "main") == (base, Merged(made.commit, made.tree))
    for run, target in (("run-1", "desk"), ("run-1", "absent"), ("run-2", "main")):
        assert await space.squashed(run, base, target) is None


async def test_where_the_target_has_these_files_already_nothing_is_made(
    space: GitWorkspace, project: Path, base: Base
):
    nothing = await space.merge("run-1", base, [], {})
    assert (await space.squash("run-1", base, nothing, "feat: new")).commit == base.seen
    assert await space.squashed("run-1", base, "main") is None


async def test_it_goes_with_the_run(space: GitWorkspace, project: Path, base: Base, result: Merged):
    await space.squash("run-1", base, result, "feat: new")
    await space.forget("run-1", unlanded=True)
    assert git(project, "for-each-ref", "refs/ropewalk") == ""
