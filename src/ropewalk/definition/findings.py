"""The faults of one file, collected with their places while it is checked; nothing is raised on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol

from ropewalk.definition.fault import Fault, shortened

Path = tuple[str | int, ...]
Place = tuple[int, int]


def texts_in(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    """Every text inside a value, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from texts_in((*path, key), part)
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            yield from texts_in((*path, index), part)


class Where(Protocol):
    """Line and column, from 1, of what a path of keys and indexes leads to; (0, 0) where nothing was written."""

    def value(self, path: Sequence[str | int]) -> Place: ...

    def key(self, path: Sequence[str | int]) -> Place: ...

    def inside(self, path: Sequence[str | int], offset: int) -> Place: ...


class Nowhere:
    """The places of a workflow that no file holds."""

    def value(self, path: Sequence[str | int]) -> Place:
        return 0, 0

    def key(self, path: Sequence[str | int]) -> Place:
        return 0, 0

    def inside(self, path: Sequence[str | int], offset: int) -> Place:
        return 0, 0


class Findings:
    """The faults of one file. `steps` are the ids by which steps are named where there is no place to point at."""

    def __init__(self, file: str, where: Where, steps: Sequence[str] = ()) -> None:
        self.file = file
        self.where = where
        self.faults: list[Fault] = []
        self._steps = steps

    def fault(
        self,
        path: Sequence[str | int],
        message: str,
        hint: str = "",
        *,
        nearest: str = "",
        key: bool = False,
        offset: int | None = None,
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        """Note a fault at the value of the path, at its key (`key`), or at a character of its text (`offset`)."""
        if offset is not None:
            place = self.where.inside(path, offset)
        else:
            place = self.where.key(path) if key else self.where.value(path)
        if place == (0, 0) and len(path) > 1 and path[0] == "steps" and isinstance(path[1], int):
            message = f"step `{self._steps[path[1]]}`: {message}" if path[1] < len(self._steps) else message
        self.faults.append(Fault(self.file, *place, shortened(message), nearest, shortened(hint), severity))

    def warning(self, path: Sequence[str | int], message: str, hint: str = "", *, key: bool = False) -> None:
        """Note something worth knowing that keeps nothing from loading."""
        self.fault(path, message, hint, key=key, severity="warning")
