"""Stage 6g, calls: an item that stands for another workflow runs it, where its file lies next to this one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import msgspec

from ropewalk.definition import Step
from ropewalk.documents import as_text
from ropewalk.errors import InvalidDefinition
from ropewalk.formats.imported.bmad.control import absent, plain_step
from ropewalk.formats.imported.bmad.file import is_bmad
from ropewalk.formats.imported.bmad.loops import repeats_of
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, Keys
from ropewalk.formats.imported.kit.references import OUTSIDE
from ropewalk.formats.imported.kit.work import finished
from ropewalk.yaml import read_yaml_text, yaml_documents

CALLS: Final = ("workflow", "sub_workflow", "subworkflow", "workflow_file", "calls", "orchestrates")
WORDS: Final = ("calls", "orchestrates")
"""Of these, those that as often name something that is no workflow."""
IS_FILE: Final = re.compile(r"\.ya?ml$", re.IGNORECASE)
ENDINGS: Final = ("", ".yaml", ".yml")
WORKFLOW_END: Final = re.compile(r"[-_]workflow$")


def call(item: Item, making: ImportContext) -> ItemSteps | None:
    """The steps of an item that names another workflow; None where it names none, or has work of its own besides."""
    key = next((key for key in CALLS if isinstance(item.data.get(key), str) and item.data[key]), "")
    if not key or item.kind not in ("task", "guide", "repeat", "halt"):
        return None
    written = as_text(item.data[key]).strip()
    name = _named(written, making)
    item = msgspec.structs.replace(item, kind="task", name=item.name or Path(written).stem)
    if name:
        return _call(item, key, name, making)
    if key in WORDS and not IS_FILE.search(written) and WORKFLOW_END.search(written) is None:
        return None
    if item.data.get("agent") or item.data.get("creates"):
        making.warn(item, f"`{key}: {written}` is not there: the item's agent does the item itself")
        return None
    return absent(msgspec.structs.replace(item, kind="import"), making, key)


def _call(item: Item, key: str, name: str, making: ImportContext) -> ItemSteps:
    keys = Keys(item.data)
    keys.take(key, "call")
    step, draft = plain_step(item, keys, making, "call")
    inputs = {"idea": "{{ inputs.idea }}"} if _takes_idea(name, making) else {}
    arguments = {"workflow": name, "inputs": inputs}
    step = finished(msgspec.structs.replace(step, args=arguments), item, keys)
    draft.steps = [step]
    if repeats_of(draft):
        draft.steps.append(_after_round(step, item, making))
        draft.exits = (draft.steps[-1].id,)
    making.why(step.id, f"`{key}: {item.data[key]}` runs the workflow `{name}`")
    return draft


def _after_round(step: Step, item: Item, making: ImportContext) -> Step:
    """The facts of a called run stay in it: somebody has to say whether the loop around it goes round again."""
    agent = as_text(item.data.get("agent")) or "orchestrator"
    return Step(
        making.id(step.id, "round"),
        "role",
        title=f"{step.title}: what is left",
        phase=step.phase,
        role=making.role(agent),
        when=step.when,
        prompt="A round of the work is done. Look at what it left and at what is still to do, and change nothing.",
        extra={"item": {"number": item.number, "keys": {}}},
        line=item.line,
    )


def _takes_idea(name: str, making: ImportContext) -> bool:
    """Whether the called workflow is one of this format, all of which have that input."""
    path = making.file.parent / name if making.file else Path(name)
    try:
        return any(is_bmad(document.data) for document in yaml_documents(read_yaml_text(path), str(path)))
    except InvalidDefinition:
        return False  # the run of it says what is wrong there


def _named(written: str, making: ImportContext) -> str:
    """The workflow's file as it is found from the folder of this one; empty where it is not there."""
    if making.file is None or OUTSIDE.search(written) or len(written) > 200 or "\0" in written:
        return ""
    folder = making.file.parent
    for name in dict.fromkeys((written, WORKFLOW_END.sub("", written))):
        for ending in ENDINGS:
            path = folder / f"{name}{ending}"
            if path.suffix not in ENDINGS[1:] or not path.is_file() or path.samefile(making.file):
                continue
            return f"{name}{ending}" if path.resolve().is_relative_to(folder.resolve()) else ""
    return ""
