"""A weft file read: quickly where it is right, and where it is not, with everything that is wrong and the rest of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from weft.definition.findings import Findings
from weft.definition.workflow import Workflow
from weft.formats.positions import Path
from weft.formats.weft.keys.document import DocumentKeys
from weft.formats.weft.places import Places
from weft.formats.weft.workflow import workflow
from weft.formats.yaml import Document


class Reading(NamedTuple):
    """`workflow` is None where too little could be understood; `unsure` are ids of steps of which a part was left out."""

    workflow: Workflow | None
    findings: Findings
    places: Places
    unsure: frozenset[str] = frozenset()


def is_weft(data: Any) -> bool:
    """Whether the data of a file looks like ours: a list of steps at the top, and no other system's wrapper."""
    if not isinstance(data, dict):
        return False
    return "weft" in data or (isinstance(data.get("steps"), list) and "workflow" not in data)


def read(document: Document, file: str, name: str) -> Reading:
    """The workflow of a file, and its faults. `name` is the workflow's where the file gives none."""
    findings = Findings(file, document.positions)
    broken: set[Path] = set()
    try:
        keys = msgspec.convert(document.data, DocumentKeys)
    except msgspec.ValidationError:
        data = _fitting(document, findings, broken)
        if data is None:
            return Reading(None, findings, Places(document.positions, ()))
        keys = msgspec.convert(data, DocumentKeys)
    made, paths = workflow(keys, name, findings, document.positions, broken)
    unsure = frozenset(
        step.id for step, path in zip(made.steps, paths, strict=True) if _is_broken(path, broken)
    )
    return Reading(made, findings, Places(document.positions, paths), unsure)


def _fitting(document: Document, findings: Findings, broken: set[Path]) -> Any:
    from weft.formats.weft.walk import DROPPED, Walk

    walk = Walk(findings, document.positions)
    fit = walk.fitting(msgspec.inspect.type_info(DocumentKeys), document.data)
    broken.update(walk.broken)
    return None if fit is DROPPED else fit


def _is_broken(path: Path, broken: set[Path]) -> bool:
    return any(one[: len(path)] == path for one in broken)
