"""The condition of an item, settled: as CEL, with its facts declared and, where one can be named, the step that tells them."""

from __future__ import annotations

import json
import re
from typing import Final

from ropewalk.documents import as_text
from ropewalk.formats.imported.kit import policy, wording
from ropewalk.formats.imported.kit.conditions import ConditionReading, negated, read
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, Keys

_PLAIN_WORDS: Final = (
    "user wants has have is are the and for not with after before needed required issues issue changes change complete"
    " completed left items item any all new more found exists selected path suggests if when or of to in on"
)
NO_CLUE: Final = frozenset(_PLAIN_WORDS.split())


def settle(keys: Keys, step: str, item: Item, making: ImportContext) -> ConditionReading:
    """What `condition`, `skip_if` and `when` of an item mean together. What they read is declared and told by somebody."""
    readings = []
    for name, deny in (("condition", False), ("when", False), ("skip_if", True)):
        if isinstance(keys.data.get(name), list | dict | None):
            continue
        condition = keys.take(name, "when")
        reading = by_route(read(as_text(condition), making.constants), as_text(condition), step, making)
        readings.append(negated(reading) if deny else reading)
        _tell(reading, as_text(condition), step, item, making)
    if not readings:
        return ConditionReading("none")
    whole = readings[0]
    for other in readings[1:]:
        facts = {**whole.facts, **other.facts}
        whole = ConditionReading(
            whole.sort if whole.when else other.sort,
            wording.both(whole.when, other.when),
            facts,
            whole.cap or other.cap,
        )
    return whole


def _tell(reading: ConditionReading, condition: str, step: str, item: Item, making: ImportContext) -> None:
    if reading.sort == "order":
        making.why(step, f"`{condition}` only says when: the order of the list does that")
    if reading.cap is not None:
        making.why(step, f"`{condition}` is the loop's cap, which ropewalk keeps")
    making.declare(reading.facts)
    for name in reading.facts if item.kind != "repeat" else ():
        _tell_fact(name, reading, condition, step, making)


def _tell_fact(
    name: str, reading: ConditionReading, condition: str, step: str, making: ImportContext
) -> None:
    if reading.sort == "person":
        making.why(step, f"`{condition}`: a person is asked, unless `--fact {name}=…` says it")
        return
    teller = teller_of(name, reading.sort, making.drafts)
    if teller:
        making.tell(teller, name)
        making.why(step, f"`{condition}`: `{teller}` is asked for it as part of its result")


def by_route(reading: ConditionReading, condition: str, step: str, making: ImportContext) -> ConditionReading:
    """A condition such as `major_enhancement_path` in terms of the decision above that has such a way."""
    if set(reading.facts) != {reading.when.removeprefix("facts.")}:
        return reading
    [name] = reading.facts
    chosen = route_of(name, making)
    if chosen is None:
        return reading
    fact, way = chosen
    making.why(step, f"`{condition}` holds when the way `{way}` was chosen")
    return ConditionReading("route", f"facts.{fact} == {json.dumps(way, ensure_ascii=False)}")


def route_of(name: str, making: ImportContext) -> tuple[str, str] | None:
    """The fact of the nearest decision or question above that has a way or choice of this name, and that as it is written."""
    bare = policy.ROUTE_ENDINGS.sub("", name)
    for draft in reversed(making.drafts):
        for step in draft.steps if not draft.ways else ():
            for choice in step.ask.choices if step.ask is not None and step.ask.fact else ():
                if step.ask is not None and _same(choice.id) in (bare, name):
                    return step.ask.fact, choice.id
        for way in draft.ways:
            if _same(way.name) in (bare, name):
                decision = next(step.decision for step in reversed(draft.steps) if step.decision is not None)
                return decision.fact, way.name
    return None


def _same(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def teller_of(name: str, sort: str, drafts: list[ItemSteps]) -> str:
    """The step before that will know a fact. What is wrong is known by the checks just before, unless the fact names
    another one's agent; what happens outside by nobody else than those. Else one that looks at things and shares a word
    with the fact, one that shares a word, one that looks, the nearest. Steps that only fix are not asked.
    """
    clues = _words(name)
    if sort in ("issues", "event"):
        named = [draft for draft in drafts if _shared(clues, _words(as_text(draft.item.data.get("agent"))))]
        checks = _checks_just_before(drafts)
        if sort == "event" and not checks and not named:
            return ""
        drafts = checks if checks and not named else drafts
    best, teller = (-1, -1), ""
    for index, draft in enumerate(drafts):
        roles = [step for step in draft.steps if step.kind == "role"]
        if not roles or (draft.fixes and len(drafts) > 1):
            continue
        shared = _shared(clues, _words_of(draft))
        looking = 1 if draft.looks and sort == "issues" else 0
        score = (2 * min(shared, 1) + looking) * 10 + min(shared, 9) if shared else looking
        if (score, index) >= best:
            best, teller = (score, index), roles[-1].id
    return teller


def _checks_just_before(drafts: list[ItemSteps]) -> list[ItemSteps]:
    """The unbroken row of items that look at work, up to here; what only fixes or speaks does not break it."""
    checks: list[ItemSteps] = []
    for draft in reversed(drafts):
        if draft.fixes or not any(step.kind == "role" for step in draft.steps):
            continue
        if not draft.looks:
            break
        checks.insert(0, draft)
    return checks


def _shared(clues: set[str], words: set[str]) -> int:
    return sum(any(_alike(clue, word) for word in words) for clue in clues)


def _words_of(draft: ItemSteps) -> set[str]:
    data = draft.item.data
    texts = [
        draft.item.name,
        *(
            as_text(data.get(key))
            for key in ("agent", "action", "creates", "validates", "uses", "repeats", "id")
        ),
    ]
    return _words(" ".join(texts))


def _words(text: str) -> set[str]:
    return {word for word in re.split(r"[^a-z0-9]+", text.lower()) if len(word) > 1 and word not in NO_CLUE}


def _alike(left: str, right: str) -> bool:
    """The same word, or two that begin alike: `architecture` and `architect`, `story` and `stories`."""
    if left == right:
        return True
    length = min(len(left), len(right))
    return length >= 4 and left[: max(4, length - 2)] == right[: max(4, length - 2)]
