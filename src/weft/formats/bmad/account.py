"""The account of a file: for each item its steps, for each key what it became or that it is kept; nothing may be lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from weft.definition.workflow import Step, Workflow
from weft.formats.bmad.file import sheet
from weft.formats.bmad.items import Item
from weft.formats.bmad.read import TAKEN, all_items
from weft.formats.yaml import Document


class ItemAccount(Struct, frozen=True):
    """One item: its number in the file, line and kind, the steps it became, and what each of its keys became."""

    number: str
    line: int
    kind: str
    steps: tuple[str, ...]
    keys: dict[str, str]


class Account(Struct, frozen=True):
    """All items of the chosen variant, and what the keys beside them became. `lost` names what was carried nowhere."""

    items: tuple[ItemAccount, ...]
    head: dict[str, str]
    lost: tuple[str, ...] = ()


def account(document: Document, file: str, workflow: Workflow, variant: str = "") -> Account:
    """Compare a file with the workflow that was read from it. The errors are those of reading."""
    page = sheet(document, file, variant)
    lost: list[str] = []
    items = []
    for item in _flat(all_items(page)):
        steps = _steps_of(item, workflow)
        keys = {key: _became(key, value, steps) for key, value in item.data.items()}
        lost += [
            f"item {item.number} (line {item.line}): `{key}`" for key, became in keys.items() if not became
        ]
        lost += [] if steps else [f"item {item.number} (line {item.line})"]
        items.append(ItemAccount(item.number, item.line, item.kind, tuple(step.id for step in steps), keys))
    head = {str(key): _head(str(key), value, workflow) for key, value in page.head.items()}
    lost += [f"`{key}` of the workflow" for key, became in head.items() if not became]
    return Account(tuple(items), head, tuple(lost))


def _flat(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from _flat(item.inner)


def _steps_of(item: Item, workflow: Workflow) -> list[Step]:
    return [step for step in workflow.steps if _number(step) == item.number]


def _number(step: Step) -> str:
    about = step.extra.get("item")
    return str(about.get("number", "")) if isinstance(about, Mapping) else ""


def _became(key: str, value: Any, steps: list[Step]) -> str:
    for step in steps:
        used: Any = step.extra["item"].get("keys", {})
        if key in used:
            return str(used[key])
        if key in step.extra and step.extra[key] == value:
            return "kept"
    return ""


def _head(key: str, value: Any, workflow: Workflow) -> str:
    if key in TAKEN:
        return key
    if key == "handoff_prompts" and workflow.extra.get(key) == value:
        return "handoff"
    return "kept" if key in workflow.extra and workflow.extra[key] == value else ""
