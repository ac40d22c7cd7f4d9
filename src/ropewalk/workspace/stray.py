"""What lies in a folder and git would pass over without a word: what is no file, what is shut, what is called `.git`.

Git ignores such entries in its listings; the one who keeps a folder has to know of them, so that nothing vanishes unsaid.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from msgspec import Struct


class Strays(Struct, frozen=True):
    """Relative paths: sockets, pipes and devices; folders that cannot be entered; folders and files called `.git`."""

    special: list[bytes]
    shut: list[bytes]
    dotgit: list[bytes]


def strays(root: str, below: Iterable[bytes] = (b"",)) -> Strays:
    """Look through a folder, or only below some of its folders; links are not followed, no `.git` is entered."""
    top = os.fsencode(root)
    strays_below = Strays([], [], [])
    todo = list(below)
    while todo:
        inner = todo.pop()
        place = os.path.join(top, inner)
        if not os.access(place, os.R_OK | os.X_OK):
            strays_below.shut.append(inner)
            continue
        with os.scandir(place) as entries:
            for entry in entries:
                path = inner + b"/" + entry.name if inner else entry.name
                if entry.name == b".git":
                    if inner:
                        strays_below.dotgit.append(path)
                elif entry.is_dir(follow_symlinks=False):
                    todo.append(path)
                elif not (entry.is_symlink() or entry.is_file(follow_symlinks=False)):
                    strays_below.special.append(path)
    return strays_below


def opened(root: str, path: bytes) -> bool:
    """Give ourselves the rights to read one of our own files or folders; False where it is not ours to give."""
    place = os.path.join(os.fsencode(root), path)
    try:
        mode = os.lstat(place).st_mode
        if stat.S_ISLNK(mode):
            return True
        os.chmod(place, stat.S_IMODE(mode) | (stat.S_IRWXU if stat.S_ISDIR(mode) else stat.S_IRUSR))
    except OSError:
        return False
    return True
