"""What an attempt left in its folder, as a tree: read off the files alone, never off what became of the folder's `.git`.

Nothing is dropped in silence: what cannot be kept is named as lost, and the one who harvests decides what that means.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from stat import S_ISLNK, S_ISREG

from msgspec import Struct

from ropewalk.core import Artifact
from ropewalk.files import open_file
from ropewalk.workspace.commits import SUBMODULE, PathChange, changes_between, read_objects
from ropewalk.workspace.gathering import GatherOptions, gather
from ropewalk.workspace.git import Git
from ropewalk.workspace.names import show_path

_BLOCK = 1 << 20
_AT_ONCE = 64 << 20
_SECONDS = 600.0
_PASSED_OVER = b"Ignoring path "


class Snapshot(Struct, frozen=True):
    """A tree, what in it differs from where the attempt started, what a person should know, and what is not in the tree
    though it lies in the folder, each with the reason."""

    tree: str
    changes: tuple[PathChange, ...]
    warnings: tuple[str, ...]
    lost: tuple[str, ...] = ()


async def harvest(
    git: Git, base: str, pristine: Path, scratch: Path, wanted: GatherOptions, staged: bool = False
) -> Snapshot:
    """The tree of the files in `git.worktree`, and how it differs from `base`. Trees are left to be flushed.

    `pristine` is the index as it was when the folder was set up: its times and sizes save reading what did not change.
    `scratch` is an empty folder; the index of the tree is left there. `staged`: the index is a person's, and may itself
    differ from the base.
    """
    index = scratch / "index"
    private = git.at(git.worktree, index)
    if not await asyncio.to_thread(_copied, pristine, index):
        await private.run("read-tree", base)
    gathered = await gather(private, wanted)
    warnings, lost = tuple(gathered.warnings), tuple(sorted(gathered.lost))
    if not (staged or gathered.present or gathered.absent):
        tree = (await git.run("rev-parse", f"{base}^{{tree}}")).decode().strip()
        return Snapshot(tree, (), warnings, lost)
    if gathered.absent:
        await _update(private, ("--force-remove",), gathered.absent)
    if gathered.present:
        lost += await _update(private, ("--add", "--remove", "--replace"), gathered.present)
    tree = (await private.lazily().run("write-tree")).decode().strip()
    changes = await changes_between(git, base, tree)
    warnings += tuple(_submodule_moved(change) for change in changes if change.mode == SUBMODULE)
    return Snapshot(tree, tuple(changes), warnings, lost)


async def _update(private: Git, how: Sequence[str], paths: Sequence[bytes]) -> tuple[str, ...]:
    """Put paths into the index, or take them out. Gives those that git passed over: it says so, and goes on all the same."""
    lines = b"".join(path + b"\0" for path in paths)
    argv = ("update-index", *how, "--ignore-skip-worktree-entries", "-z", "--stdin")
    result = await private.call(*argv, stdin=lines, seconds=_SECONDS)
    if result.code != 0:
        raise private.failed(argv, result)
    passed_over = [
        line.removeprefix(_PASSED_OVER) for line in result.err.split(b"\n") if _PASSED_OVER in line
    ]
    return tuple(f"{show_path(path)}: git keeps nothing of this name" for path in passed_over)


async def artifacts_of(git: Git, changes: Sequence[PathChange], commit: str) -> tuple[Artifact, ...]:
    """The changed files by path; the digest is of the bytes as they lie in the commit."""
    unread = [change for change in changes if change.mode not in (SUBMODULE, "000000")]
    digests = await asyncio.to_thread(_from_folder, git, unread) if git.worktree else {}
    rest = [change for change in unread if change.path not in digests]
    digests |= {
        change.path: digest
        for change, digest in zip(rest, await _digests(git, [change.oid for change in rest]), strict=True)
    }
    return tuple(_artifact(change, digests.get(change.path, ("", 0)), commit) for change in changes)


async def _digests(git: Git, oids: Sequence[str]) -> list[tuple[str, int]]:
    """The sha256 and size of each blob, with no more than some of them in memory at once."""
    if not oids:
        return []
    heads = await git.run("cat-file", "--batch-check", stdin="".join(f"{oid}\n" for oid in oids).encode())
    sizes = [
        int(size) if size.isdigit() else 0 for size in (line.split(b" ")[-1] for line in heads.splitlines())
    ]
    by_oid: dict[str, tuple[str, int]] = {}
    batch: list[str] = []
    room = _AT_ONCE
    for oid, size in dict(zip(oids, sizes, strict=True)).items():
        if size > _AT_ONCE:
            by_oid[oid] = await _poured(git, oid)
            continue
        if size > room:
            by_oid |= await _read(git, batch)
            batch, room = [], _AT_ONCE
        batch.append(oid)
        room -= size
    by_oid |= await _read(git, batch)
    return [by_oid[oid] for oid in oids]


async def _read(git: Git, oids: Sequence[str]) -> dict[str, tuple[str, int]]:
    read = await read_objects(git, [oid.encode() for oid in oids])
    contents = (entry[2] if entry else b"" for entry in read)
    return {
        oid: (hashlib.sha256(content).hexdigest(), len(content))
        for oid, content in zip(oids, contents, strict=True)
    }


async def _poured(git: Git, oid: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0

    def take(block: bytes) -> None:
        nonlocal size
        digest.update(block)
        size += len(block)

    await git.pour("cat-file", "blob", oid, sink=take, seconds=_SECONDS)
    return digest.hexdigest(), size


def _artifact(change: PathChange, digest: tuple[str, int], commit: str) -> Artifact:
    if change.kind == "D":
        return Artifact(show_path(change.path), "", 0, commit, "deleted")
    return Artifact(
        show_path(change.path), digest[0], digest[1], commit, "created" if change.kind == "A" else "updated"
    )


def _from_folder(git: Git, changes: Sequence[PathChange]) -> dict[bytes, tuple[str, int]]:
    """Digests of the files on disk that git stored byte by byte (no filter, no change of line ends)."""
    digests = {}
    for change in changes:
        place = os.path.join(os.fsencode(git.worktree), change.path)
        try:
            stat = os.lstat(place)
            if S_ISLNK(stat.st_mode) or not S_ISREG(stat.st_mode):
                continue
            digest, oid = _hashes(place, stat.st_size, len(change.oid))
        except OSError:
            continue  # What is in the commit counts, and is read from there.
        if oid == change.oid:
            digests[change.path] = (digest, stat.st_size)
    return digests


def _hashes(place: bytes, size: int, width: int) -> tuple[str, str]:
    plain = hashlib.sha256()
    blob = hashlib.sha256() if width == 64 else hashlib.sha1(usedforsecurity=False)
    blob.update(b"blob %d\0" % size)
    with open_file(place, follow=False) as file:
        while block := file.read(_BLOCK):
            plain.update(block)
            blob.update(block)
    return plain.hexdigest(), blob.hexdigest()


def _copied(source: Path, target: Path) -> bool:
    try:
        shutil.copy2(
            source, target
        )  # with its time, by which git knows a file changed in the tick of its checkout
    except FileNotFoundError:
        return False
    return True


def _submodule_moved(change: PathChange) -> str:
    path = show_path(change.path)
    return f"the submodule {path} points to {change.oid}; make sure that its remote has this commit"
