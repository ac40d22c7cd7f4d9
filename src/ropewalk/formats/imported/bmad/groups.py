"""Stage 6d, items that hold others: what a file lists as done at the same time, and lists inside of lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ropewalk.definition import Step
from ropewalk.documents import as_text
from ropewalk.formats.imported.bmad.control import enter_phase, plain_step
from ropewalk.formats.imported.kit import wording
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, Keys
from ropewalk.formats.imported.kit.work import finished, work

LISTS = ("agents", "parallel", "parallel_tasks", "parallel_steps")


def parallel(item: Item, making: ImportContext) -> ItemSteps:
    """One step for each entry, side by side in a group; then a step that joins them and carries the item itself."""
    keys = Keys(item.data)
    joined, draft = plain_step(item, keys, making)
    members = []
    for number, entry in enumerate(_entries(keys), 1):
        inside = Item(f"{item.number}.{number}", item.path, item.line, "task", _name(entry), dict(entry))
        made = work(inside, making)
        members += _member(made.steps)
        draft.after = (*draft.after, *made.after)
    keys.take("execution_mode", "group")
    group = making.id(f"{joined.id}-group")
    when = joined.when
    draft.steps = [
        msgspec.structs.replace(step, group=group, when=wording.both(when, step.when)) for step in members
    ]
    draft.steps.append(finished(joined, item, keys))
    draft.entry, draft.exits = tuple(step.id for step in members), (joined.id,)
    draft.parallel = True
    making.why(joined.id, f"{len(members)} steps run at the same time: the file says so")
    return draft


def _member(steps: list[Step]) -> list[Step]:
    """The steps of one entry; what a person is asked before the work is asked by the work itself, as all entries begin at once."""
    asks = [step for step in steps if step.kind == "ask" and step.ask is not None]
    return [
        step if not asks or step.ask is not None else msgspec.structs.replace(step, ask=asks[0].ask)
        for step in steps
        if step not in asks
    ]


def _entries(keys: Keys) -> list[Mapping[str, Any]]:
    """What is done at the same time, from any of the keys that list it; groups in it are opened."""
    entries: list[Mapping[str, Any]] = []
    for name in LISTS:
        if isinstance(keys.data.get(name), list):
            entries += [_entry(group) for group in keys.take(name, "group")]
    for group in keys.take("parallel_groups", "group") or ():
        inner = (
            group.get("agents") or group.get("steps") or group.get("tasks")
            if isinstance(group, Mapping)
            else None
        )
        entries += [_entry(each) for each in inner] if isinstance(inner, list) else [_entry(group)]
    return entries


def _entry(entry: Any) -> Mapping[str, Any]:
    return entry if isinstance(entry, Mapping) else {"agent": as_text(entry)}


def _name(entry: Mapping[str, Any]) -> str:
    return as_text(entry.get("step") or entry.get("id") or entry.get("agent_id") or entry.get("name"))


def nested(
    item: Item, making: ImportContext, make: Callable[[Item, ImportContext], ItemSteps]
) -> list[ItemSteps]:
    """The drafts of the items inside, then one that closes them and carries the item itself."""
    inner = [made for member in item.inner for made in every(member, making, make)]
    keys = Keys(item.data)
    for name in ("sequence", "steps", "tasks"):
        keys.take(name, "steps")
    step, draft = plain_step(item, keys, making)
    draft.steps = [finished(step, item, keys)]
    draft.names = tuple(member.item.number for member in inner)
    making.drafts.append(draft)
    return [*inner, draft]


def every(
    item: Item, making: ImportContext, make: Callable[[Item, ImportContext], ItemSteps]
) -> list[ItemSteps]:
    """All drafts of an item, in order, each of them known to the next."""
    enter_phase(item, making)
    if item.kind == "group":
        return nested(item, making, make)
    draft = make(item, making)
    making.drafts.append(draft)
    return [draft]
