"""Paths that stay inside a folder, with every symbolic link on the way followed before it is believed."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath


def inside(folder: Path, name: str) -> Path:
    """The path of a file named relative to the folder. Raises ValueError for one that leads out of it."""
    parts = PurePosixPath(name).parts
    if not parts or PurePosixPath(name).is_absolute() or ".." in parts or "\0" in name:
        raise ValueError(f"{name!r} is not a path inside the working folder")
    path = folder.joinpath(*parts)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{name!r} leads out of the working folder")
    return path


def matches(folder: Path, pattern: str) -> list[Path]:
    """The files inside the folder that a name means: itself, all below it when it is a folder, or a pattern's.

    Sorted; links that lead out are left out. Raises ValueError for a pattern that leads out.
    """
    parts = PurePosixPath(pattern).parts
    if not parts or PurePosixPath(pattern).is_absolute() or ".." in parts or "\0" in pattern:
        raise ValueError(f"{pattern!r} is not a path inside the working folder")
    plain = folder.joinpath(*parts)
    if plain.is_dir():
        found = [path for path in plain.rglob("*") if ".git" not in path.relative_to(folder).parts]
    elif any(sign in pattern for sign in "*?[") and not plain.exists():
        found = list(folder.glob("/".join(parts)))
    else:
        found = [plain]
    home = folder.resolve()
    return sorted(path for path in found if path.is_file() and path.resolve().is_relative_to(home))


def means(name: str, path: str) -> bool:
    """Whether a name (a file, a folder, a pattern) means the file at this relative path."""
    name = name.removeprefix("./")
    if path == name or path.startswith(f"{name.rstrip('/')}/"):
        return True
    return fnmatchcase(path, name) or fnmatchcase(path, name.replace("**/", ""))
