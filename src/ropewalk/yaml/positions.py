"""Where in a file each key and each value stands, found by path only when somebody asks.

A path is a tuple of keys and indexes as in the data; one that leads nowhere gives the place of what comes nearest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

Path = tuple[str | int, ...]
Place = tuple[int, int]
Mark = tuple[int, int, Any]
"""Line and column from 0, then the children: a dict of key to (line, column, mark), a list of marks, or a scalar's style."""

BLOCK: Final = ("|", ">")


class Positions:
    """Lines and columns count from 1. `text` is needed only to look inside block scalars."""

    def __init__(self, mark: Mark = (0, 0, None), text: str = "") -> None:
        self._mark = mark
        self._text = text

    @classmethod
    def nowhere(cls, data: Any) -> Positions:
        """The positions of data that no text holds: every place in it is (0, 0)."""
        return cls(_unplaced(data))

    def value(self, path: Sequence[str | int] = ()) -> Place:
        """The place of the value at a path."""
        line, column, _ = self._find(path)[1]
        return line + 1, column + 1

    def key(self, path: Sequence[str | int]) -> Place:
        """The place of the key that the path ends with; of the value where that is an item of a list."""
        line, column = self._find(path)[0]
        return line + 1, column + 1

    def inside(self, path: Sequence[str | int], offset: int) -> Place:
        """The place of a character of the text at a path; exact for text without escapes, else its beginning."""
        line, column, style = self._find(path)[1]
        if isinstance(style, str) and style in BLOCK:
            return self._in_block(line, offset)
        quoted = style in ("'", '"')
        rows = self._text.split("\n", line + 1)
        written = rows[line][column + quoted :] if line < len(rows) else ""
        if offset > len(written) or (quoted and any(sign in written[:offset] for sign in ("\\", "''"))):
            return line + 1, column + 1
        return line + 1, column + 1 + quoted + offset

    def has(self, path: Sequence[str | int]) -> bool:
        """Whether the file itself says something at this path."""
        mark = self._mark
        for part in path:
            child = _child(mark, part)
            if child is None:
                return False
            mark = child[1]
        return True

    def rename(self, path: Sequence[str | int], old: str, new: str) -> None:
        """From now on the place of the key `old` in the mapping at `path` is known as that of `new` too."""
        children = self._find(path)[1][2]
        children[new] = children[old]

    def drop(self, path: Sequence[str | int]) -> None:
        """Forget an item of a list: those behind it move up, as they do in the data."""
        children = self._find(path[:-1])[1][2]
        del children[path[-1]]

    def _find(self, path: Sequence[str | int]) -> tuple[Place, Mark]:
        mark = self._mark
        key = mark[0], mark[1]
        for part in path:
            child = _child(mark, part)
            if child is None:
                break
            key, mark = child[0], child[1]
        return key, mark

    def _in_block(self, line: int, offset: int) -> Place:
        rows = [row.removesuffix("\r") for row in self._text.split("\n")[line + 1 :]]
        first = next((row for row in rows if row.strip()), "")
        indent = len(first) - len(first.lstrip(" "))
        for number, row in enumerate(rows, line + 2):
            length = max(0, len(row) - indent)
            if offset <= length:
                return number, indent + 1 + offset
            offset -= length + 1
        return line + 1, 1


def _unplaced(data: Any) -> Mark:
    if isinstance(data, dict):
        return -1, -1, {key: (-1, -1, _unplaced(entry)) for key, entry in data.items()}
    return -1, -1, [_unplaced(entry) for entry in data] if isinstance(data, list) else None


def _child(mark: Mark, part: str | int) -> tuple[Place, Mark] | None:
    children = mark[2]
    if isinstance(children, dict) and part in children:
        line, column, child = children[part]
        return (line, column), child
    if isinstance(children, list) and isinstance(part, int) and part < len(children):
        child = children[part]
        return (child[0], child[1]), child
    return None
