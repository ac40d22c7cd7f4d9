"""What a run stands on is read as git sees it; a worktree gets the settings that files depend on, and no password."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from ropewalk.errors import GitFailed, WorkspaceError
from ropewalk.workspace.git import Git
from ropewalk.workspace.repository import (
    Repository,
    Standing,
    check_branch,
    checked_out_in,
    commit_of,
    discover,
    setting_lines,
    standing,
    stores_of,
)
from tests.workspace.repositories import commit, fingerprint, git, repository, write

pytestmark = pytest.mark.needs("git")


async def discovered(folder: Path) -> Repository:
    repo = await discover(folder)
    assert repo is not None
    return repo


async def test_a_repository_is_the_same_from_each_of_its_folders(project: Path):
    repo = await discovered(project)
    gitdir = str(project / ".git")
    assert (repo.gitdir, repo.common, repo.objects) == (gitdir, gitdir, f"{gitdir}/objects")
    assert (repo.top, repo.hashing, repo.shallow, repo.none) == (str(project), "sha1", False, "0" * 40)
    assert await discover(project / "docs") == repo


async def test_a_linked_worktree_and_a_bare_repository_have_their_own_folders(tmp_path: Path, project: Path):
    git(project, "worktree", "add", "-q", str(tmp_path / "side"))
    side = await discovered(tmp_path / "side")
    assert (side.top, side.gitdir) == (str(tmp_path / "side"), str(project / ".git/worktrees/side"))
    assert (side.common, side.objects) == (str(project / ".git"), str(project / ".git/objects"))
    git(tmp_path, "init", "-q", "--bare", "--object-format=sha256", "bare.git")
    bare = await discovered(tmp_path / "bare.git")
    assert (bare.top, bare.gitdir) == ("", str(tmp_path / "bare.git"))
    assert bare.none == "0" * 64
    assert await standing(bare) == Standing("", git(tmp_path / "bare.git", "symbolic-ref", "--short", "HEAD"))


async def test_only_what_has_no_repository_at_all_is_a_plain_folder(tmp_path: Path, project: Path):
    (tmp_path / "plain/.git").mkdir(parents=True)
    assert await discover(tmp_path / "plain") is None
    write(tmp_path, {"lost/.git": "gitdir: /nowhere\n", "spoiled/.git": "no line of git's\n"})
    git(project, "worktree", "add", "-q", str(tmp_path / "side"))
    shutil.rmtree(project / ".git/worktrees")
    for folder in ("lost", "side", "spoiled"):
        with pytest.raises(GitFailed, match=r"not a git repository: /|invalid gitfile"):
            await discover(tmp_path / folder)
    with pytest.raises(GitFailed, match="the folder is gone"):
        await discover(tmp_path / "gone")


async def test_its_own_settings_are_read_in_order_and_nobody_elses(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
):
    write(tmp_path, {"global": '[filter "g"]\nclean = cat\n', "more": "[lfs]\n\turl = x\n"})
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "global"))
    with (project / ".git/config").open("a") as config:
        config.write(
            f'[filter "ä.B"]\n\tclean = "one\\ntwo"\n\trequired\n[include]\n\tpath = {tmp_path}/more\n'
        )
        config.write('[filter "ä.B"]\n\tclean =\n')
    settings = (await discovered(project)).settings
    assert [pair for pair in settings if pair[0].startswith(("filter.", "lfs."))] == [
        ("filter.ä.B.clean", "one\ntwo"),
        ("filter.ä.B.required", "true"),
        ("lfs.url", "x"),
        ("filter.ä.B.clean", ""),
    ]


PROMISOR = ("remote.origin.promisor", "true")


@pytest.mark.parametrize(
    ("settings", "carried"),
    [
        ([("core.autocrlf", "input"), ("core.hookspath", "/evil"), ("core.sshcommand", "evil")], 1),
        (
            [
                ("filter.lfs.clean", "x"),
                ("diff.x.textconv", "x"),
                ("merge.x.driver", "x"),
                ("user.name", "Ann"),
            ],
            4,
        ),
        ([("remote.origin.url", "https://example.com"), ("filters.x", "x"), ("alias.x", "!x")], 0),
        ([("remote.origin.url", "x"), PROMISOR, ("remote.origin.partialclonefilter", "blob:none")], 3),
        (
            [
                PROMISOR,
                ("remote.origin.fetch", "+x"),
                ("remote.other.url", "x"),
                ("remote.origin.x.url", "x"),
            ],
            1,
        ),
        ([("remote.origin.promisor", "false"), ("remote.origin.url", "x")], 0),
        ([("submodule.lib.active", "true"), ("submodule.lib.update", "!evil")], 1),
        ([("submodule.lib.url", "../lib"), ("submodule.b.url", "ssh://git@example.com:22/b@1")], 2),
        ([("submodule.lib.url", "git@example.com:lib"), ("submodule.b.url", "https://example.com/b@1:2")], 2),
        ([("submodule.lib.url", "https://ann:secret@example.com/lib")], 0),
        ([("submodule.lib.url", "HTTPS://token@example.com/lib")], 0),
        ([("submodule.lib.url", "git+ssh://ann:secret@example.com/lib")], 0),
        ([("submodule.lib.url", "store::https://ann:secret@example.com/lib")], 0),
    ],
)
def test_a_worktree_gets_what_its_files_depend_on(settings: list[tuple[str, str]], carried: int):
    repo = Repository("/g", "/g", "/g/objects", "/", "sha1", False, tuple(settings))
    kept = repo.carried()
    assert len(kept) == carried
    assert [pair for pair in settings if pair in kept] == kept
    assert not any(word in value for _, value in kept for word in ("evil", "secret", "token"))


def test_settings_are_written_as_git_reads_them(tmp_path: Path):
    settings = [
        ("core.autocrlf", "input"),
        ("filter.a.b.clean", 'say "hi" \\ there\tand\n[core]\n\tbare = true'),
        ('filter.quo"te\\d.clean', "  spaces # no comment ; "),
        ("filter.tab\there.clean", ""),
        ("user.name", "Ann \N{RIGHT-TO-LEFT OVERRIDE} ☂"),
        ("core.autocrlf", "again"),
    ]
    (tmp_path / "config").write_text(setting_lines(settings))
    listed = git(tmp_path, "config", "-f", "config", "--list", "-z").split("\0")[:-1]
    assert listed == [f"{key}\n{value}" for key, value in settings]
    assert setting_lines([]) == ""


def test_the_stores_are_all_that_git_borrows_from_each_once(tmp_path: Path):
    for name in ("a", "b", "c"):
        (tmp_path / name / "info").mkdir(parents=True)
    write(tmp_path, {"a/info/alternates": f"# {tmp_path}/no\n\n../b\n{tmp_path}/gone\n"})
    write(tmp_path, {"b/info/alternates": f"{tmp_path}/c\n../a\n"})
    (tmp_path / "link").symlink_to("a")
    stores = stores_of(str(tmp_path / "link"))
    assert stores[0] == str(tmp_path / "a")
    assert sorted(stores) == [str(tmp_path / name) for name in ("a", "b", "c", "gone")]


async def test_what_differs_from_head_is_named_and_nothing_is_touched(project: Path):
    commit(project, {"naïve.txt": "x", 'new\n"line': "x", "removed": "x", "mode": "x"})
    write(
        project, {"code.txt": "changed", "staged": "x", 'new\n"line': "y", "odd\tname": "x", "folder/x": "x"}
    )
    write(project, {"folder/y": "y", "ignored": "x", ".git/info/exclude": "ignored\n"})
    git(project, "add", "staged")
    git(project, "rm", "-q", "--cached", "removed")
    git(project, "mv", "naïve.txt", "moved.txt")
    (project / "mode").chmod(0o755)
    os.utime(project / "README.md", (1, 1))  # a status that may would note in the index that it is unchanged
    before = fingerprint(project)
    assert await standing(await discovered(project)) == Standing(
        git(project, "rev-parse", "HEAD"),
        "main",
        ("code.txt", "mode", "moved.txt", "naïve.txt", '"new\\n\\"line"', "removed", "staged"),
        ("folder/", '"odd\\tname"', "removed"),
    )
    assert fingerprint(project) == before


async def test_where_head_is_detached_unborn_or_in_a_merge(tmp_path: Path, project: Path):
    (tmp_path / "new").mkdir()
    git(tmp_path / "new", "init", "-q", "-b", "trunk")
    assert await standing(await discovered(tmp_path / "new")) == Standing("", "trunk")
    git(project, "checkout", "-q", "-b", "other")
    commit(project, {"code.txt": "theirs\n", "docs/plan.md": "theirs\n"})
    git(project, "checkout", "-q", "--detach", "main")
    head = commit(project, {"code.txt": "ours\n"})
    git(project, "merge", "-q", "other", ok=False)
    assert await standing(await discovered(project)) == Standing(head, "", ("docs/plan.md", "code.txt"))


async def test_a_name_stands_for_the_commit_behind_it_or_for_none(project: Path):
    git(project, "tag", "-a", "-m", "it", "v1")
    repo = await discovered(project)
    head = git(project, "rev-parse", "HEAD")
    names = ("v1", "refs/heads/main", head, "HEAD^{tree}", "nothing", "", "--all", "main\nv1")
    assert [await commit_of(repo.git, name) for name in names] == [head, head, head, *[""] * 5]


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("feature/ä", True),
        ("refs/heads/x", True),
        ("x\udcff", os.name == "posix"),
        ("", False),
        ("HEAD", False),
        ("-x", False),
        ("a b", False),
        ("a..b", False),
        ("a.lock", False),
        ("/a", False),
        ("a\n", False),
        ("a\0b", False),
        ("a\ud800", False),
        ("@{-1}", False),  # the branch before, for git
    ],
)
async def test_only_what_git_would_call_a_branch_is_a_name_for_one(branches: Git, name: str, valid: bool):
    if valid:
        await check_branch(branches, name)
    else:
        with pytest.raises(WorkspaceError, match="that is not a name for a branch"):
            await check_branch(branches, name)


@pytest.fixture(scope="module")
def branches(tmp_path_factory: pytest.TempPathFactory) -> Git:
    """A repository in which another branch was checked out before."""
    folder = repository(tmp_path_factory.mktemp("branches") / "project", {"a": "a"})
    git(folder, "checkout", "-q", "-b", "other")
    return Git(str(folder / ".git"))


async def test_a_branch_is_checked_out_where_its_folder_still_is(tmp_path: Path, project: Path):
    side = tmp_path / "si\nde"
    git(project, "worktree", "add", "-q", "-b", "feature/x", str(side))
    git(project, "branch", "feature/x2")
    repo = await discovered(project)
    branches = ("main", "feature/x", "feature", "x", "feature/x2")
    assert [await checked_out_in(repo, name) for name in branches] == [str(project), str(side), "", "", ""]
    assert await checked_out_in(await discovered(project / "docs"), "main") == str(project)
    shutil.rmtree(side)
    assert await checked_out_in(repo, "feature/x") == ""
