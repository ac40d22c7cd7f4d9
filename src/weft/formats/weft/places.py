"""Where a part of a Workflow stands in the weft file that it was read from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from weft.formats.positions import Path, Place, Positions

KEYS: Final = {
    "agents": ("agent",),
    "approve": ("approve", "person"),
    "back_to": ("on_failure",),
    "count": ("quorum",),
    "decision": ("decide",),
    "final": ("finally",),
    "gates": ("gate",),
    "kind": ("run", "role", "uses", "function", "decide", "call", "ask"),
    "name": ("function", "as", "path"),
    "over": ("in",),
    "script": ("run",),
    "argv": ("run",),
    "seconds": ("time",),
    "to": ("back_to",),
}
"""What a field of the definition is called in a file, where that is another word."""


class Places:
    """The places of one file; a part that the file does not spell out has the place of what it belongs to."""

    def __init__(self, positions: Positions, steps: Sequence[Path]) -> None:
        self._positions = positions
        self._steps = steps

    def value(self, path: Sequence[str | int]) -> Place:
        """Line and column of a part of the workflow, named as in the definition: `("steps", 3, "when")`."""
        return self._positions.value(self._written(path))

    def key(self, path: Sequence[str | int]) -> Place:
        """The same of the key that it stands under."""
        return self._positions.key(self._written(path))

    def inside(self, path: Sequence[str | int], offset: int) -> Place:
        """The place of a character of a text."""
        return self._positions.inside(self._written(path), offset)

    def _written(self, path: Sequence[str | int]) -> Path:
        """The path in the file: names translated, parts that no file spells out passed over."""
        rest = list(path)
        found: Path = ()
        if len(rest) > 1 and rest[0] == "steps" and isinstance(rest[1], int) and rest[1] < len(self._steps):
            found, rest = self._steps[rest[1]], rest[2:]
        for part in rest:
            words = (part, *KEYS.get(str(part), ()))
            levels = (found, found[:-1]) if found[-1:] == ("foreach",) else (found,)
            there = (
                (*level, word) for level in levels for word in words if self._positions.has((*level, word))
            )
            found = next(there, found)
        return found
