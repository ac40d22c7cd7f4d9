"""What an attempt left in its folder, as a tree: read off the files alone, never off what became of the folder's `.git`.

Nothing that could be kept is dropped in silence: what is left out is named in a warning.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG

from msgspec import Struct

from weft.core.work import Artifact
from weft.errors import WorkspaceError
from weft.workspace.commits import SUBMODULE, Change, changes_between, read_objects
from weft.workspace.git import Git
from weft.workspace.names import inner_path, show_path

_DEEPEST = 16
_BLOCK = 1 << 20
_SECONDS = 600.0
_NAMED = 5


class Caps(Struct, frozen=True):
    """What one attempt may leave: bytes in a file, and changed files."""

    file_bytes: int = 100 << 20
    files: int = 250_000


class _Sorted(Struct, frozen=True):
    """Paths to add, paths that are not files of this folder any more, and paths that are left out."""

    there: list[bytes]
    gone: list[bytes]
    too_big: list[bytes]


class Crop(Struct, frozen=True):
    """A tree, what in it differs from where the attempt started, and what a person should know."""

    tree: str
    changes: tuple[Change, ...]
    warnings: tuple[str, ...]


async def harvest(
    git: Git,
    base: str,
    pristine: Path,
    scratch: Path,
    caps: Caps,
    also: Sequence[str] = (),
    staged: bool = False,
) -> Crop:
    """The tree of the files in `git.worktree`, and how it differs from `base`. Trees are left to be flushed.

    `pristine` is the index as it was when the folder was set up: its times and sizes save reading what did not change.
    `scratch` is an empty folder; the index of the tree is left there. `also` are kept even when ignored. `staged`:
    the index is a person's, and may itself differ from the base.
    """
    index = scratch / "index"
    private = git.at(git.worktree, index)
    if not await asyncio.to_thread(_copied, pristine, index):
        await private.run("read-tree", base)
    sorted_out, warnings = await _to_stage(private, caps, also)
    if not (staged or sorted_out.there or sorted_out.gone):
        return Crop((await git.run("rev-parse", f"{base}^{{tree}}")).decode().strip(), (), tuple(warnings))
    if sorted_out.gone:
        await _update(private, ("--force-remove",), sorted_out.gone)
    if sorted_out.there:
        await _update(private, ("--add", "--remove", "--replace"), sorted_out.there)
    tree = (await private.lazily().run("write-tree")).decode().strip()
    changes = await changes_between(git, base, tree)
    moved = [change for change in changes if change.mode == SUBMODULE]
    warnings += [_submodule_moved(change) for change in moved]
    return Crop(tree, tuple(changes), tuple(warnings))


async def _update(private: Git, how: Sequence[str], paths: Sequence[bytes]) -> None:
    lines = b"".join(path + b"\0" for path in paths)
    how = (*how, "--ignore-skip-worktree-entries", "-z", "--stdin")
    await private.run("update-index", *how, stdin=lines, seconds=_SECONDS)


async def _to_stage(private: Git, caps: Caps, also: Sequence[str]) -> tuple[_Sorted, list[str]]:
    out = await private.run("ls-files", "-z", "-m", "-d", "-o", "--exclude-standard", seconds=_SECONDS)
    listed, nested = _split(out)
    replaced = await _replaced_by_repository(private, listed)
    warnings: list[str] = []
    for folder in [*nested, *replaced]:
        listed += await _files_of_nested(private, folder, 0)
        warnings.append(
            f"{show_path(folder)} is a repository of its own; its files are kept, its history is not"
        )
    wanted = dict.fromkeys([*listed, *_declared(private.worktree, also)])
    if len(wanted) > caps.files:
        raise WorkspaceError(
            place=private.worktree,
            reason=f"{len(wanted)} files changed, the limit is {caps.files}; name generated folders in .gitignore",
        )
    sorted_out = await asyncio.to_thread(_sort, private.worktree, wanted, caps.file_bytes, replaced)
    if sorted_out.too_big:
        warnings.append(f"left out, over {caps.file_bytes} bytes: {_named(sorted_out.too_big)}")
    return sorted_out, warnings


async def _replaced_by_repository(private: Git, listed: Sequence[bytes]) -> list[bytes]:
    """Tracked files in whose place a repository lies now. A submodule that moved looks the same but for its entry."""
    folders = await asyncio.to_thread(_repositories, private.worktree, listed)
    if not folders:
        return []
    names = [path.decode("utf-8", "surrogateescape") for path in folders]
    entries = (await private.run("ls-files", "-s", "-z", "--", *names)).split(b"\0")
    modules = {line.partition(b"\t")[2] for line in entries if line.startswith(SUBMODULE.encode())}
    return [path for path in folders if path not in modules]


def _repositories(worktree: str, paths: Sequence[bytes]) -> list[bytes]:
    root = os.fsencode(worktree)
    return [path for path in paths if os.path.lexists(os.path.join(root, path, b".git"))]


def _split(out: bytes) -> tuple[list[bytes], list[bytes]]:
    """Files, and folders that are repositories (git lists those with a slash)."""
    entries = out.split(b"\0")[:-1]
    return [e for e in entries if not e.endswith(b"/")], [e[:-1] for e in entries if e.endswith(b"/")]


async def _files_of_nested(private: Git, folder: bytes, depth: int) -> list[bytes]:
    if depth == _DEEPEST:
        raise WorkspaceError(place=show_path(folder), reason="repositories lie too deep inside each other")
    inside = os.path.join(private.worktree, os.fsdecode(folder))
    listing = private.at(inside, f"{private.index}.none")
    files, nested = _split(await listing.run("ls-files", "-z", "-o", "--exclude-standard"))
    found = [folder + b"/" + file for file in files]
    for inner in nested:
        found += await _files_of_nested(private, folder + b"/" + inner, depth + 1)
    return found


def _declared(worktree: str, also: Sequence[str]) -> list[bytes]:
    """These paths, and for a folder the files in it."""
    found = []
    root = os.fsencode(worktree)
    for path in map(inner_path, also):
        place = os.path.join(root, path)
        if not os.path.isdir(place) or os.path.islink(place):
            found.append(path)
            continue
        for folder, folders, files in os.walk(place):
            folders[:] = [name for name in folders if name != b".git"]
            inner = os.path.relpath(folder, root)
            found += [os.path.join(inner, file) for file in files]
    return found


def _sort(worktree: str, paths: Iterable[bytes], limit: int, replaced: Sequence[bytes]) -> _Sorted:
    there: list[bytes] = []
    gone: list[bytes] = []
    too_big: list[bytes] = []
    root = os.fsencode(worktree)
    through_link: dict[bytes, bool] = {b"": False}
    for path in paths:
        if _beyond_link(root, os.path.dirname(path), through_link):
            gone.append(path)
            continue
        try:
            stat = os.lstat(os.path.join(root, path))
        except (FileNotFoundError, NotADirectoryError):
            gone.append(path)
            continue
        if path in replaced or (
            S_ISDIR(stat.st_mode) and not os.path.lexists(os.path.join(root, path, b".git"))
        ):
            gone.append(path)
        else:
            (too_big if S_ISREG(stat.st_mode) and stat.st_size > limit else there).append(path)
    return _Sorted(there, gone, too_big)


def _beyond_link(root: bytes, folder: bytes, known: dict[bytes, bool]) -> bool:
    """Whether a symbolic link stands anywhere on the way to a folder."""
    if folder not in known:
        above = _beyond_link(root, os.path.dirname(folder), known)
        known[folder] = above or os.path.islink(os.path.join(root, folder))
    return known[folder]


async def artifacts_of(git: Git, changes: Sequence[Change], commit: str) -> tuple[Artifact, ...]:
    """The changed files by path; the digest is of the bytes as they lie in the commit."""
    unread = [change for change in changes if change.mode not in (SUBMODULE, "000000")]
    digests = await asyncio.to_thread(_from_folder, git, unread) if git.worktree else {}
    rest = [change for change in unread if change.path not in digests]
    for change, found in zip(
        rest, await read_objects(git, [change.oid.encode() for change in rest]), strict=True
    ):
        content = found[2] if found else b""
        digests[change.path] = (hashlib.sha256(content).hexdigest(), len(content))
    return tuple(_artifact(change, digests.get(change.path, ("", 0)), commit) for change in changes)


def _artifact(change: Change, digest: tuple[str, int], commit: str) -> Artifact:
    if change.kind == "D":
        return Artifact(show_path(change.path), "", 0, commit, "deleted")
    return Artifact(
        show_path(change.path), digest[0], digest[1], commit, "created" if change.kind == "A" else "updated"
    )


def _from_folder(git: Git, changes: Sequence[Change]) -> dict[bytes, tuple[str, int]]:
    """Digests of the files on disk that git stored byte by byte (no filter, no change of line ends)."""
    found = {}
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
            found[change.path] = (digest, stat.st_size)
    return found


def _hashes(place: bytes, size: int, width: int) -> tuple[str, str]:
    plain = hashlib.sha256()
    blob = hashlib.sha256() if width == 64 else hashlib.sha1(usedforsecurity=False)
    blob.update(b"blob %d\0" % size)
    with open(place, "rb", opener=_no_link) as file:
        while block := file.read(_BLOCK):
            plain.update(block)
            blob.update(block)
    return plain.hexdigest(), blob.hexdigest()


def _no_link(path: str | bytes, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)


def _copied(source: Path, target: Path) -> bool:
    try:
        shutil.copy2(
            source, target
        )  # with its time, by which git knows a file changed in the tick of its checkout
    except FileNotFoundError:
        return False
    return True


def _submodule_moved(change: Change) -> str:
    path = show_path(change.path)
    return f"the submodule {path} points to {change.oid}; make sure that its remote has this commit"


def _named(paths: Sequence[bytes]) -> str:
    shown = ", ".join(show_path(path) for path in sorted(paths)[:_NAMED])
    return shown if len(paths) <= _NAMED else f"{shown} and {len(paths) - _NAMED} more"
