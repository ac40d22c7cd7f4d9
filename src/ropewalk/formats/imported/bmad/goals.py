"""Where a way on leads, as a file words it: to an item, back, on, to the end, or to a person who is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from ropewalk.definition import Approval, Fact, Step
from ropewalk.documents import as_text
from ropewalk.formats.imported.kit import policy
from ropewalk.formats.imported.kit.conditions import fact_name
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, Way
from ropewalk.formats.imported.kit.values import number

PAUSE = "\0pause"
ASK = "\0ask"


def way_of(name: str, body: Any, making: ImportContext, title: str = "") -> Way:
    """A way on as the file words it: a target, an action, or a mapping with either."""
    data = body if isinstance(body, Mapping) else {"action": as_text(body)}
    named = isinstance(body, str) and re.fullmatch(r"[\w-]+", body.strip())
    goal = next(
        (
            as_text(data[key])
            for key in ("goto", "next", "next_step", "next_phase", "then", "loop_to", "to")
            if data.get(key)
        ),
        "",
    )
    going_on = data.get("continue")
    action = as_text(data.get("action") or data.get("trigger")).strip()
    plain = re.sub(r"[\s-]+", "_", (goal or action).lower())
    title = (
        title
        or as_text(
            data.get("description") or data.get("reason") or data.get("log") or data.get("notes")
        ).split("\n")[0]
    )
    cap = _cap(data, making)
    if going_on not in (None, False) and not goal:
        target = (
            "" if going_on is True or as_text(going_on).lower() in policy.GO_ON_WORDS else as_text(going_on)
        )
        return Way(name, to=target, cap=cap, title=title)
    back = policy.SEND_BACK_WORDS.match(plain)
    if back:
        goal = next(group for group in back.groups() if group)
    if policy.END_WORDS.match(plain) and (data.get("escalate_to") or data.get("escalate")):
        return Way(name, to=ASK, title=title or name)
    if policy.END_WORDS.match(plain):
        return Way(name, ends=True, title=title)
    if policy.PAUSE_WORDS.search(plain) and not goal.replace("workflow_paused", ""):
        return Way(name, to=PAUSE, cap=cap, title=title)
    if not goal and policy.ASK_WORDS.search(plain):
        return Way(name, to=ASK, title=title or name)
    if named and not goal:
        goal = action
    if not goal or plain in policy.GO_ON_WORDS or policy.YES_WORDS.match(plain):
        return Way(name, to="", cap=cap, title=title)
    return Way(name, to=goal, cap=cap, title=title)


def goal_of_choice(name: str, title: str, drafts: list[ItemSteps]) -> Way | None:
    """What a choice of a person does, from its own words; None where they say nothing that `drafts` know."""
    plain = _plain(name)
    if policy.END_WORDS.match(plain) or plain in policy.NO_WORDS:
        return Way(name, ends=True, title=title)
    if plain in policy.GO_ON_WORDS or policy.YES_WORDS.match(plain):
        return Way(name, title=title)
    if plain.split("_")[0] in policy.WAIT_WORDS:
        return Way(name, to=PAUSE, title=title)
    change = policy.CHANGE_WORDS.match(plain)
    if change is None:
        back = policy.SEND_BACK_WORDS.match(plain)
        return Way(name, to=next(group for group in back.groups() if group), title=title) if back else None
    if not drafts:
        return Way(name, title=title)
    target = _maker(change[1] or "", drafts)
    return Way(name, to=target, cap=policy.FIX_CAP, title=title) if target else None


def _maker(noun: str, drafts: list[ItemSteps]) -> str:
    """The step, nearest first, that made what a word means (`arch` for `architecture.md`); without a word the last that
    worked.
    """
    for draft in reversed(drafts):
        working = [step for step in draft.steps if step.kind == "role"]
        if not working:
            continue
        made = " ".join(_plain(ref.name.rsplit("/", 1)[-1]) for step in working for ref in step.creates)
        words = re.split(r"[_ ]", f"{made} {_plain(draft.item.name)}")
        if not noun or any(word.startswith(noun) and len(noun) > 2 for word in words):
            return working[0].id
    return ""


def _plain(words: str) -> str:
    return re.sub(r"[\W_]+", "_", words.lower()).strip("_")


def asked(way: Way, item: Item, making: ImportContext, inline: list[Step]) -> Way:
    """A way that waits for a person or hands over to one gets a step that asks, added to `inline`, and then goes on."""
    if way.to not in (ASK, PAUSE):
        return way
    question = way.title or f"{item.name} {way.name}".replace("_", " ")
    step = Step(
        making.id(item.name or "decision", way.name, "asked"),
        "ask",
        title=question[:200],
        phase=making.phase,
        ask=Approval(prompt=f"{question}: go on?", on_reject="fail"),
        extra={"item": {"number": item.number, "keys": {}}},
        line=item.line,
    )
    inline.append(step)
    return msgspec.structs.replace(way, to="", first=(*way.first, step.id))


def way_fact(step: str, ways: tuple[Way, ...], making: ImportContext) -> str:
    """The fact that says which way a decision took, declared with the names of its ways: first those that go on, since
    the one who has no reason to choose takes the first.
    """
    names = tuple(way.name for way in sorted(ways, key=lambda way: way.ends))
    fact = fact_name(f"{step}_way")
    making.declare({fact: Fact("string", f"Which way on: {', '.join(names)}?", choices=names)})
    return fact


def _cap(data: Mapping[str, Any], making: ImportContext) -> int:
    for key in ("max_iterations", "max_attempts", "max_retries", "max"):
        if cap := number(data.get(key), making.constants):
            return min(cap, policy.MOST_CAP)
    return 0
