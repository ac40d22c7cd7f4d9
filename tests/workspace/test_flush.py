"""What a ref is about to name is on the disk first: each new object and then its folder, and nothing that was known before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ropewalk.errors import GitFailed
from ropewalk.workspace.flush import flush
from ropewalk.workspace.git import Git
from tests.workspace.repositories import commit, git, repository

pytestmark = pytest.mark.needs("git")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "p", {"old.txt": "1\n", "sub/old.txt": "2\n"})


@pytest.fixture
def store(root: Path) -> Git:
    return Git(str(root / ".git"), objects=str(root / ".git/objects"))


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The inodes that were brought to the disk, in turn."""
    inodes: list[int] = []
    fsync = os.fsync

    def noted(handle: int) -> None:
        inodes.append(os.fstat(handle).st_ino)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    return inodes


def loose(root: Path, *names: str) -> dict[str, Path]:
    """By name, the file of an object."""
    ids = {name: git(root, "rev-parse", name) for name in names}
    return {name: root / ".git/objects" / oid[:2] / oid[2:] for name, oid in ids.items()}


def inodes(files: dict[str, Path]) -> set[int]:
    return {file.stat().st_ino for file in files.values()}


async def test_what_is_new_is_flushed_before_its_folders(root: Path, store: Git, synced: list[int]):
    start = git(root, "rev-parse", "HEAD")
    head = commit(root, {"sub/new.txt": "3\n"})
    new = loose(root, "HEAD", "HEAD^{tree}", "HEAD:sub", "HEAD:sub/new.txt")
    folders = {file.parent.stat().st_ino for file in new.values()}
    await flush(store, head, [start, ""])
    assert set(synced[:4]) == inodes(new)
    assert set(synced[4:]) == folders
    assert len(synced) == 4 + len(folders)


async def test_every_commit_on_the_way_is_flushed(root: Path, store: Git, synced: list[int]):
    start = git(root, "rev-parse", "HEAD")
    commit(root, {"one.txt": "o\n"})
    head = commit(root, {"one.txt": "two\n"})
    await flush(store, head, [start])
    new = loose(root, "HEAD", "HEAD^{tree}", "HEAD:one.txt", "HEAD^", "HEAD^^{tree}", "HEAD^:one.txt")
    assert set(synced[:6]) == inodes(new)


async def test_all_is_flushed_where_nothing_is_known(root: Path, store: Git, synced: list[int]):
    await flush(store, git(root, "rev-parse", "HEAD"), [])
    names = ("HEAD", "HEAD^{tree}", "HEAD:sub", "HEAD:old.txt", "HEAD:sub/old.txt")
    assert set(synced[:5]) == inodes(loose(root, *names))


async def test_contents_that_are_on_the_disk_already_are_left_out(root: Path, store: Git, synced: list[int]):
    await flush(store, git(root, "rev-parse", "HEAD"), [], blobs=False)
    assert set(synced[:3]) == inodes(loose(root, "HEAD", "HEAD^{tree}", "HEAD:sub"))
    assert not inodes(loose(root, "HEAD:old.txt", "HEAD:sub/old.txt")) & set(synced)


async def test_what_is_known_whole_needs_nothing(root: Path, store: Git, synced: list[int]):
    head = git(root, "rev-parse", "HEAD")
    await flush(store, head, [head])
    assert synced == []


async def test_packed_objects_need_no_flushing(root: Path, store: Git, synced: list[int]):
    git(root, "gc", "-q")
    start = git(root, "rev-parse", "HEAD")
    await flush(store, start, [""])
    assert synced == []
    head = commit(root, {"new.txt": "3\n"})
    await flush(store, head, [])
    assert set(synced[:3]) == inodes(loose(root, "HEAD", "HEAD^{tree}", "HEAD:new.txt"))


@pytest.mark.parametrize("known", [[], ["2" * 40]], ids=["new", "known"])
async def test_a_commit_that_is_not_there_is_a_fault(root: Path, store: Git, known: list[str]):
    with pytest.raises(GitFailed, match="rev-list"):
        await flush(store, git(root, "rev-parse", "HEAD") if known else "1" * 40, known)
