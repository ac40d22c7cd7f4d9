"""Stage 1, read: which part of a file is the workflow, which of its sequences is meant, and what else it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from ropewalk.definition import Fault, definition_error
from ropewalk.documents import as_text, as_texts, is_template
from ropewalk.errors import VariantNeeded
from ropewalk.yaml import Path, Positions, YamlDocument

NOT_ITEMS: Final = frozenset({"agent_sequence"})
FIRST: Final = re.compile(r"kick_?off|onboarding|initiali[sz]ation|preparation|pre_\w+")
END_KEY: Final = re.compile(r"(?:(\w+)_)?workflow_end$")


class Sequence(NamedTuple):
    """A list of items: the variant it is, where it stands, and its items as written."""

    variant: str
    path: Path
    items: list[Any]


class Sheet(NamedTuple):
    """One workflow of one file, one variant of it. `head` is what the file says next to the items, `detail` the longer
    list of the same steps that some files have at their root; `end` the end item outside the sequence, if any; `before`
    the lists of work that come before it (`kickoff`).
    """

    file: str
    id: str
    head: Mapping[str, Any]
    sequence: Sequence
    variants: tuple[str, ...]
    end: tuple[Path, Any] | None
    detail: tuple[Path, list[Any]] | None
    positions: Positions
    warnings: tuple[str, ...] = ()
    before: tuple[Sequence, ...] = ()


def is_bmad(data: object) -> bool:
    """Whether data holds a BMAD-style workflow: a mapping with at least one sequence of mappings."""
    return isinstance(data, Mapping) and not is_template(data) and bool(_sequences(data))


def _sequences(data: Mapping[str, Any]) -> list[Sequence]:
    return list(_own_sequences(data)) or list(_inside(data))


def _own_sequences(data: Mapping[str, Any]) -> Iterator[Sequence]:
    inner = data.get("workflow")
    places: list[tuple[Path, Mapping[str, Any]]] = [((), data)]
    if isinstance(inner, Mapping):
        places.insert(0, (("workflow",), inner))
    for path, holder in places:
        for key, value in holder.items():
            is_list = str(key).endswith("sequence") and key not in NOT_ITEMS and isinstance(value, list)
            if is_list and (
                any(isinstance(item, Mapping) for item in value) or (key == "sequence" and not value)
            ):
                yield Sequence(str(key).removesuffix("sequence").rstrip("_"), (*path, key), value)


def _inside(data: Mapping[str, Any]) -> Iterator[Sequence]:
    """`workflow: {first_draft: {when, sequence}, update: {sequence}}`: each is a variant."""
    inner = data.get("workflow")
    for key, value in inner.items() if isinstance(inner, Mapping) else ():
        items = value.get("sequence") if isinstance(value, Mapping) else None
        if isinstance(items, list) and any(isinstance(item, Mapping) for item in items):
            yield Sequence(str(key), ("workflow", key, "sequence"), items)


def sheet(document: YamlDocument, file: str, variant: str = "") -> Sheet:
    """The workflow of a document that `is_bmad`. VariantNeeded: it has several sequences and none of them was named.
    InvalidDefinition: a sequence is empty, or an item is no mapping.
    """
    data: Mapping[str, Any] = document.data
    sequences = _sequences(data)
    chosen = _chosen(sequences, variant, file, data)
    faults = list(_faults(chosen, file, document.positions))
    if faults:
        raise definition_error(file, faults)
    inner = data.get("workflow")
    own: Mapping[str, Any] = inner if isinstance(inner, Mapping) else {}
    names = {sequence.path[1 if len(sequence.path) > 1 else 0] for sequence in sequences}
    head = {key: value for key, value in {**_root(data), **own}.items() if key not in names}
    holder = ("workflow",) if own else ()
    before = tuple(_before(data, own))
    ends = {key: value for key, value in (own or data).items() if END_KEY.match(str(key))}
    end_key = _end_of(chosen.variant, list(ends))
    steps = data.get("steps")
    detail = (("steps",), steps) if own and isinstance(steps, list) and steps else None
    return Sheet(
        file,
        as_text(own.get("id") or data.get("id")) or re.sub(r"\.ya?ml$", "", file.rsplit("/", 1)[-1]),
        {
            key: value
            for key, value in head.items()
            if key not in ends
            and not (detail and key == "steps")
            and key not in {list_.path[-1] for list_ in before}
        },
        chosen,
        tuple(sequence.variant for sequence in sequences),
        ((*holder, end_key), ends[end_key]) if end_key else None,
        detail,
        document.positions,
        _warnings(head, {key for key in ends if key != end_key}),
        before,
    )


def _before(data: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[Sequence]:
    """The lists of work outside the sequence whose name says that they come first."""
    for path, holder in ((("workflow",), own), ((), data)):
        for key, value in holder.items():
            if not FIRST.fullmatch(str(key)) or str(key).endswith("sequence") or not isinstance(value, list):
                continue
            if value and all(isinstance(item, Mapping) and item.get("agent") for item in value):
                yield Sequence("", (*path, key), value)


def _root(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "workflow" or not isinstance(value, Mapping)}


def _chosen(sequences: list[Sequence], variant: str, file: str, data: Mapping[str, Any]) -> Sequence:
    wanted = variant.removesuffix("sequence").rstrip("_-").replace("-", "_")
    for sequence in sequences:
        if len(sequences) == 1 and not wanted:
            return sequence
        if wanted and wanted in (sequence.variant, sequence.variant or "main"):
            return sequence
    names = [sequence.variant or "main" for sequence in sequences]
    raise VariantNeeded(
        file=file or "the file",
        count=len(sequences),
        choices=" or ".join(names),
        names=tuple(names),
        when=_guidance(data),
    )


def _guidance(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What the file says about when to choose which variant."""
    inner = data.get("workflow")
    holder = inner if isinstance(inner, Mapping) else data
    guidance = holder.get("decision_guidance")
    rules = guidance.items() if isinstance(guidance, Mapping) else ()
    matches = ((re.fullmatch(r"use_(\w+?)_(?:sequence_)?when", str(key)), value) for key, value in rules)
    rules_of = {match[1]: as_texts(value) for match, value in matches if match}
    bodies = ((sequence.variant, holder.get(sequence.variant)) for sequence in _inside(data))
    return rules_of | {
        name: as_texts(body["when"])
        for name, body in bodies
        if isinstance(body, Mapping) and body.get("when")
    }


def _faults(chosen: Sequence, file: str, positions: Positions) -> Iterator[Fault]:
    if not chosen.items:
        yield Fault(file, *positions.key(chosen.path), "the sequence is empty", hint="list its steps")
    for index, item in enumerate(chosen.items):
        if not isinstance(item, Mapping):
            what = f"item {index + 1} of the sequence is {'empty' if item is None else 'no mapping'}"
            hint = "write it as `agent:` or `step:` with its keys below"
            yield Fault(file, *positions.value((*chosen.path, index)), what, hint=hint)


def _end_of(variant: str, keys: list[str]) -> str:
    """Which of the end items outside the sequence belongs to a variant: its own, else the one without a name."""
    for key in keys:
        name = (END_KEY.match(key) or [""])[1]
        if name and (name in variant.split("_") or name == variant):
            return key
    return "workflow_end" if "workflow_end" in keys else ""


def _warnings(head: Mapping[str, Any], other_ends: set[str]) -> tuple[str, ...]:
    warnings = []
    if head.get("extends"):
        warnings.append(f"`extends: {as_text(head['extends'])}` is not followed: the other file is not read")
    return tuple(warnings)
