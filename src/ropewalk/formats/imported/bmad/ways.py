"""Stage 6c, routes: an item that leads on in several ways, as a decision with what is done on each of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from ropewalk.definition import Decision, Step
from ropewalk.documents import as_text
from ropewalk.formats.imported.bmad.control import plain_step
from ropewalk.formats.imported.bmad.goals import asked, way_fact, way_of
from ropewalk.formats.imported.kit import policy
from ropewalk.formats.imported.kit.conditions import read
from ropewalk.formats.imported.kit.items import BRANCHES, Item
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, Keys, Way
from ropewalk.formats.imported.kit.settling import teller_of
from ropewalk.formats.imported.kit.work import finished, work

WORK_KEYS = ("agent", "uses", "creates", "updates", "task", "validates")


def route(item: Item, making: ImportContext) -> ItemSteps:
    """The steps of an item with one of BRANCHES, or with ways in its `on_complete`: its own work where it has any, the
    decision, and what is done on one way alone.
    """
    keys = Keys(item.data)
    written = next((key, item.data[key]) for key in (*BRANCHES, "on_complete") if item.data.get(key))
    first = own_work(item, making, written[:1])
    if first is not None:
        step, draft = Step(making.id(f"{first.steps[-1].id}-decision"), "decide", phase=making.phase), first
        step = msgspec.structs.replace(step, title=f"{first.steps[-1].title}: which way on", line=item.line)
    else:
        step, draft = plain_step(item, keys, making, "decide")
    keys.take(written[0], "decide")
    inline: list[Step] = []
    ways = _counted(
        [_way(name, body, item, making, inline, written[0]) for name, body in _bodies(written[1])],
        step.id,
        making,
    )
    used = {name for way in ways for name in way.first}
    inline = [inner for inner in inline if inner.id in used]
    if ways:
        step = msgspec.structs.replace(step, decision=_decision(item, step, ways, first, making))
    else:
        step = msgspec.structs.replace(step, kind="noop")
    if first is None:
        step = finished(step, item, keys)
    else:
        step = msgspec.structs.replace(
            step, extra={"item": {"number": item.number, "keys": {written[0]: "decide"}}}
        )
    draft.steps = [*draft.steps, step, *inline]
    draft.ways = ways
    draft.entry = draft.entry or (step.id,)
    draft.exits = (step.id,)
    return draft


def own_work(item: Item, making: ImportContext, without: tuple[str, ...]) -> ItemSteps | None:
    """The draft of the work that an item does before it decides; None where it only decides."""
    agent = as_text(item.data.get("agent")).lower()
    if (
        not agent
        or agent in policy.NOBODY
        or agent in policy.PEOPLE
        or not any(item.data.get(key) for key in (*WORK_KEYS, "action"))
    ):
        return None
    if not any(item.data.get(key) for key in WORK_KEYS[1:]) and item.name.startswith(
        ("routing", "route", "decide")
    ):
        return None
    kept = {key: value for key, value in item.data.items() if key not in without}
    return work(msgspec.structs.replace(item, data=kept), making)


def _bodies(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return [(str(name), body) for name, body in value.items()]
    named: list[tuple[str, Any]] = []
    for number, body in enumerate(value, 1):
        data = body if isinstance(body, Mapping) else {"action": as_text(body)}
        title = as_text(data.get("name") or data.get("id") or data.get("action") or f"way {number}")
        named.append((title if title not in dict(named) else f"{title} {number}", data))
    return named


def _way(name: str, body: Any, item: Item, making: ImportContext, inline: list[Step], key: str) -> Way:
    """One way, with the steps that are done on it alone added to `inline`."""
    way = way_of(name, body, making)
    data = body if isinstance(body, Mapping) else {}
    made: tuple[str, ...] = ()
    if any(data.get(key) for key in WORK_KEYS):
        draft = work(Item(item.number, item.path, item.line, "task", name, dict(data)), making)
        inline += [msgspec.structs.replace(step, title=step.title or name) for step in draft.steps]
        made = tuple(step.id for step in draft.steps)
        if key == "routes" and "continue" not in data and not way.to:
            way = msgspec.structs.replace(way, ends=True)
            making.why(made[-1], f"the run ends after it: the way `{name}` does not say `continue`")
    way = asked(msgspec.structs.replace(way, first=made), item, making, inline)
    reading = read(as_text(data.get("condition")), making.constants) if data.get("condition") else None
    if reading is not None:
        making.declare(reading.facts)
        when = reading.when or "true" if reading.cap is None else COUNTED[reading.spent]
        way = msgspec.structs.replace(way, when=when, cap=reading.cap or way.cap)
    return way


COUNTED = {True: "\0spent", False: "true"}


def _counted(ways: list[Way], decision: str, making: ImportContext) -> tuple[Way, ...]:
    """Without the ways for when the rounds are used up: a loop's cap asks a person then, no matter who counted them."""
    kept = [way for way in ways if way.when != COUNTED[True]]
    cap = max((way.cap for way in ways), default=0)
    for way in ways:
        if way not in kept:
            making.why(decision, f"the way `{way.name}` is what happens at the loop's cap: a person is asked")
    kept = [msgspec.structs.replace(way, cap=way.cap or cap) for way in kept]
    if not any(way.when for way in kept):
        return tuple(kept)
    always = [way for way in kept if way.when in ("", "true")]
    for way in always[1:]:
        making.why(
            decision, f"the way `{way.name}` is never taken: `{always[0].name}` is, when no condition holds"
        )
    return (*(way for way in kept if way not in always), *always[:1])


def _decision(
    item: Item, step: Step, ways: tuple[Way, ...], first: ItemSteps | None, making: ImportContext
) -> Decision:
    """Who picks: conditions where the ways have some; else the result of the step before; else a person."""
    if any(way.when for way in ways):
        for way in ways:
            for name in re.findall(r"\bfacts\.(\w+)", way.when):
                teller = teller_of(name, "issues", [*making.drafts, *([first] if first else [])])
                if teller:
                    making.tell(teller, name)
        return Decision(by="condition", fact=way_fact(step.id, ways, making))
    fact = way_fact(step.id, ways, making)
    teller = first.steps[-1].id if first else _before(item, making)
    if teller and (first is None or first.steps[-1].kind == "role"):
        making.tell(teller, fact)
        making.why(
            step.id,
            f"`{teller}` is asked which way on, as part of its result; a person, where it does not say",
        )
        return Decision(by="fact", fact=fact)
    making.why(step.id, "a person chooses: no step before it could tell")
    return Decision(by="person", prompt=f"{step.title}: which way on?", fact=fact)


def _before(item: Item, making: ImportContext) -> str:
    """The step whose result the decision is based on: one that classifies, else the nearest that works."""
    condition = as_text(item.data.get("condition"))
    name = policy.BY_ROUTE.sub("", condition.lower())
    return teller_of(name or item.name, "project", making.drafts)
