"""BMAD as one of the formats: recognised, read with the pack that it belongs to, its places known to the check."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Any, Final

from ropewalk.definition import Findings, Workflow
from ropewalk.formats.bmad.file import is_bmad, sheet
from ropewalk.formats.bmad.items import Item
from ropewalk.formats.bmad.read import all_items
from ropewalk.formats.bmad.read import read as read_workflow
from ropewalk.formats.pack import Pack, find_pack
from ropewalk.formats.positions import Path, Place, Positions
from ropewalk.formats.reading import PLAIN, Reading, ReadOptions
from ropewalk.formats.yaml import YamlDocument

KEYS: Final = {
    "when": ("condition", "when", "skip_if"),
    "decision": ("routes", "branch", "branches", "decisions", "on_verdict", "condition_check", "on_complete"),
    "role": ("agent", "orchestrator"),
    "ask": ("elicit", "options", "human_checkpoint"),
    "back_to": ("next", "loop_to", "goto", "repeats"),
    "needs": ("depends_on", "wait_for", "requires"),
    "facts": ("condition",),
    "prompt": ("action", "task", "uses"),
}
"""What a field of the definition is called in an item, where that is another word."""


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


class ItemPlaces:
    """The places of an imported file; a part that the file does not spell out has the place of its item."""

    def __init__(self, positions: Positions, steps: Sequence[Path]) -> None:
        self._positions = positions
        self._steps = steps

    def value(self, path: Sequence[str | int]) -> Place:
        """Line and column of a part of the workflow, named as in the definition."""
        return self._positions.value(self._written(path))

    def key(self, path: Sequence[str | int]) -> Place:
        """The same of the key that it stands under."""
        return self._positions.key(self._written(path))

    def inside(self, path: Sequence[str | int], offset: int) -> Place:
        """The place of the text itself: conditions are translated, so a character in them has none of its own."""
        return self.value(path)

    def _written(self, path: Sequence[str | int]) -> Path:
        if len(path) < 2 or path[0] != "steps" or not isinstance(path[1], int) or path[1] >= len(self._steps):
            return ()
        found = self._steps[path[1]]
        for word in [str(path[2]), *KEYS.get(str(path[2]), ())] if len(path) > 2 else []:
            if self._positions.has((*found, word)):
                return (*found, word)
        return found
