"""The attributes of a commit lie in a folder as git reads them, whole or not at all, and nothing else is written anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from ropewalk.errors import GitFailed
from ropewalk.testing.workspace_contract import listing
from ropewalk.workspace.attributes import attributes_at
from ropewalk.workspace.git import Git
from tests.workspace.repositories import commit, commits, git, repository

pytestmark = pytest.mark.needs("git")

NAME = ".gitattributes"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "p", {"a.txt": "1\n"})


@pytest.fixture
def store(root: Path) -> Git:
    return Git(str(root / ".git"), objects=str(root / ".git/objects"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "state/attributes"


def made(root: Path, files: Mapping[str, str | bytes]) -> str:
    return commits(root, {"made": files})["made"]


def below(folder: Path) -> dict[str, bytes]:
    """By path, the files in a folder."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


async def test_every_attributes_file_is_laid_out_byte_for_byte(root: Path, store: Git, home: Path):
    files: dict[str, str | bytes] = {
        NAME: b"*.x -text\r\n*.log merge=union",
        f"sub/deep/{NAME}": b"\xff\0",
        f"two\n lines/é\u202e/{NAME}": b"",
    }
    head = commit(root, {**files, "sub/code.txt": b"1\n"})
    folder = await attributes_at(store, home, head)
    assert below(folder) == files
    assert listing(str(home)) == [folder.name]


async def test_git_takes_them_for_those_of_a_checkout(root: Path, store: Git, home: Path):
    head = made(root, {NAME: "*.log merge=union\n", f"sub/{NAME}": "*.log -merge\n"})
    folder = await attributes_at(store, home, head)
    out = await store.at(folder).run("check-attr", "merge", "--", "a.log", "sub/a.log", "a.txt")
    assert out == b"a.log: merge: union\nsub/a.log: merge: unset\na.txt: merge: unspecified\n"


async def test_what_is_only_called_alike_is_none(root: Path, store: Git, home: Path):
    alike = ["my.gitattributes", f"{NAME}.d/x", f"sub/{NAME}/x", ".GITATTRIBUTES", f"{NAME}s"]
    head = made(root, dict.fromkeys(alike, "* -merge\n") | {f"120000:deep/{NAME}": "../a.txt"})
    folder = await attributes_at(store, home, head)
    assert (folder, below(folder)) == (home / "none", {})


async def test_one_empty_folder_serves_all_that_have_none(root: Path, store: Git, home: Path):
    plain = commits(root, {"one": {"b.txt": "1\n"}, "two": {"b.txt": "2\n"}})
    folders = {await attributes_at(store, home, commit) for commit in plain.values()}
    assert folders == {home / "none"}
    assert listing(str(home)) == ["none"]


async def test_commits_that_differ_have_folders_of_their_own(root: Path, store: Git, home: Path):
    both = commits(root, {"one": {NAME: "* merge=union\n"}, "two": {NAME: "* -merge\n"}})
    folders = [await attributes_at(store, home, commit) for commit in both.values()]
    assert [below(folder) for folder in folders] == [{NAME: b"* merge=union\n"}, {NAME: b"* -merge\n"}]


async def test_those_who_come_at_once_or_later_find_one_folder(root: Path, store: Git, home: Path):
    head = made(root, {NAME: "* merge=union\n"})
    folders = await asyncio.gather(*(attributes_at(store, home, head) for _ in range(4)))
    (folders[0] / "mark").touch()
    folders.append(await attributes_at(store, home, head))
    assert set(folders) == {folders[0]}
    assert below(folders[0]) == {NAME: b"* merge=union\n", "mark": b""}
    assert listing(str(home)) == [folders[0].name]


@pytest.mark.parametrize("folder", [b"..", b".", b"../..", b"{outside}"])
async def test_nothing_is_written_where_a_tree_leads_out(
    root: Path, store: Git, home: Path, tmp_path: Path, folder: bytes
):
    """Such a tree is in no checkout, but a repository that was fetched may hold it."""
    folder = folder.replace(b"{outside}", str(tmp_path / "outside").encode())
    blob = bytes.fromhex(git(root, "hash-object", "-w", "--stdin", stdin="* filter=evil\n"))
    inner = b"100644 %s\0%s" % (NAME.encode(), blob)
    for name in reversed(folder.split(b"/") if folder.startswith(b".") else [folder]):
        tree = _tree(root, inner)
        inner = b"40000 %s\0%s" % (name, bytes.fromhex(tree))
    tree = _tree(root, b"100644 %s\0%s" % (NAME.encode(), blob) + inner)
    head = git(root, "commit-tree", tree, "-m", "led out")
    laid = await attributes_at(store, home, head)
    assert below(laid) == {NAME: b"* filter=evil\n"}
    assert below(tmp_path / "state") == {f"attributes/{head}/{NAME}": b"* filter=evil\n"}
    assert listing(str(tmp_path)) == ["p", "state"]
    assert NAME not in below(root)


def _tree(root: Path, raw: bytes) -> str:
    return git(root, "hash-object", "-t", "tree", "-w", "--stdin", "--literally", stdin=raw)


async def test_a_commit_that_is_not_there_is_a_fault_and_leaves_nothing(store: Git, home: Path):
    with pytest.raises(GitFailed, match="ls-tree"):
        await attributes_at(store, home, "1" * 40)
    assert listing(str(home)) is None
