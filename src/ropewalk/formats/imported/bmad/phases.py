"""Stage 6g, phases: where the items name none, those that the file lists next to them; where it lists none that fit, three
of ropewalk's own. The order of the items stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from ropewalk.documents import as_list, as_text
from ropewalk.formats.imported.bmad.loops import names_of
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps
from ropewalk.formats.imported.kit.people import role_id
from ropewalk.formats.imported.kit.references import key_of

NAMED: Final = (("planning", "Planning"), ("development", "Development"), ("completion", "Completion"))


class ListedPhase(NamedTuple):
    """One entry of a file's `phases`: its name, title and description, and everything that it lists."""

    name: str
    title: str
    description: str = ""
    lists: frozenset[str] = frozenset()
    is_understood: bool = True


UNDERSTOOD: Final = frozenset({"phase", "id", "number", "name", "title", "description", "steps", "agents"})


def listed_phases(head: object) -> list[ListedPhase]:
    """The phases of a workflow's `phases`, as a list or a mapping, in order."""
    entries: list[tuple[str, object]] = []
    if isinstance(head, Mapping):
        entries = [(str(key), value) for key, value in head.items()]
    elif isinstance(head, list):
        entries = [pair for entry in head for pair in _pairs(entry)]
    return [_listed(key, value) for key, value in entries]


def _pairs(entry: object) -> list[tuple[str, object]]:
    if not isinstance(entry, Mapping):
        return [(str(entry), str(entry))]
    name = entry.get("phase", entry.get("id", entry.get("number", entry.get("name"))))
    if name is not None:
        return [(str(name), entry)]
    return [(str(key), value) for key, value in entry.items()][:1]


def _listed(key: str, value: object) -> ListedPhase:
    name = re.sub(r"^phase[_\s-]*(?=\d)", "", key)
    if not isinstance(value, Mapping):
        title = value if isinstance(value, str) else key
        return ListedPhase(name, title.split("\n")[0], lists=frozenset(_words(as_list(value))))
    title = as_text(value.get("name") or value.get("title") or key).split("\n")[0]
    lists = [entry for part in value.values() if isinstance(part, list | Mapping) for entry in as_list(part)]
    numbers = re.fullmatch(r"(\d{1,3})\s*[-–]\s*(\d{1,3})", as_text(value.get("steps")))
    if numbers:
        lists += range(int(numbers[1]), int(numbers[2]) + 1)
    description = as_text(value.get("description"))
    return ListedPhase(name, title, description, frozenset(_words(lists)), value.keys() <= UNDERSTOOD)


def _words(entries: list[Any]) -> Iterator[str]:
    """Names and numbers in a list of them, also as values of mappings in it."""
    for entry in entries:
        if isinstance(entry, Mapping):
            yield from _words(list(entry.values()))
        elif isinstance(entry, list):
            yield from _words(entry)
        elif as_text(entry):
            yield key_of(as_text(entry))


def give_phases(making: ImportContext, head: object) -> bool:
    """Each step without a phase gets one, if no item of the file names any. Says whether the list was all used."""
    listed = listed_phases(head)
    if making.phases:
        names = {role_id(phase.name, 1) for phase in listed}
        return names <= making.phases.keys() and all(phase.is_understood for phase in listed)
    places = _places(making, listed, _own_names) or _places(making, listed, _roles)
    if not places:
        _infer(making)
        return False
    for draft, at in zip(making.drafts, places, strict=True):
        phase = listed[at]
        name = role_id(phase.name, at + 1)
        making.phases.setdefault(name, (phase.title, phase.description))
        draft.steps = [msgspec.structs.replace(step, phase=name) for step in draft.steps]
    return all(phase.is_understood for phase in listed)


def _places(making: ImportContext, listed: list[ListedPhase], names: Any) -> list[int]:
    """Per item the phase that lists it, else that of the item before; empty where no phase lists anything."""
    at, places, matched = 0, [], False
    for draft in making.drafts:
        own = {key_of(name) for name in names(draft)}
        for index in range(at, len(listed)):
            if own & listed[index].lists:
                at, matched = index, True
                break
        places.append(at)
    return places if matched else []


def _own_names(draft: ItemSteps) -> Iterator[str]:
    yield from names_of(draft)
    yield draft.item.number
    yield as_text(draft.item.data.get("action"))
    for step in draft.steps:
        for ref in (*step.creates, *step.updates):
            yield ref.name
            yield ref.name.rsplit("/", 1)[-1]


def _roles(draft: ItemSteps) -> Iterator[str]:
    yield from (step.role for step in draft.steps if step.role)


def _infer(making: ImportContext) -> None:
    """A file without phases is told in three: what is planned, what is done over and over, and what comes after."""
    at = {draft.item.number: index for index, draft in enumerate(making.drafts) if draft.item.data}
    starts, ends = [], []
    for index, draft in enumerate(making.drafts):
        for jump in draft.jumps:
            if jump.to.startswith("#") and not draft.fixes:
                starts.append(at.get(jump.to[1:], index))
                ends.append(index)
    if not starts:
        return
    first, last = min(starts), max(ends)
    for index, draft in enumerate(making.drafts):
        phase, title = NAMED[0 if index < first else 1 if index <= last else 2]
        making.phases.setdefault(phase, (title, ""))
        draft.steps = [msgspec.structs.replace(step, phase=phase) for step in draft.steps]
