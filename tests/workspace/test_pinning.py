"""What a run starts from is one commit that stays; what stands in the way of that is said before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.errors import DirtyCheckout, GitFailed, WorkspaceError
from ropewalk.testing.workspace_contract import placed, spot
from ropewalk.workspace.commits import read_header
from ropewalk.workspace.git import Git
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import commit, fingerprint, git, repository, write

pytestmark = pytest.mark.needs("git")


async def test_the_commit_of_the_branch_is_pinned_and_kept(space: GitWorkspace, project: Path):
    base = await space.prepare("run-1", project / "docs", at=5.0)
    head = git(project, "rev-parse", "HEAD")
    assert (base.root, base.commit, base.seen, base.target) == (str(project), head, head, "main")
    assert (base.at, base.private, base.warnings) == (5.0, False, ())
    assert git(project, "rev-parse", "refs/ropewalk/run-1/@base") == head
    git(project, "commit", "-q", "--amend", "--allow-empty", "-m", "rewritten")
    git(project, "reflog", "expire", "--expire=now", "--all")
    git(project, "gc", "-q", "--prune=now")
    place = await placed(space, base, spot())
    assert git(Path(place.path), "rev-parse", "HEAD") == head


async def test_a_dirty_checkout_is_refused_with_its_files(space: GitWorkspace, project: Path):
    write(project, {"code.txt": "changed", "staged.txt": "new", "docs/plan.md": "x"})
    git(project, "add", "staged.txt")
    (project / "README.md").unlink()
    before = fingerprint(project)
    with pytest.raises(DirtyCheckout) as refused:
        await space.prepare("run-1", project)
    assert "4 uncommitted change(s): README.md, code.txt, docs/plan.md, staged.txt" in str(refused.value)
    assert "--with-changes" in str(refused.value)
    assert fingerprint(project) == before
    write(project, {f"many/{number}.txt": "" for number in range(30)})
    git(project, "add", "many")
    with pytest.raises(DirtyCheckout, match="and 14 more"):
        await space.prepare("run-1", project)


async def test_changes_are_taken_along_without_touching_anything(space: GitWorkspace, project: Path):
    write(
        project, {"code.txt": "changed", "staged.txt": "new", "untracked/new.txt": "x", ".gitignore": "*.o\n"}
    )
    write(project, {"a.o": "ignored"})
    git(project, "add", "staged.txt")
    git(project, "rm", "-q", "--cached", "docs/plan.md")
    (project / "docs/plan.md").unlink()
    (project / "README.md").unlink()
    before = fingerprint(project)
    base = await space.prepare("run-1", project, with_changes=True)
    assert fingerprint(project) == before
    assert base.seen == git(project, "rev-parse", "HEAD") == git(project, "rev-parse", f"{base.commit}^")
    assert git(project, "ls-tree", "-r", "--name-only", base.commit).split() == [
        ".gitignore",
        "code.txt",
        "settings.json",
        "staged.txt",
        "untracked/new.txt",
    ]
    assert base == await space.prepare("run-1", project, with_changes=True)
    git(project, "stash", "-q", "-a")
    assert (await space.prepare("run-2", project, with_changes=True)).commit == base.seen


async def test_a_merge_under_way_is_taken_along_as_the_files_are(space: GitWorkspace, project: Path):
    git(project, "checkout", "-q", "-b", "other")
    commit(project, {"code.txt": "theirs\n", "docs/plan.md": "kept\n"})
    git(project, "checkout", "-q", "main")
    commit(project, {"code.txt": "ours\n"})
    git(project, "rm", "-q", "docs/plan.md")
    git(project, "commit", "-qm", "gone")
    git(project, "merge", "other", ok=False)
    write(project, {"code.txt": "half resolved\n"})
    (project / "docs/plan.md").unlink()
    with pytest.raises(DirtyCheckout):
        await space.prepare("run-1", project)
    base = await space.prepare("run-1", project, with_changes=True)
    assert await space.read(base.commit, "code.txt") == b"half resolved\n"
    assert await space.read(base.commit, "docs/plan.md") is None


async def test_untracked_files_are_a_warning(space: GitWorkspace, project: Path):
    write(project, {"note.txt": "x"})
    [warning] = (await space.prepare("run-1", project)).warnings
    assert warning.endswith("not seen by the steps: note.txt")


async def test_a_detached_head_has_no_target_and_says_so(space: GitWorkspace, project: Path):
    git(project, "checkout", "-q", "--detach")
    base = await space.prepare("run-1", project)
    assert base.target == ""
    assert "HEAD is detached" in base.warnings[0]


async def test_an_empty_repository_begins_with_an_empty_tree(tmp_path: Path):
    (tmp_path / "new").mkdir()
    git(tmp_path / "new", "init", "-q", "-b", "trunk")
    space = GitWorkspace(tmp_path / "state")
    base = await space.prepare("run-1", tmp_path / "new")
    assert (base.target, base.seen) == ("trunk", "")
    assert git(tmp_path / "new", "ls-tree", base.commit) == ""
    assert git(tmp_path / "new", "for-each-ref", "refs/heads") == ""
    write(tmp_path / "new", {"a.txt": "a"})
    taken = await space.prepare("run-2", tmp_path / "new", with_changes=True)
    assert await space.read(taken.commit, "a.txt") == b"a"


async def test_a_bare_repository_works_too(tmp_path: Path, project: Path):
    git(tmp_path, "clone", "-q", "--bare", str(project), "bare.git")
    space = GitWorkspace(tmp_path / "state")
    base = await space.prepare("run-1", tmp_path / "bare.git")
    assert base.target == "main"
    place = await placed(space, base, spot())
    assert (Path(place.path) / "code.txt").exists()
    git(tmp_path / "bare.git", "symbolic-ref", "HEAD", "refs/heads/none")
    assert (await space.prepare("run-2", tmp_path / "bare.git")).seen == ""


async def test_another_branch_may_be_the_target(space: GitWorkspace, project: Path):
    git(project, "branch", "release/1")
    commit(project, {"new": "x"})
    write(project, {"code.txt": "dirty"})
    base = await space.prepare("run-1", project, target="release/1")
    assert base.commit == base.seen == git(project, "rev-parse", "release/1")
    with pytest.raises(WorkspaceError, match="there is no branch of this name"):
        await space.prepare("run-1", project, target="nope")
    with pytest.raises(WorkspaceError, match="not a name for a branch"):
        await space.prepare("run-1", project, target="--force")
    with pytest.raises(WorkspaceError, match="belong to the branch that is checked out"):
        await space.prepare("run-1", project, target="release/1", with_changes=True)


async def test_a_linked_worktree_a_submodule_and_sha256_are_places_to_start(tmp_path: Path, project: Path):
    git(project, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    space = GitWorkspace(tmp_path / "state")
    base = await space.prepare("run-1", tmp_path / "side")
    assert (base.root, base.target) == (str(tmp_path / "side"), "side")

    outer = repository(tmp_path / "outer", {"a": "a"})
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(project), "lib")
    git(outer, "commit", "-qm", "lib")
    inner = await GitWorkspace(tmp_path / "state2").prepare("run-1", outer / "lib")
    assert inner.root == str(outer / "lib")

    modern = repository(tmp_path / "modern", {"a": "a"}, "--object-format=sha256")
    space = GitWorkspace(tmp_path / "state3")
    base = await space.prepare("run-1", modern)
    assert len(base.commit) == 64
    place = await placed(space, base, spot())
    (Path(place.path) / "a").write_text("b")
    kept = await space.keep(spot(), place, succeeded=True)
    assert [a.path for a in kept.artifacts] == ["a"]
    assert git(Path(place.path), "status", "--porcelain") == "M a"


async def test_a_left_index_lock_of_the_users_is_in_nobodys_way(space: GitWorkspace, project: Path):
    (project / ".git/index.lock").touch()
    base = await space.prepare("run-1", project)
    await space.keep(spot(), await placed(space, base, spot()), succeeded=True)
    assert (project / ".git/index.lock").exists()


async def test_a_broken_repository_is_one_clear_error(tmp_path: Path, project: Path):
    (project / ".git/config").write_text("[core\n")
    with pytest.raises(GitFailed, match="bad config"):
        await GitWorkspace(tmp_path / "state").prepare("run-1", project)
    with pytest.raises(WorkspaceError, match="inside of a git directory"):
        await GitWorkspace(tmp_path / "state").prepare(
            "run-1", repository(tmp_path / "other", {"a": "a"}) / ".git"
        )
    with pytest.raises(WorkspaceError, match="line break"):
        await GitWorkspace(tmp_path / "state").prepare(
            "run-1", repository(tmp_path / "line\nbreak", {"a": "a"})
        )
    with pytest.raises(WorkspaceError, match="no folder to work on has been named"):
        await GitWorkspace(tmp_path / "state").publish("run-1", "x")


async def test_shallow_and_sparse_clones_work_as_they_are(tmp_path: Path, project: Path):
    commit(project, {"docs/deep/x.md": "x"})
    git(tmp_path, "clone", "-q", "--depth=1", project.as_uri(), "shallow")
    clone = tmp_path / "shallow"
    git(clone, "sparse-checkout", "set", "docs")
    before = fingerprint(clone)
    space = GitWorkspace(tmp_path / "state", clone)
    base = await space.prepare("run-1", clone)
    place = await placed(space, base, spot())
    folder = Path(place.path)
    assert (folder / "docs/deep/x.md").exists()
    assert not (folder / "src").exists()
    assert git(folder, "status", "--porcelain") == ""
    assert git(folder, "log", "--oneline").count("\n") == 0
    write(folder, {"docs/new.md": "n", "other/y.txt": "y"})
    kept = await space.keep(spot(), place, succeeded=True)
    assert [(a.path, a.change) for a in kept.artifacts] == [
        ("docs/new.md", "created"),
        ("other/y.txt", "created"),
    ]
    assert "settings.json" in git(clone, "ls-tree", "-r", "--name-only", kept.commit)
    assert fingerprint(clone) == before


async def test_a_run_id_can_be_any_text(space: GitWorkspace, project: Path):
    run = "weird/../run id.lock"
    base = await space.prepare(run, project)
    place = await placed(space, base, spot(run=run))
    assert Path(place.path).is_relative_to(project.parent / "state")
    assert (await read_header(Git(str(project / ".git")), base.commit)).tree


async def test_a_branch_in_the_way_of_the_branches_of_runs_is_told_before_anything_is_done(
    space: GitWorkspace, project: Path
):
    git(project, "branch", "ropewalk")
    with pytest.raises(WorkspaceError, match="git branch -m ropewalk ropewalk-old"):
        await space.prepare("run-1", project)
    assert git(project, "for-each-ref", "refs/ropewalk") == ""
    git(project, "branch", "-m", "ropewalk", "ropewalk-old")
    assert (await space.prepare("run-1", project)).commit
