"""Which paths of a folder go into its tree, and which cannot go there: those are named, never passed over.

Git's own listing is the beginning; what it says nothing of (pipes, shut folders, files inside a submodule) is looked for.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG

from msgspec import Struct

from ropewalk.errors import WorkspaceError
from ropewalk.trees import files_below, walk
from ropewalk.workspace.commits import SUBMODULE
from ropewalk.workspace.git import Git
from ropewalk.workspace.names import inner_path, show_path
from ropewalk.workspace.stray import Strays, opened, strays
from ropewalk.workspace.submodules import lost_in, submodules

_DEEPEST = 16
_SECONDS = 600.0


class Caps(Struct, frozen=True):
    """What one attempt may leave: bytes in a file, and changed files."""

    file_bytes: int = 2 << 30
    files: int = 250_000


class GatherOptions(Struct, frozen=True):
    """How a folder is looked at. `also`: paths that are kept even when ignored. `ours`: the folder is one that ropewalk made,
    in which it may open what a step has shut. `skip`: patterns, as of `.gitignore`, of new files to leave out.
    """

    caps: Caps
    also: Sequence[str] = ()
    ours: bool = True
    skip: Sequence[str] = ()


class Gathered(Struct, frozen=True):
    """Paths to add; paths that are not files of this folder any more; what cannot be kept, each with the reason; what
    else a person should know."""

    present: list[bytes]
    absent: list[bytes]
    lost: list[str]
    warnings: list[str]


async def gather(private: Git, wanted: GatherOptions) -> Gathered:
    """Look through `private.worktree` against `private.index`. WorkspaceError when there is more than the caps allow."""
    gathered = Gathered([], [], [], [])
    odd = await _strays(private, wanted, gathered)
    listed, nested = await _listed(private, wanted)
    modules = await submodules(private, listed)
    replaced = await _replaced_by_repository(private, listed)
    known = {*modules, *nested, *replaced}
    for folder in [*nested, *replaced]:
        listed += await _files_of_nested(private, folder, 0, known)
        gathered.warnings.append(
            f"{show_path(folder)} is a repository of its own; its files are kept, its history is not"
        )
    await _name_hidden(private, odd, known, gathered)
    gathered.lost.extend(await lost_in(private, modules, wanted.ours))
    declared = await asyncio.to_thread(_declared, private.worktree, wanted.also, gathered)
    paths = dict.fromkeys([*listed, *declared])
    if len(paths) > wanted.caps.files:
        raise WorkspaceError(
            place=private.worktree,
            reason=f"{len(paths)} files changed, the limit is {wanted.caps.files}; name generated folders in .gitignore",
        )
    await asyncio.to_thread(_sort, private.worktree, paths, wanted, replaced, gathered)
    return gathered


async def _listed(private: Git, wanted: GatherOptions) -> tuple[list[bytes], list[bytes]]:
    skip = [f"--exclude={pattern}" for pattern in wanted.skip]
    out = await private.run("ls-files", "-z", "-m", "-d", "-o", "--exclude-standard", *skip, seconds=_SECONDS)
    return _split(out)


async def _strays(private: Git, wanted: GatherOptions, gathered: Gathered) -> Strays:
    """What git would pass over. Folders that a step has shut are opened; those that cannot be are lost."""
    odd = await asyncio.to_thread(strays, private.worktree)
    shut = odd.shut
    while shut:
        shut = await _not_ignored(private, shut)
        open_ = [
            path for path in shut if wanted.ours and await asyncio.to_thread(opened, private.worktree, path)
        ]
        gathered.lost.extend(f"{show_path(path)}: it cannot be read" for path in shut if path not in open_)
        below = await asyncio.to_thread(strays, private.worktree, open_)
        shut = [path for path in below.shut if path not in open_]
        gathered.lost.extend(f"{show_path(path)}: it cannot be read" for path in below.shut if path in open_)
        odd.special.extend(below.special)
        odd.dotgit.extend(below.dotgit)
    return odd


async def _name_hidden(private: Git, odd: Strays, known: set[bytes], gathered: Gathered) -> None:
    for path in await _not_ignored(private, odd.special):
        gathered.lost.append(f"{show_path(path)}: it is no file, folder or link")
    bare = [path for path in odd.dotgit if not _within(os.path.dirname(path), known)]
    for path in await _not_ignored(private, [os.path.dirname(path) for path in bare]):
        gathered.lost.append(
            f"{show_path(path + b'/.git')}: git keeps nothing of this name, and it is no repository"
        )


def _within(folder: bytes, known: set[bytes]) -> bool:
    while folder and folder not in known:
        folder = os.path.dirname(folder)
    return folder in known


async def _not_ignored(private: Git, paths: Sequence[bytes]) -> list[bytes]:
    ignored = await ignored_of(private, paths)
    return [path for path in paths if path not in ignored]


async def ignored_of(private: Git, paths: Sequence[bytes]) -> set[bytes]:
    """Those paths that the repository's own rules ignore."""
    if not paths:
        return set()
    argv = ("--no-literal-pathspecs", "check-ignore", "-z", "--stdin")
    result = await private.call(*argv, stdin=b"".join(b"./" + path + b"\0" for path in paths))
    if result.code in (0, 1):
        return {path.removeprefix(b"./") for path in result.out.split(b"\0") if path}
    if len(paths) == 1:  # Git does not answer for what lies in a submodule; nothing in there is kept.
        return set()
    return {path for single in paths for path in await ignored_of(private, [single])}


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


