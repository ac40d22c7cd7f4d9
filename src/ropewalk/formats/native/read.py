"""Reads a ropewalk file: a correct one quickly, a faulty one with all of its faults and what is left without them."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from ropewalk.definition import Findings
from ropewalk.formats.native.keys.document import DocumentKeys
from ropewalk.formats.native.source_locations import SourceLocations
from ropewalk.formats.native.workflow import workflow
from ropewalk.formats.reading import PLAIN, Reading, ReadOptions
from ropewalk.yaml import Path, YamlDocument

WORK: Final = frozenset(
    {
        "run",
        "role",
        "uses",
        "decide",
        "ask",
        "call",
        "parallel",
        "function",
        "sleep",
        "until",
        "needs",
        "gate",
    }
)


def recognises(data: Any) -> bool:
    """Whether the data of a file is ours: it has the key `ropewalk`, or steps with keys that only ropewalk has."""
    if not isinstance(data, dict) or not isinstance(data.get("steps"), list):
        return isinstance(data, dict) and "ropewalk" in data
    if "ropewalk" in data:
        return True
    steps = [step for step in data["steps"] if isinstance(step, dict)]
    if "workflow" in data or any("agent" in step for step in steps):
        return False
    return not steps or any(WORK & step.keys() for step in steps)


def read(document: YamlDocument, file: str, name: str, options: ReadOptions = PLAIN) -> Reading:
    """The workflow of a file, and its faults. `name` is used where the file gives none; `options` are only for other formats."""
    findings = Findings(file, document.positions, _ids(document.data))
    broken: set[Path] = set()
    try:
        keys = msgspec.convert(document.data, DocumentKeys)
    except msgspec.ValidationError:
        data = _fitting(document, findings, broken)
        if data is None:
            return Reading(None, findings, SourceLocations(document.positions, ()))
        keys = msgspec.convert(data, DocumentKeys)
    made, locations = workflow(keys, name, findings, document.positions, broken)
    with_faults = {path[:length] for path in broken for length in range(len(path) + 1)}
    unsure = frozenset(
        step.id for step, location in zip(made.steps, locations, strict=True) if location.path in with_faults
    )
    return Reading(made, findings, SourceLocations(document.positions, locations), unsure)


def _ids(data: Any) -> list[str]:
    steps = data.get("steps") if isinstance(data, dict) else None
    listed = steps if isinstance(steps, list) else []
    return [str(step.get("id", "")) if isinstance(step, dict) else "" for step in listed]


def _fitting(document: YamlDocument, findings: Findings, broken: set[Path]) -> Any:
    from ropewalk.formats.native.walk import DROPPED, YamlWalk

    walk = YamlWalk(findings, document.positions)
    fit = walk.fitting(msgspec.inspect.type_info(DocumentKeys), document.data)
    broken.update(walk.broken)
    return None if fit is DROPPED else fit
