"""The account of an imported file: for each item its steps, for each key what it became or that it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from ropewalk.definition import Step, Workflow
from ropewalk.formats.imported import botarmy, tapps
from ropewalk.formats.imported.bmad.file import sheet
from ropewalk.formats.imported.bmad.read import TAKEN, all_items
from ropewalk.formats.imported.kit.items import Item
from ropewalk.yaml import YamlDocument, read_yaml_text, yaml_documents


class ItemAccount(Struct, frozen=True):
    """One item: its number in the file, line and kind, the steps it became, and what each of its keys became."""

    number: str
    line: int
    kind: str
    steps: tuple[str, ...]
    keys: dict[str, str]


class Account(Struct, frozen=True):
    """All items of the chosen variant, and what the keys next to them became. `lost` names what was carried nowhere."""

    items: tuple[ItemAccount, ...]
    head: dict[str, str]
    lost: tuple[str, ...] = ()


def account(document: YamlDocument, file: str, workflow: Workflow, variant: str = "") -> Account | None:
    """Compare a file with the workflow that was read from it; None for the native format, which has no items to lose.

    The errors are those of reading.
    """
    if workflow.format == "bmad":
        page = sheet(document, file, variant)
        return _compared(list(_flat(all_items(page))), page.head, workflow, TAKEN)
    if workflow.format == "tapps":
        data = document.data
        inner = data.get("workflow")
        head = {**data, **inner} if isinstance(inner, Mapping) else dict(data)
        head = {
            key: value for key, value in head.items() if key not in ("workflow", "steps", "parallel_tasks")
        }
        return _compared(tapps.items_of(document), head, workflow, tapps.TAKEN)
    if workflow.format == "botarmy":
        head = {key: value for key, value in document.data.items() if key not in ("stages", "roles")}
        return _compared(botarmy.items_of(document), head, workflow, botarmy.TAKEN)
    return None


def account_of(path: Path, workflow: Workflow, variant: str = "") -> Account | None:
    """The account of a file on the disk; None for what has none. The errors are those of reading."""
    from ropewalk.formats.loading import format_of

    for document in yaml_documents(read_yaml_text(path), str(path)):
        if format_of(document.data) == workflow.format:
            return account(document, str(path), workflow, variant)
    return None


def _compared(
    items: list[Item], written: Mapping[str, Any], workflow: Workflow, taken: frozenset[str]
) -> Account:
    lost: list[str] = []
    accounts = []
    for item in items:
        steps = [step for step in workflow.steps if _number(step) == item.number]
        keys = {key: _became(key, value, steps) for key, value in item.data.items()}
        lost += [
            f"item {item.number} (line {item.line}): `{key}`" for key, became in keys.items() if not became
        ]
        lost += [] if steps else [f"item {item.number} (line {item.line})"]
        accounts.append(
            ItemAccount(item.number, item.line, item.kind, tuple(step.id for step in steps), keys)
        )
    head = {str(key): _head(str(key), value, workflow, taken) for key, value in written.items()}
    lost += [f"`{key}` of the workflow" for key, became in head.items() if not became]
    return Account(tuple(accounts), head, tuple(lost))


def _flat(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from _flat(item.inner)


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


def _head(key: str, value: Any, workflow: Workflow, taken: frozenset[str]) -> str:
    if key in taken:
        return key
    acted_on = workflow.extra.get("acted_on", {})
    if key in acted_on:
        return str(acted_on[key])
    return "kept" if key in workflow.extra and workflow.extra[key] == value else ""