async def _files_of_nested(private: Git, folder: bytes, depth: int, known: set[bytes]) -> list[bytes]:
    if depth == _DEEPEST:
        raise WorkspaceError(place=show_path(folder), reason="repositories lie too deep inside each other")
    known.add(folder)
    inside = os.path.join(private.worktree, os.fsdecode(folder))
    listing = private.at(inside, f"{private.index}.none")
    files, nested = _split(await listing.run("ls-files", "-z", "-o", "--exclude-standard"))
    paths = [folder + b"/" + file for file in files]
    for inner in nested:
        paths += await _files_of_nested(private, folder + b"/" + inner, depth + 1, known)
    return paths


def _declared(worktree: str, also: Sequence[str], gathered: Gathered) -> list[bytes]:
    """These paths, and for a folder the files in it; one without any is lost, for git has no folders."""
    declared = []
    root = os.fsencode(worktree)
    for path in map(inner_path, also):
        place = os.path.join(root, path)
        if _beyond_link(root, os.path.dirname(path), {b"": False}) and os.path.exists(place):
            gathered.lost.append(f"{show_path(path)}: it lies behind a link")
        if not os.path.isdir(place) or os.path.islink(place):
            declared.append(path)
            continue
        files = []
        for folder, folders, names in walk(place):
            folders[:] = [name for name in folders if name != b".git"]
            inner = os.path.relpath(folder, root)
            files += [os.path.join(inner, name) for name in names]
        if not files:
            gathered.lost.append(f"{show_path(path)}: it is an empty folder, which git does not keep")
        declared += files
    return declared


def present(folder: Path, names: Sequence[str]) -> list[str]:
    """The files that these names and patterns mean and that are there: of an attempt that did not end well, none need be."""
    names_present: dict[str, None] = {}
    for name in names:
        try:
            path = os.fsdecode(inner_path(name))
        except WorkspaceError:
            continue  # It names nothing in here; a step that ends well is told so.
        plain = folder / path
        if plain.is_dir() and not plain.is_symlink():
            files = files_below(plain)
        elif any(sign in path for sign in "*?[") and not plain.exists():
            files = list(folder.glob(path))
        else:
            files = [plain]
        within = [file for file in files if file.is_symlink() or file.is_file()]
        inner = [file.relative_to(folder) for file in within if _is_inside(folder, file.parent)]
        names_present |= {show_path(os.fsencode(file)): None for file in inner if ".git" not in file.parts}
    return list(names_present)


def _is_inside(folder: Path, place: Path) -> bool:
    return place.resolve() == folder.resolve() / place.relative_to(folder)


def _sort(
    worktree: str,
    paths: Iterable[bytes],
    wanted: GatherOptions,
    replaced: Sequence[bytes],
    gathered: Gathered,
) -> None:
    root = os.fsencode(worktree)
    limit = wanted.caps.file_bytes
    through_link: dict[bytes, bool] = {b"": False}
    for path in paths:
        if _beyond_link(root, os.path.dirname(path), through_link):
            gathered.absent.append(path)
            continue
        place = os.path.join(root, path)
        try:
            stat = os.lstat(place)
        except (FileNotFoundError, NotADirectoryError):
            gathered.absent.append(path)
            continue
        except OSError as error:
            gathered.lost.append(f"{show_path(path)}: {error.strerror}")
            continue
        if path in replaced or (S_ISDIR(stat.st_mode) and not os.path.lexists(os.path.join(place, b".git"))):
            gathered.absent.append(path)
        elif not S_ISREG(stat.st_mode):
            _sort_other(root, path, stat.st_mode, gathered)
        elif stat.st_size > limit:
            gathered.lost.append(
                f"{show_path(path)}: {stat.st_size} bytes are over the {limit} that are kept"
            )
        elif os.access(place, os.R_OK) or (wanted.ours and opened(worktree, path)):
            gathered.present.append(path)
        else:
            gathered.lost.append(f"{show_path(path)}: it cannot be read")


def _sort_other(root: bytes, path: bytes, mode: int, gathered: Gathered) -> None:
    if S_ISLNK(mode):
        gathered.present.append(path)
        if _leads_out(root, path):
            gathered.warnings.append(
                f"{show_path(path)} leads out of the folder; the link is kept, not what is there"
            )
    elif S_ISDIR(mode):
        gathered.present.append(path)
    else:  # A pipe or the like stands where a file was, or was declared.
        lost = f"{show_path(path)}: it is no file, folder or link"
        gathered.lost.extend([lost] if lost not in gathered.lost else [])


def _leads_out(root: bytes, path: bytes) -> bool:
    """Whether a link leads to something that is there, outside of the folder, and may be written to."""
    target = os.path.realpath(os.path.join(root, path))
    outside = not (target + b"/").startswith(os.path.realpath(root) + b"/")
    return outside and os.path.exists(target) and os.access(target, os.W_OK)


def _beyond_link(root: bytes, folder: bytes, known: dict[bytes, bool]) -> bool:
    """Whether a symbolic link stands anywhere on the way to a folder."""
    todo = [folder]
    while todo[-1] not in known:
        todo.append(os.path.dirname(todo[-1]))
    beyond = known[todo.pop()]
    for place in reversed(todo):
        beyond = known[place] = beyond or os.path.islink(os.path.join(root, place))
    return beyond
