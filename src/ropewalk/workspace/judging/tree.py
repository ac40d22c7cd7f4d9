"""The files of a commit by path, listed once for all judges of a run."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from os import fsdecode

from ropewalk.workspace.commits import LINK
from ropewalk.workspace.git import Git

_KEPT = 8
_known: OrderedDict[tuple[str, str], TreeListing] = OrderedDict()


class TreeListing:
    """Paths from the top, each with its mode and object."""

    def __init__(self, entries: dict[str, tuple[str, str]]) -> None:
        self.entries = entries
        self._folders: dict[str, list[str]] = defaultdict(list)
        for path in entries:
            self._folders[path.rpartition("/")[0]].append(path)

    def __contains__(self, path: object) -> bool:
        return path in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def has(self, wanted: Callable[[str], bool]) -> bool:
        return any(wanted(path) for path in self.entries)

    def siblings(self, folder: str) -> list[str]:
        """The files in a folder itself, not below it."""
        return self._folders.get(folder, [])

    def oid(self, path: str) -> str:
        return self.entries[path][1]

    def is_link(self, path: str) -> bool:
        return self.entries[path][0] == LINK


async def listed(git: Git, commit: str) -> TreeListing:
    """All files of a commit. What a commit holds never changes, so that the last few are remembered."""
    key = (git.gitdir, commit)
    if key in _known:
        _known.move_to_end(key)
        return _known[key]
    out = await git.run("ls-tree", "-r", "-z", "--full-tree", commit)
    entries = {}
    for line in out.split(b"\0")[:-1]:
        head, _, path = line.partition(b"\t")
        mode, _, oid = head.decode().split(" ")
        entries[fsdecode(path)] = (mode, oid)
    _known[key] = TreeListing(entries)
    while len(_known) > _KEPT:
        _known.popitem(last=False)
    return _known[key]
