"""Files that a gate's command does not name itself, but what it runs does: a Makefile's scripts, a script's scripts.

Read off the base's texts, where a program stands; what such a program is given, or imports, is not followed (`protect`).
"""

from __future__ import annotations

from os import fsdecode, fsencode
from posixpath import dirname, join, normpath

from ropewalk.nesting import read_json
from ropewalk.workspace.commits import read_objects
from ropewalk.workspace.git import Git
from ropewalk.workspace.judging.globs import fits
from ropewalk.workspace.judging.tree import TreeListing
from ropewalk.workspace.judging.words import Named, lines_of, named

_DEEPEST = 4
_MOST_FILES = 100
_LARGEST_BYTES = 262_144


class CalledFiles:
    """What the command's programs and tasks call, at the base."""

    def __init__(self, git: Git, base: TreeListing, words: Named) -> None:
        self._git = git
        self._base = base
        self._words = words

    async def among(self, changed: set[str]) -> list[str]:
        """Those of these files that are called, directly or by what is called."""
        reached: set[str] = set()
        if not changed:
            return []
        seen: set[str] = set()
        todo = [path for path in self._base if self._starts(path)][:_MOST_FILES]
        for _ in range(_DEEPEST):
            seen.update(todo)
            called = await self._called_by(todo)
            reached |= {path for path in changed if path in called}
            todo = sorted(called - seen)[:_MOST_FILES]
            if not todo:
                break
        return sorted(reached)

    def _starts(self, path: str) -> bool:
        return self._words.runs(path) or any(fits(path, pattern) for pattern in self._words.task_files)

    async def _called_by(self, paths: list[str]) -> set[str]:
        called: set[str] = set()
        read = await read_objects(self._git, [fsencode(self._base.oid(path)) for path in paths])
        for path, entry in zip(paths, read, strict=True):
            if entry is None or entry[1] != "blob" or len(entry[2]) > _LARGEST_BYTES:
                continue
            text = fsdecode(entry[2])  # as the paths of the tree are
            if self._base.is_link(path):
                called.add(normpath(join(dirname(path), text)))
            else:
                called |= self._programs(path, text)
        return {path for path in called if path in self._base}

    def _programs(self, path: str, text: str) -> set[str]:
        """The files that a text runs, named from the top or from its own folder."""
        words = named(_commands(path, text))
        places = {"", dirname(path)}
        names = {normpath(join(place, word)) for word in words.programs for place in places}
        runners = {join(place, name) for name in words.task_files for place in places}
        patterns = [name for name in names | runners if any(sign in name for sign in "*?[")]
        return (names | runners) | {
            other for other in (self._base if patterns else ()) if any(fits(other, p) for p in patterns)
        }


def _commands(path: str, text: str) -> str:
    if not path.endswith(".json"):
        return f"{text}\n{lines_of(text)}"
    try:
        read = read_json(fsencode(text).decode(errors="replace"))
    except (ValueError, RecursionError):
        return ""
    tasks = {**_table(read, "scripts"), **_table(read, "tasks")}
    parts = (part for value in tasks.values() for part in (value if isinstance(value, list) else [value]))
    return "\n".join(part for part in parts if isinstance(part, str))


def _table(read: object, name: str) -> dict[str, object]:
    value = read.get(name) if isinstance(read, dict) else None
    return value if isinstance(value, dict) else {}
