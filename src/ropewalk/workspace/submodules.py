"""What lies in the submodules of a folder and would go with it: of a submodule a tree keeps nothing but which commit it is at.

What a submodule says in its own configuration is never believed: its objects are read by way of ours, with an index of our own.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from ropewalk.files import read_bytes
from ropewalk.trees import walk
from ropewalk.workspace.commits import SUBMODULE
from ropewalk.workspace.git import Git
from ropewalk.workspace.names import show_path

_DEEPEST = 16
_SECONDS = 600.0
_LARGEST_REFS = 32 << 20
_LARGEST_INDEX = 256 << 20
_ID = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MODE = int(SUBMODULE, 8).to_bytes(4, "big")
"""As it stands in an index for each submodule, be it declared or not; and by chance for some other number."""


class SubmoduleStore(Struct, frozen=True):
    """Where a submodule that is checked out has its objects, what its remotes are known to have, and whether its files were
    ever laid out: of one that was only fetched nothing can have been changed."""

    objects: str
    remote: frozenset[str]
    laid_out: bool


async def submodules(private: Git, listed: Sequence[bytes]) -> dict[bytes, str]:
    """The submodules of an index, each with its commit; looked for where a file or the index says that there may be any."""
    if b".gitmodules" in listed or await asyncio.to_thread(_may_have_any, private):
        return await _entries(private)
    return {}


def _may_have_any(private: Git) -> bool:
    if os.path.lexists(os.path.join(private.worktree, ".gitmodules")):
        return True
    try:
        return _MODE in read_bytes(private.index, _LARGEST_INDEX)
    except OSError:
        return True


async def _entries(private: Git, *names: str) -> dict[bytes, str]:
    entries = {}
    for line in (await private.run("ls-files", "-s", "-z", "--", *names)).split(b"\0"):
        head, _, path = line.partition(b"\t")
        if head.startswith(SUBMODULE.encode()):
            entries[path] = head.split(b" ")[1].decode()
    return entries


async def lost_in(private: Git, modules: dict[bytes, str], ours: bool, depth: int = 0) -> list[str]:
    """What of these submodules no commit holds, each with the reason. `ours`: the folder goes, and with it what was only
    committed there and is at no remote.
    """
    lost: list[str] = []
    for path, commit in modules.items():
        place = os.path.join(os.fsencode(private.worktree), path)
        entries = await asyncio.to_thread(_listing, place)
        if b".git" in entries:
            lost += await _lost_in_checkout(private, path, commit, ours, depth)
        elif entries:
            name = show_path(path + b"/" + entries[0])
            lost.append(f"{name}: it lies in a submodule that is not checked out")
    return lost


def _listing(place: bytes) -> list[bytes]:
    return sorted(os.listdir(place)) if os.path.isdir(place) and not os.path.islink(place) else []


async def _lost_in_checkout(private: Git, path: bytes, recorded: str, ours: bool, depth: int) -> list[str]:
    name, place = show_path(path), os.path.join(private.worktree, os.fsdecode(path))
    try:
        store = await asyncio.to_thread(_store, Path(place))
    except OSError as error:
        return [f"{name}: the repository of this submodule cannot be read: {error.strerror or error}"]
    if not store.laid_out and await asyncio.to_thread(_listing, os.fsencode(place)) == [b".git"]:
        return []
    commit = await _checked_out(private, path, depth)
    if not commit:
        return [f"{name}: in this submodule no commit is checked out"]
    index = f"{private.index}.inside-{depth}"
    inside = private.at(place, index).borrowing(store.objects)
    if (await inside.call("read-tree", "--reset", commit, seconds=_SECONDS)).code != 0:
        return [f"{name}: the commit {commit} of this submodule cannot be read"]
    out = await inside.run("ls-files", "-z", "-m", "-d", "-o", "--exclude-standard", seconds=_SECONDS)
    changed = sorted({entry.rstrip(b"/") for entry in out.split(b"\0") if entry})
    lost = []
    if changed:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        reason = f"of the submodule {name} only its commit is kept; commit and push it there"
        lost.append(f"{show_path(path + b'/' + changed[0])}{more}: {reason}")
    if ours and commit != recorded and not await _at_remote(inside, commit, store.remote):
        lost.append(f"{name}: the commit {commit} of this submodule is at no remote of it; push it")
    deeper = await _entries(inside)
    if deeper and depth < _DEEPEST:
        below = await lost_in(inside, deeper, ours, depth + 1)
        lost += [f"{name}/{entry}" for entry in below]
    return lost


async def _checked_out(private: Git, path: bytes, depth: int) -> str:
    """The commit that a submodule is at, as git itself sees it from outside; "" when there is none."""
    aside = private.at(private.worktree, f"{private.index}.module-{depth}")
    result = await aside.call("update-index", "--add", "-z", "--stdin", stdin=path + b"\0")
    if result.code != 0:
        return ""
    return (await _entries(aside, os.fsdecode(path))).get(path, "")


async def _at_remote(inside: Git, commit: str, remote: frozenset[str]) -> bool:
    """Whether a remote is known to have a commit. A history that cannot be followed proves nothing."""
    if commit in remote:
        return True
    if not remote:
        return False
    lines = f"{commit}\n" + "".join(f"^{known}\n" for known in sorted(remote))  # `--not` is for git 2.42
    argv = ("rev-list", "--max-count=1", "--ignore-missing", "--stdin")
    result = await inside.call(*argv, stdin=lines.encode())
    return result.code == 0 and not result.out.strip()


def _store(place: Path) -> SubmoduleStore:
    gitdir = place / ".git"
    if not gitdir.is_dir():
        text = read_bytes(gitdir, 1 << 16).removeprefix(b"gitdir: ").rstrip(b"\n")
        gitdir = place / os.fsdecode(text)
    common = gitdir
    if (gitdir / "commondir").is_file():
        common = gitdir / os.fsdecode(read_bytes(gitdir / "commondir", 1 << 16).rstrip(b"\n"))
    if not (common / "objects").is_dir():
        raise NotADirectoryError(f"{gitdir} is no repository")
    remote = frozenset(_known_to_remotes(gitdir, common))
    return SubmoduleStore(os.path.realpath(common / "objects"), remote, (gitdir / "index").exists())


def _known_to_remotes(gitdir: Path, common: Path) -> Iterator[str]:
    packed = common / "packed-refs"
    if packed.is_file():
        for line in read_bytes(packed, _LARGEST_REFS).splitlines():
            if b" refs/remotes/" in line:
                yield from _ids(line)
    for folder, _, names in walk(common / "refs" / "remotes"):
        for name in names:
            yield from _ids(read_bytes(os.path.join(folder, name), 1 << 16))
    fetched = gitdir / "FETCH_HEAD"
    if fetched.is_file():
        for line in read_bytes(fetched, _LARGEST_REFS).splitlines():
            yield from _ids(line)


def _ids(line: bytes) -> Iterator[str]:
    match = _ID.match(line)
    if match:
        yield match[0].decode()
