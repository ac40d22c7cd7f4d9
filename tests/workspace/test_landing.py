"""Branches move forward, from where they were seen, and never under the feet of a person."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from ropewalk.errors import CheckoutInTheWay, GitFailed, TargetCheckedOut, TargetRewritten, WorkspaceError
from ropewalk.testing.workspace_contract import spot, worked
from ropewalk.workspace.landing import in_the_way
from ropewalk.workspace.port import Base, Part
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import commit, fingerprint, git, repository, write

pytestmark = pytest.mark.needs("git")


@pytest.fixture
async def base(space: GitWorkspace, project: Path) -> Base:
    """Of `main`, which is not checked out: the user is on `desk`."""
    git(project, "checkout", "-q", "-b", "desk")
    return await space.prepare("run-1", project, target="main", at=1_700_000_100.0)


@pytest.fixture
async def result(space: GitWorkspace, base: Base) -> str:
    return (await worked(space, base, spot(), {"new.txt": "new"})).commit


def at(project: Path, branch: str) -> str:
    return git(project, "rev-parse", branch)


async def test_the_runs_branch_is_its_result(space: GitWorkspace, project: Path, result: str):
    assert await space.publish("run-1", result) == "ropewalk/run-1"
    assert await space.publish("run-1", result) == "ropewalk/run-1"
    assert at(project, "ropewalk/run-1") == result
    better = commit_on(project, result)
    await space.publish("run-1", better)
    assert at(project, "ropewalk/run-1") == better
    git(project, "checkout", "-q", "ropewalk/run-1")
    with pytest.raises(TargetCheckedOut):
        await space.publish("run-1", result)
    git(project, "checkout", "-q", "main")
    git(project, "branch", "-D", "ropewalk/run-1", "-q")
    git(project, "branch", "ropewalk")
    with pytest.raises(GitFailed, match="ropewalk"):
        await space.publish("run-1", result)


def commit_on(project: Path, parent: str) -> str:
    return git(project, "commit-tree", f"{parent}^{{tree}}", "-p", parent, "-m", "more")


async def test_the_target_moves_once_and_landing_twice_is_landing_once(
    space: GitWorkspace, project: Path, base: Base, result: str
):
    before = fingerprint(project)
    assert await space.land("run-1", base, result, "main") == base.seen
    assert at(project, "main") == result
    assert await space.land("run-1", base, result, "main") == base.seen
    after = fingerprint(project)
    assert {key for key in after if after[key] != before[key]} == {"refs"}


async def test_a_target_that_moved_is_merged_onto_and_nothing_of_either_is_lost(
    space: GitWorkspace, project: Path, base: Base, result: str
):
    git(project, "checkout", "-q", "main")
    theirs = commit(project, {"theirs.txt": "t"})
    git(project, "checkout", "-q", "desk")
    assert await space.land("run-1", base, result, "main") is None
    assert at(project, "main") == theirs
    again = await space.refresh(base, "main")
    assert (again.commit, again.seen, again.at) == (theirs, theirs, base.at)
    merged = await space.merge("run-1", again, [Part("run-1", result)], {})
    assert await space.land("run-1", again, merged.commit, "main") == theirs
    assert git(project, "ls-tree", "--name-only", "main", "new.txt", "theirs.txt").split() == [
        "new.txt",
        "theirs.txt",
    ]


async def test_a_conflict_with_the_target_names_the_target(
    space: GitWorkspace, project: Path, base: Base, result: str
):
    git(project, "checkout", "-q", "main")
    commit(project, {"new.txt": "theirs\n"})
    again = await space.refresh(base, "main")
    merged = await space.merge("run-1", again, [Part("build", result)], {})
    assert [(c["kind"], c["steps"]) for c in merged.conflicts] == [("add/add", ["main", "build"])]


async def test_of_many_who_land_at_once_one_does(space: GitWorkspace, project: Path, base: Base, result: str):
    rivals = [commit_on(project, base.commit + "~0"), result]
    git(project, "config", "core.filesRefLockTimeout", "0")
    landed = await asyncio.gather(
        *(
            GitWorkspace(project.parent / "state", project).land("run-1", base, rival, "main")
            for rival in rivals * 3
        )
    )
    assert base.seen in landed
    assert None in landed
    assert at(project, "main") in rivals


async def test_only_what_contains_the_target_may_land(
    space: GitWorkspace, project: Path, base: Base, result: str
):
    tree = git(project, "rev-parse", f"{result}^{{tree}}")
    alone = git(project, "commit-tree", tree, "-m", "alone")
    with pytest.raises(WorkspaceError, match="does not contain"):
        await space.land("run-1", base, alone, "main")
    with pytest.raises(GitFailed):
        await space.land("run-1", base, "1" * 40, "main")
    for name in ("-f", "a..b", ""):
        with pytest.raises(WorkspaceError, match="not a name for a branch"):
            await space.land("run-1", base, result, name)


async def test_a_new_branch_may_be_the_target(space: GitWorkspace, project: Path, base: Base, result: str):
    assert await space.land("run-1", base, result, "feature/x") == ""
    assert at(project, "feature/x") == result
    assert await space.land("run-1", base, base.commit, "feature/x") is None
    fresh = await space.refresh(base, "feature/y")
    assert (fresh.target, fresh.seen, fresh.commit) == ("feature/y", "", base.commit)


async def test_a_rewritten_target_is_left_to_a_person(
    space: GitWorkspace, project: Path, base: Base, result: str
):
    git(project, "checkout", "-q", "main")
    git(project, "commit", "-q", "--amend", "-m", "rewritten")
    assert await space.land("run-1", base, result, "main") is None
    with pytest.raises(TargetRewritten, match="git rebase --onto main"):
        await space.refresh(base, "main")


async def test_a_checked_out_target_is_refused_with_the_command_to_run(space: GitWorkspace, project: Path):
    base = await space.prepare("run-1", project)
    kept = await worked(space, base, spot(), {"new.txt": "new"})
    before = fingerprint(project)
    with pytest.raises(TargetCheckedOut) as refused:
        await space.land("run-1", base, kept.commit, "main")
    assert f"git -C {project} merge --ff-only {kept.commit}" in str(refused.value)
    assert fingerprint(project) == before


async def test_a_checkout_follows_when_asked_and_nothing_is_in_the_way(space: GitWorkspace, project: Path):
    base = await space.prepare("run-1", project)
    kept = await worked(space, base, spot(), {"new.txt": "new", "code.txt": "changed"})
    write(project, {"code.txt": "mine"})
    with pytest.raises(CheckoutInTheWay, match=r"overwrite what is not committed: code\.txt\."):
        await space.land("run-1", base, kept.commit, "main", follow=True)
    assert (project / "code.txt").read_text() == "mine"
    git(project, "checkout", "-q", "code.txt")
    write(project, {"unrelated.txt": "stays"})
    assert await space.land("run-1", base, kept.commit, "main", follow=True) == base.seen
    assert await space.land("run-1", base, kept.commit, "main", follow=True) == base.seen
    assert git(project, "status", "--porcelain") == "?? unrelated.txt"
    assert (project / "new.txt").read_text() == "new"


@pytest.mark.parametrize("ignored", [False, True])
async def test_a_file_that_nobody_committed_is_not_overwritten_also_where_git_ignores_it(
    space: GitWorkspace, project: Path, ignored: bool
):
    base = await space.prepare("run-1", project)
    kept = await worked(space, base, spot(), {"ö/new.txt": "new"})
    write(project, {"ö/new.txt": "mine", ".git/info/exclude": "new.txt\n" if ignored else ""})
    with pytest.raises(CheckoutInTheWay, match=r"not committed: ö/new\.txt\."):
        await space.land("run-1", base, kept.commit, "main", follow=True)
    assert (project / "ö/new.txt").read_text() == "mine"
    assert at(project, "main") == base.seen


async def test_what_a_result_could_not_be_landed_over_is_known_beforehand(project: Path, tmp_path: Path):
    assert await in_the_way(project, {"new.txt"}) == ("main", ())
    write(project, {"code.txt": "mine", "new.txt": "mine", "out/a.txt": "mine", "other.txt": "mine"})
    made = {"./new.txt", "out/b.txt", "absent.txt", "others"}
    assert await in_the_way(project, made) == ("main", ("code.txt", "new.txt"))
    git(project, "checkout", "-q", "--detach")
    assert await in_the_way(project, {"new.txt"}) == ("", ())
    (tmp_path / "plain").mkdir()
    assert await in_the_way(tmp_path / "plain", {"new.txt"}) == ("", ())


async def test_a_checkout_that_is_gone_is_nobodys_and_a_broken_one_is_named(
    space: GitWorkspace, project: Path, base: Base, result: str
):
    side = project.parent / "side"
    git(project, "worktree", "add", "-q", str(side), "main")
    (side / ".git").unlink()
    with pytest.raises(WorkspaceError, match="the checkout of the target is gone"):
        await space.land("run-1", base, result, "main", follow=True)
    shutil.rmtree(side)
    assert await space.land("run-1", base, result, "main") == base.seen


async def test_a_lock_that_was_left_on_the_target_is_said(
    space: GitWorkspace, project: Path, base: Base, result: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ropewalk.workspace.git._FLAGS", ("-c", "core.filesRefLockTimeout=0"))
    (project / ".git/refs/heads/main.lock").touch()
    with pytest.raises(GitFailed, match=r"main\.lock"):
        await space.land("run-1", base, result, "main")


async def test_a_checkout_that_moved_meanwhile_is_not_pulled_back(space: GitWorkspace, project: Path):
    base = await space.prepare("run-1", project)
    kept = await worked(space, base, spot(), {"new.txt": "new"})
    theirs = commit(project, {"theirs": "t"})
    assert await space.land("run-1", base, kept.commit, "main", follow=True) is None
    assert at(project, "main") == theirs


async def test_an_empty_repository_gets_its_first_branch(tmp_path: Path):
    (tmp_path / "new").mkdir()
    git(tmp_path / "new", "init", "-q", "-b", "trunk")
    space = GitWorkspace(tmp_path / "state")
    base = await space.prepare("run-1", tmp_path / "new")
    kept = await worked(space, base, spot(), {"a.txt": "a"})
    with pytest.raises(TargetCheckedOut):
        await space.land("run-1", base, kept.commit, "trunk")
    assert await space.land("run-1", base, kept.commit, "trunk", follow=True) == base.seen
    assert (tmp_path / "new/a.txt").read_text() == "a"
    assert git(tmp_path / "new", "status", "--porcelain") == ""


async def test_changes_taken_along_land_with_the_result(space: GitWorkspace, project: Path):
    write(project, {"code.txt": "mine"})
    base = await space.prepare("run-1", project, with_changes=True)
    kept = await worked(space, base, spot(), {"new.txt": "new"})
    git(project, "checkout", "-q", "-b", "desk")
    assert await space.land("run-1", base, kept.commit, "main") == base.seen
    assert git(project, "show", "main:code.txt") == "mine"


async def test_a_patch_is_what_git_applies(space: GitWorkspace, project: Path, base: Base):
    kept = await worked(space, base, spot(), {"new.txt": "new\n", "code.txt": None, "docs/plan.md": "# P\n"})
    patch = await space.diff(base.commit, kept.commit)
    git(project, "apply", "--index", stdin=patch)
    assert git(project, "write-tree") == kept.tree
    assert b"plan.md" not in await space.diff(base.commit, kept.commit, "new.txt")


async def test_a_target_that_is_checked_out_in_a_submodule_or_beside_its_git_directory_is_followed_there(
    tmp_path: Path, project: Path
):
    outer = repository(tmp_path / "outer", {"o": "o"})
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(project), "lib")
    git(outer, "commit", "-qm", "lib")
    apart = tmp_path / "apart"
    git(tmp_path, "clone", "-q", "--separate-git-dir", str(tmp_path / "apart.git"), str(project), str(apart))
    linked = tmp_path / "linked"
    git(outer / "lib", "worktree", "add", "-q", "-b", "side", str(linked))
    for number, (start, checkout) in enumerate(
        ((outer / "lib", outer / "lib"), (apart, apart), (linked, outer / "lib"))
    ):
        space = GitWorkspace(tmp_path / f"state-{number}", start)
        base = await space.prepare(f"run-{number}", start, target="main", at=1_700_000_100.0)
        made = await worked(space, base, spot(run=f"run-{number}"), {f"new-{number}.txt": "new"})
        with pytest.raises(TargetCheckedOut) as refused:
            await space.land(f"run-{number}", base, made.commit, "main")
        assert str(checkout) in str(refused.value)
        await space.land(f"run-{number}", base, made.commit, "main", follow=True)
        assert (checkout / f"new-{number}.txt").read_text() == "new"
