"""The references of an item against what was made before it: which are met, which may lack, which are no files at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from ropewalk.definition import Fact, Ref
from ropewalk.formats.imported.kit import policy
from ropewalk.formats.imported.kit.conditions import fact_name, question
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext, Keys
from ropewalk.formats.imported.kit.places import place
from ropewalk.formats.imported.kit.references import (
    FILE,
    Reference,
    has_blank,
    is_file,
    key_of,
    pattern,
    pieces,
    tokens,
)

REQUIRING: Final = ("requires", "prerequisites", "render")


class Needs(NamedTuple):
    """What an item waits for: references, names of steps or items, and facts; `looks_at`: what it validates."""

    refs: tuple[Ref, ...]
    steps: tuple[str, ...]
    facts: tuple[str, ...]
    looks_at: str


def written(
    value: Any, making: ImportContext, notes: tuple[str, ...], soft: bool, changed: bool = False
) -> tuple[Ref, ...]:
    """What an item makes or, when it was there before, changes. Blanks in a path become a pattern; prose and logical names
    are labels.
    """
    prose = "\n".join(notes)
    refs = [_written(token, making, prose, soft, changed) for token in tokens(value)]
    return tuple(dict.fromkeys(refs))


def _written(token: Reference, making: ImportContext, notes: str, soft: bool, changed: bool) -> Ref:
    if token.everything:
        return Ref(token.name, soft=True, aggregate=True, label=True)
    if token.alternatives:
        paths = tuple(written_path(name, making, notes) for name in token.alternatives)
        return Ref(paths[0], soft or token.soft, () if token.label else paths, label=token.label)
    known = making.makers.of(token.name)
    path = known.path if known and known.path and not token.label else written_path(token.name, making, notes)
    outside = changed and known is None and not token.label
    return Ref(path, soft or token.soft, external=outside, label=token.label)


def written_path(name: str, making: ImportContext, notes: str = "") -> str:
    """Where a named artifact lies; one with placeholders is a pattern, for who makes it and for who reads it alike."""
    return pattern(place(name, making.pack, notes)) if has_blank(name) else place(name, making.pack, notes)


def needs_of(
    keys: Keys, item: Item, making: ImportContext, notes: tuple[str, ...], looked: Sequence[str] = ()
) -> Needs:
    """What an item requires, validates and, under the keys of `looked`, looks at; against everything made before it."""
    refs: list[Ref] = []
    steps: list[str] = []
    facts: list[str] = []
    for name in REQUIRING:
        for token in tokens(_required(name, keys)):
            if (target := _step(token, making)) is not None:
                steps.append(target)
            elif (fact := _fact(token, making)) is not None:
                facts.append(fact)
            else:
                refs.append(_needed(token, item, making))
    looks_at = keys.text("validates", "requires")
    for token in tokens(looks_at):
        made = making.makers.of(token.name)
        if made is not None:
            refs.append(Ref(made.path or made.name, soft=True, label=made.label))
        else:
            refs.append(Ref(token.name, soft=True, aggregate=token.everything, label=True))
    for verb in looked:
        refs += [
            msgspec.structs.replace(ref, soft=True) for ref in _looked(keys.take(verb, "requires"), making)
        ]
    return Needs(
        tuple(dict.fromkeys(refs)), tuple(dict.fromkeys(steps)), tuple(dict.fromkeys(facts)), looks_at
    )


def _looked(value: Any, making: ImportContext) -> tuple[Ref, ...]:
    return written(value, making, (), soft=True, changed=True)


def _required(name: str, keys: Keys) -> Any:
    """What a key requires; of `render` it is what it renders, but for what the item itself makes."""
    value = keys.take(name, "requires")
    if name != "render" or not isinstance(value, dict):
        return value
    own = {token.name for token in tokens(keys.data.get("creates"))}
    return [token.raw for token in tokens(value.get("from")) if token.name not in own]


def _step(token: Reference, making: ImportContext) -> str | None:
    """The step that a token names, where it names no artifact."""
    if making.makers.of(token.name) is not None or token.alternatives or FILE.search(token.name):
        return None
    wanted = {key_of(token.name), key_of(policy.READINESS.sub("", token.name))}
    for draft in making.drafts:
        names = {draft.item.name, str(draft.item.data.get("id", "")), str(draft.item.data.get("step", ""))}
        if wanted & {key_of(name) for name in names if name}:
            return draft.exits[0] if len(draft.exits) == 1 else draft.item.name
    return None


def _fact(token: Reference, making: ImportContext) -> str | None:
    """The fact that a token such as `format-validation-passed` names, where nothing makes it."""
    if token.alternatives or token.everything or FILE.search(token.name) or making.makers.of(token.name):
        return None
    if policy.ALREADY_THERE.search(token.name) or not policy.READINESS.search(token.name):
        return None
    name = fact_name(token.name)
    making.declare({name: Fact(question=question(token.name), default=False)})
    return name


def _needed(token: Reference, item: Item, making: ImportContext) -> Ref:
    if token.everything:
        return Ref(token.name, soft=True, aggregate=True, label=True)
    names = token.alternatives or _either(token, making)
    if len(names) > 1:
        makers = [made for name in names if (made := making.makers.of(name)) is not None]
        paths = tuple(made.path or made.name for made in makers) or names
        label = any(made.label for made in makers) or not all(is_file(path) for path in paths)
        name = token.name if label and not makers else paths[0]
        return Ref(name, True, () if label or len(paths) == 1 else paths, external=not makers, label=label)
    made = making.makers.of(token.name)
    if made is not None:
        return Ref(made.path or made.name, token.soft or made.may_lack, label=made.label)
    path = written_path(token.name, making)
    if making.makers.prose and policy.ALREADY_THERE.search(token.name):
        return Ref(token.name, True, external=True, label=True)
    if not token.soft and not policy.ALREADY_THERE.search(token.name):
        making.warn(item, f"nothing in this file makes `{token.raw}`: it has to be there already")
    return Ref(path, True, external=True, label=token.label)


def _either(token: Reference, making: ImportContext) -> tuple[str, ...]:
    """`a_or_b` is a choice where one side is known, or where the whole is not."""
    alternatives = pieces(token.name)
    if len(alternatives) < 2 or making.makers.of(token.name) is not None:
        return (token.name,)
    return tuple(alternatives)
