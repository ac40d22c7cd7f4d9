"""Stage 7c, one way: what needs a document that only one way of a decision makes is done on that way, and blocks no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from ropewalk.definition import Step
from ropewalk.formats.imported.kit import wording
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps
from ropewalk.formats.imported.kit.references import tokens


class On(NamedTuple):
    """A way of a decision, by the fact that says which one was taken."""

    fact: str
    way: str

    @property
    def when(self) -> str:
        """As a condition."""
        return f"facts.{self.fact} == {json.dumps(self.way, ensure_ascii=False)}"


def keep_to_ways(making: ImportContext) -> None:
    """Each step that needs the document of one way, while others need that of another way, is done on its way alone. Where
    no other way has such steps, or a step needs the documents of several ways, the step is done in any case, and they may be absent.
    """
    needed = {on for wanted in _wanted(making, None).values() for on in wanted.values()}
    rivals = {on.fact for on in needed if any(on.fact == other.fact and on != other for other in needed)}
    wanted_by = _wanted(making, rivals)
    for draft in making.drafts:
        draft.steps = [_kept(step, wanted_by.get(step.id, {}), rivals, making) for step in draft.steps]


def _kept(step: Step, wanted: dict[str, On], rivals: set[str], making: ImportContext) -> Step:
    if not wanted:
        return step
    ways = set(wanted.values())
    [on, *others] = ways
    if others or on.fact not in rivals or step.final:
        requires = [
            msgspec.structs.replace(ref, soft=True) if ref.name in wanted else ref for ref in step.requires
        ]
        return msgspec.structs.replace(step, requires=tuple(requires))
    making.why(step.id, f"done on the way `{on.way}` alone, as only that makes `{next(iter(wanted))}`")
    return msgspec.structs.replace(step, when=wording.both(step.when, on.when))


def _wanted(making: ImportContext, rivals: set[str] | None) -> dict[str, dict[str, On]]:
    """Per step outside of the ways what it needs that one way alone makes; by way of others only for `rivals` (None: all)."""
    made: dict[str, set[On | None]] = {}
    ways: set[On] = set()
    wanted_by: dict[str, dict[str, On]] = {}
    for draft in making.drafts:
        inline = dict(_inline(draft))
        ways |= set(_ways(draft))
        needed = list(_needed(draft, making))
        for step in draft.steps:
            on = inline.get(step.id) or next(
                (way for way in ways if way.when in step.when.split(" && ")), None
            )
            if on is None:
                owners = {name: made[name] for name in needed if len(made.get(name, ())) == 1}
                wanted = {name: way for name, [way] in owners.items() if way is not None}
                wanted_by[step.id] = wanted
                several = len(set(wanted.values())) > 1
                on = None if several else next(iter(wanted.values()), None)
                on = on if on is None or rivals is None or on.fact in rivals else None
            for ref in step.creates:
                made.setdefault(ref.name, set()).add(on)
    return wanted_by


def _ways(draft: ItemSteps) -> Iterator[On]:
    fact = next((step.decision.fact for step in reversed(draft.steps) if step.decision is not None), "")
    yield from (On(fact, way.name) for way in draft.ways if not way.ends)


def _inline(draft: ItemSteps) -> Iterator[tuple[str, On]]:
    """The steps that are done on one way alone."""
    for on, way in zip(_ways(draft), [way for way in draft.ways if not way.ends], strict=True):
        yield from ((step, on) for step in way.first)


def _needed(draft: ItemSteps, making: ImportContext) -> Iterator[str]:
    """What an item requires without a remark that it may be absent, by where it lies."""
    for token in tokens(draft.item.data.get("requires")):
        maker = making.makers.of(token.name)
        if maker is not None and not (token.soft or token.everything or token.alternatives):
            yield maker.path or maker.name
