"""What a reader finds wrong while it goes through a file, collected with places; nothing is raised on the way."""

from __future__ import annotations

from collections.abc import Sequence

from weft.definition.fault import Fault
from weft.formats.positions import Positions


class Findings:
    """The faults of one file. A path names the value; with `key` the place is that of its key."""

    def __init__(self, file: str, positions: Positions) -> None:
        self.file = file
        self.positions = positions
        self.faults: list[Fault] = []

    def fault(
        self, path: Sequence[str | int], what: str, mend: str = "", *, nearest: str = "", key: bool = False
    ) -> None:
        """Note something that keeps the file from loading."""
        line, column = self.positions.key(path) if key else self.positions.value(path)
        self.faults.append(Fault(self.file, line, column, what, nearest, mend))

    def warning(self, path: Sequence[str | int], what: str, mend: str = "") -> None:
        """Note something worth knowing that does no harm."""
        line, column = self.positions.value(path)
        self.faults.append(Fault(self.file, line, column, what, "", mend, "warning"))
