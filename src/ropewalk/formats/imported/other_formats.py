"""Files that look like workflows and belong to other systems: each is told by name; those that are simple lists of work
are read, by turning their steps into items of a BMAD sequence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ropewalk.definition import Fault, definition_error
from ropewalk.documents import is_template
from ropewalk.formats.imported.bmad import format as bmad
from ropewalk.formats.imported.other_kinds import relative_of
from ropewalk.formats.reading import PLAIN, Reading, ReadOptions
from ropewalk.yaml import Path, Place, Positions, YamlDocument


def recognises(data: Any) -> bool:
    """Whether data is something that is known and is no workflow of the other formats."""
    return isinstance(data, Mapping) and not is_template(data) and relative_of(data) is not None


def read(document: YamlDocument, file: str, name: str, options: ReadOptions = PLAIN) -> Reading:
    """The workflow of a file whose steps can be read. InvalidDefinition: what the file is, and what to do with it."""
    kind = relative_of(document.data)
    if kind is None or kind.items is None:
        what = f"this is {kind.name if kind else 'no workflow'}, which ropewalk does not run"
        raise definition_error(
            file, [Fault(file, *document.positions.value(), what, hint=kind.hint if kind else "")]
        )
    listed = list(kind.items(document.data))
    if not listed:
        raise definition_error(
            file, [Fault(file, *document.positions.value(), f"this is {kind.name} without any step")]
        )
    inner = document.data.get("workflow")
    head = dict(inner) if isinstance(inner, Mapping) else {}
    rest = {key: value for key, value in document.data.items() if key not in ("workflow", "sequence")}
    data = {**rest, **head, "sequence": [item for _, item in listed]}
    data.setdefault("id", name)
    for taken in ("steps", "stages", "phases", "workflows", "template", "lanes"):
        if isinstance(data.get(taken), list | Mapping):
            data[f"{taken}_as_written"] = data.pop(taken)
    moved = _Moved(document.positions, [path for path, _ in listed])
    reading = bmad.read(YamlDocument(data, moved), file, name, options)
    if reading.workflow is None:
        return reading
    warnings = (f"read as a list of work: {kind.name}", *reading.workflow.warnings)
    workflow = msgspec.structs.replace(reading.workflow, warnings=warnings)
    return Reading(workflow, reading.findings, reading.where, reading.unsure)


class _Moved(Positions):
    """The places of items that stand elsewhere in the file than in the sequence that was made of them."""

    def __init__(self, positions: Positions, places: list[Path]) -> None:
        super().__init__()
        self._positions = positions
        self._places = places

    def _written_place(self, path: Sequence[str | int]) -> Path:
        if (
            len(path) > 1
            and path[0] == "sequence"
            and isinstance(path[1], int)
            and path[1] < len(self._places)
        ):
            return (*self._places[path[1]], *path[2:])
        return tuple(path)

    def value(self, path: Sequence[str | int] = ()) -> Place:
        return self._positions.value(self._written_place(path))

    def key(self, path: Sequence[str | int]) -> Place:
        return self._positions.key(self._written_place(path))

    def has(self, path: Sequence[str | int]) -> bool:
        return self._positions.has(self._written_place(path))
