"""Paths that stay inside a folder, with every symbolic link on the way followed before it is believed."""

from __future__ import annotations

import contextlib
import os
import stat
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from ropewalk.trees import files_below

_GIT = ".git"


def path_inside(folder: Path, name: str) -> Path:
    """The path of a file named relative to the folder. Raises ValueError for one that leads out of it."""
    path = folder.joinpath(*_parts(name))
    if not _resolved(path).is_relative_to(folder.resolve()):
        raise ValueError(f"{name!r} leads out of the working folder")
    return path


def folder_inside(folder: Path, name: str) -> Path:
    """The folder of that name ("" is the folder itself). Raises ValueError for one that leads out or is not there."""
    if not name:
        return folder
    path = path_inside(folder, name)
    if not path.is_dir():
        raise ValueError(f"its `dir`, the folder {name!r}, is not there")
    return path


def replaceable(folder: Path, name: str) -> Path:
    """The path of what may be removed or replaced under this name. A link there is not followed: it may lead anywhere.

    Raises ValueError for a name that leads out of the folder or is git's own.
    """
    *above, last = _parts(name)
    parent, top = _resolved(folder.joinpath(*above)), folder.resolve()
    if not parent.is_relative_to(top):
        raise ValueError(f"{name!r} leads out of the working folder")
    if _GIT in (*parent.relative_to(top).parts, last):
        raise ValueError(f"{name!r} is git's own")
    return parent / last


def _parts(name: str) -> tuple[str, ...]:
    path = PurePosixPath(name)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\0" in name:
        raise ValueError(f"{name!r} is not a path inside the working folder")
    return path.parts


def _resolved(path: Path) -> Path:
    """As `Path.resolve`, which raises RuntimeError for a loop of links before Python 3.13."""
    return Path(os.path.realpath(path))


def open_inside(folder: Path, path: Path, flags: int, *, make: bool = False) -> int:
    """A descriptor of the regular file at a path that was found to lie inside; `make` makes the folders above it.

    Opened one folder after the other without following a link: whatever works in the folder may put one there in between.
    Raises OSError, ValueError for what is no file.
    """
    top = folder.resolve()
    *folders, name = path.relative_to(top).parts
    with contextlib.ExitStack() as opened:
        current = os.open(top, _OPEN_FOLDER)
        opened.callback(os.close, current)
        for folder_name in folders:
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(folder_name, dir_fd=current)
            current = os.open(folder_name, _OPEN_FOLDER, dir_fd=current)
            opened.callback(os.close, current)
        descriptor = os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666, dir_fd=current)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ValueError(f"{name!r} is no file")
    return descriptor


def write_inside(folder: Path, name: str, data: bytes) -> None:
    """Write a file named relative to the folder, with the folders above it; nobody is waited for. Raises ValueError for a name
    that leads out or is git's own, OSError where something else lies there."""
    path = _resolved(path_inside(folder, name))
    if _GIT in path.relative_to(folder.resolve()).parts:
        raise ValueError(f"{name!r} is git's own")
    with os.fdopen(open_inside(folder, path, os.O_WRONLY | os.O_CREAT, make=True), "wb") as file:
        file.truncate()  # only now: it is known to be a file
        file.write(data)


_OPEN_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW


def files_matching(folder: Path, pattern: str) -> list[Path]:
    """The files inside the folder that a name means: itself, all below it when it is a folder, or a pattern's.

    Sorted; links that lead out are left out. Raises ValueError for a pattern that leads out.
    """
    parts = _parts(pattern)
    plain = folder.joinpath(*parts)
    if plain.is_dir():
        files = [path for path in files_below(plain) if _GIT not in path.relative_to(folder).parts]
    elif any(sign in pattern for sign in "*?[") and not plain.exists():
        files = list(folder.glob("/".join(parts)))
    else:
        files = [plain]
    home = folder.resolve()
    return sorted(path for path in files if path.is_file() and path.resolve().is_relative_to(home))


def name_covers(name: str, path: str) -> bool:
    """Whether a name (a file, a folder, a pattern) means the file at this relative path."""
    name = name.removeprefix("./")
    if path == name or path.startswith(f"{name.rstrip('/')}/"):
        return True
    return fnmatchcase(path, name) or fnmatchcase(path, name.replace("**/", ""))
