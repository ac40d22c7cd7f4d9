"""BMAD as one of the formats: recognised, read with the pack that it belongs to, its places known to the check."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Any

from ropewalk.definition import Findings, Workflow
from ropewalk.formats.imported.bmad.file import is_bmad, sheet
from ropewalk.formats.imported.bmad.read import all_items
from ropewalk.formats.imported.bmad.read import read as read_workflow
from ropewalk.formats.imported.kit.item_places import ItemPlaces
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.pack import Pack, find_pack
from ropewalk.formats.reading import PLAIN, Reading, ReadOptions
from ropewalk.yaml import Path, YamlDocument


def recognises(data: Any) -> bool:
    """Whether data holds a sequence of items."""
    return is_bmad(data)


def read(document: YamlDocument, file: str, name: str, options: ReadOptions = PLAIN) -> Reading:
    """The workflow of a document. VariantNeeded: it holds several and `options` names none of them."""
    pack = find_pack(FilePath(file)) if file and FilePath(file).is_file() else Pack()
    workflow = read_workflow(document, file or name, options, pack)
    where = ItemPlaces(document.positions, paths_of(document, file or name, workflow, options.variant))
    return Reading(workflow, Findings(file, where, [step.id for step in workflow.steps]), where)


def paths_of(document: YamlDocument, file: str, workflow: Workflow, variant: str) -> list[Path]:
    """Per step the place of the item that it comes from."""
    known: dict[str, Path] = {}

    def note(items: tuple[Item, ...]) -> None:
        for item in items:
            known[item.number] = item.path
            note(item.inner)

    note(all_items(sheet(document, file, variant)))
    numbers = (str(step.extra.get("item", {}).get("number", "")) for step in workflow.steps)
    return [known.get(number, known.get(number.rpartition(".")[0], ())) for number in numbers]
