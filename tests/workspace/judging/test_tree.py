"""The files of a commit, whatever they are called; the last few listings are remembered, each for its own repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ropewalk.errors import GitFailed
from ropewalk.workspace.git import Git
from ropewalk.workspace.judging.tree import TreeListing, listed
from tests.workspace.repositories import commits, git, repository

pytestmark = pytest.mark.needs("git")

STRANGE = ('a "quoted"\\name', "two\nlines\tand a tab", "\u202eslt.txt", "é/ü.txt", " ")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repository(
        tmp_path_factory.mktemp("tree") / "p",
        {"top.txt": "1\n", "sub/one.txt": "1\n", "sub/two.txt": "2\n", "sub/deep/three.txt": "3\n"}
        | dict.fromkeys(STRANGE, "x"),
    )


async def listing(project: Path, commit: str) -> TreeListing:
    return await listed(Git(str(project / ".git")), commit)


async def test_every_path_is_listed_as_it_is(project: Path):
    tree = await listing(project, git(project, "rev-parse", "main"))
    assert set(tree) == {"top.txt", "sub/one.txt", "sub/two.txt", "sub/deep/three.txt", *STRANGE}
    assert "sub/one.txt" in tree
    assert "sub" not in tree
    assert tree.oid("sub/two.txt") == git(project, "rev-parse", "main:sub/two.txt")
    assert tree.has(lambda path: path.endswith("\tand a tab"))
    assert not tree.has(lambda path: path.startswith("/"))


async def test_a_path_that_is_no_text_comes_back_as_its_bytes(project: Path):
    blob = git(project, "rev-parse", "main:top.txt")
    made = git(project, "mktree", "-z", stdin=f"100644 blob {blob}\t".encode() + b"pr\xfcf.sh\0")
    [path] = await listing(project, made)
    assert os.fsencode(path) == b"pr\xfcf.sh"


async def test_links_and_submodules_are_told_from_files(project: Path):
    blob, commit = git(project, "rev-parse", "main:top.txt"), git(project, "rev-parse", "main")
    lines = f"120000 blob {blob}\tlink\n160000 commit {commit}\tlib\n100755 blob {blob}\trun\n"
    tree = await listing(project, git(project, "mktree", stdin=lines))
    assert tree.entries == {"lib": ("160000", commit), "link": ("120000", blob), "run": ("100755", blob)}
    assert [path for path in tree if tree.is_link(path)] == ["link"]


async def test_siblings_are_in_the_folder_itself(project: Path):
    tree = await listing(project, git(project, "rev-parse", "main"))
    assert tree.siblings("sub") == ["sub/one.txt", "sub/two.txt"]
    assert tree.siblings("sub/deep") == ["sub/deep/three.txt"]
    assert set(tree.siblings("")) == {"top.txt", *STRANGE} - {"é/ü.txt"}
    assert tree.siblings("none") == tree.siblings("su") == []


async def test_an_empty_commit_has_no_files(project: Path):
    tree = await listing(project, git(project, "mktree"))
    assert list(tree) == tree.siblings("") == []


async def test_what_was_listed_last_is_remembered_and_the_oldest_is_forgotten(project: Path):
    made = list(commits(project, {str(number): {"n": str(number)} for number in range(9)}).values())
    first, second = [await listing(project, commit) for commit in made[:2]]
    for commit in made[2:8]:
        await listing(project, commit)
    assert await listing(project, made[0]) is first
    await listing(project, made[8])
    assert await listing(project, made[0]) is first
    assert await listing(project, made[1]) is not second


async def test_each_repository_has_its_own(project: Path, tmp_path: Path):
    commit = git(project, "rev-parse", "main")
    tree = await listing(project, commit)
    git(tmp_path, "clone", "-q", str(project), "copy")
    again = await listing(tmp_path / "copy", commit)
    assert again is not tree
    assert again.entries == tree.entries


async def test_a_commit_that_is_not_there_is_a_fault_until_it_comes(project: Path, tmp_path: Path):
    root = repository(tmp_path / "late", {"a": "a"})
    commit = git(project, "rev-parse", "main")
    with pytest.raises(GitFailed, match="ls-tree"):
        await listing(root, commit)
    git(root, "fetch", "-q", str(project), "main")
    assert "top.txt" in await listing(root, commit)
