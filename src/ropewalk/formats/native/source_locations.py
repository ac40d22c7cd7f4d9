"""Where a part of a Workflow stands in the ropewalk file that it was read from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from ropewalk.yaml import Path, Place, Positions

KEYS: Final = {
    "agents": ("agent",),
    "approve": ("approve", "person"),
    "back_to": ("on_failure",),
    "count": ("quorum",),
    "decision": ("decide",),
    "final": ("finally",),
    "folder": ("dir",),
    "foreach": ("matrix",),
    "gates": ("gate",),
    "kind": ("run", "role", "uses", "function", "decide", "call", "sleep", "until", "ask"),
    "name": ("function", "as", "path"),
    "over": ("in",),
    "script": ("run",),
    "argv": ("run",),
    "seconds": ("time",),
    "to": ("back_to",),
}
"""What a field of the definition is called in a file, where that is another word."""


DEFAULTS: Final = frozenset({"role", "retry", "timeout", "on_failure", "budget", "env", "confine"})
"""What a step may have from `defaults`."""


class StepLocation(NamedTuple):
    """Where a step stands. Its `needs` and its `when` may come from groups: per need the place of its name, per part
    of the condition where the part begins and its place.
    """

    path: Path
    needs: tuple[Path, ...] = ()
    when: tuple[tuple[int, Path], ...] = ()


class SourceLocations:
    """The places of one file; a part that the file does not spell out has the place of what it belongs to."""

    def __init__(self, positions: Positions, steps: Sequence[StepLocation]) -> None:
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
        location = self._location(path)
        if location is not None and len(path) == 3 and path[2] == "when":
            start, place = next(
                piece for piece in reversed(location.when) if piece[0] <= max(offset, location.when[0][0])
            )
            return self._positions.inside(place, max(0, offset - start))
        return self._positions.inside(self._written(path), offset)

    def _location(self, path: Sequence[str | int]) -> StepLocation | None:
        if len(path) > 1 and path[0] == "steps" and isinstance(path[1], int) and path[1] < len(self._steps):
            return self._steps[path[1]]
        return None

    def _written(self, path: Sequence[str | int]) -> Path:
        """The path in the file: fields by their keys in the file, parts without a key of their own left out."""
        location = self._location(path)
        if location is None:
            return self._down((), path)
        match path[2:]:
            case ["needs", int() as index] if index < len(location.needs):
                return location.needs[index]
            case ["when"] if location.when:
                return location.when[0][1]
            case [str() as field, *_] if field in DEFAULTS and not self._positions.has(
                (*location.path, field)
            ):
                return (
                    self._down((), ("defaults", *path[2:]))
                    if self._positions.has(("defaults", field))
                    else location.path
                )
            case rest:
                return self._down(location.path, rest)

    def _down(self, path: Path, rest: Sequence[str | int]) -> Path:
        for part in rest:
            words = (part, *KEYS.get(str(part), ()))
            levels = (path, path[:-1]) if path[-1:] == ("foreach",) else (path,)
            deeper = (
                (*level, word) for level in levels for word in words if self._positions.has((*level, word))
            )
            path = next(deeper, path)
        return path
