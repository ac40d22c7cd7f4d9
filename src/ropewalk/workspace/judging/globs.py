"""Patterns of paths, as people write them: `*`, `?` and `[…]` inside a name, `**` over folders, a folder for all in it."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePosixPath


@lru_cache(maxsize=65_536)
def fits(path: str, pattern: str) -> bool:
    """Whether a pattern means exactly the file at this path; both are relative to the same folder."""
    return len(_parts(path)) in _ends(path, pattern)


def chosen(path: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns means this file, a folder above it, or (a pattern without a slash) its name anywhere."""
    name = path.rpartition("/")[2]
    return any(
        bool(_ends(path, pattern)) or ("/" not in pattern and fnmatchcase(name, pattern))
        for pattern in patterns
    )


def leads_out(pattern: str) -> bool:
    """Whether a pattern is not one of files inside of the folder."""
    return (
        not _parts(pattern)
        or pattern.startswith(("/", "~"))
        or ".." in PurePosixPath(pattern).parts
        or "\0" in pattern
    )


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]


@lru_cache(maxsize=65_536)
def _ends(path: str, pattern: str) -> frozenset[int]:
    """How many names of the path the whole pattern may take up; each way is followed once."""
    names = _parts(path)
    at = {0}
    for part in _parts(pattern):
        if part == "**":
            at = set(range(min(at), len(names) + 1)) if at else at
        else:
            at = {i + 1 for i in at if i < len(names) and fnmatchcase(names[i], part)}
    return frozenset(at - {0})
