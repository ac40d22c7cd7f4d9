"""Stage 6c, halts: the places where a person decides, after the work of the item where it has any: which way on where the
file gives ways or choices with an effect, else whether it goes on at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from ropewalk.definition import Approval, Choice, Decision, Fact, Step
from ropewalk.documents import as_list, as_text
from ropewalk.formats.imported.bmad.control import plain_step
from ropewalk.formats.imported.bmad.goals import asked, goal_of_choice, way_fact, way_of
from ropewalk.formats.imported.bmad.ways import own_work
from ropewalk.formats.imported.kit import policy
from ropewalk.formats.imported.kit.conditions import fact_name, read
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, Keys, Way
from ropewalk.formats.imported.kit.settling import route_of
from ropewalk.formats.imported.kit.work import finished

ASKING: Final = ("human_checkpoint", "checkpoint_type", "options", "on_complete", "decisions", "outcomes")
"""The keys of an item that belong to its question, not to its work."""


def halt(item: Item, making: ImportContext) -> ItemSteps:
    """The steps of an item at which a person decides."""
    first = None if as_text(item.data.get("action")) == "human_checkpoint" else own_work(item, making, ASKING)
    if first is None:
        step, draft, keys = _question(item, making)
    else:
        draft, keys = first, Keys({key: item.data[key] for key in ASKING if key in item.data})
        done = first.steps[-1]
        step = Step(
            making.id(done.id, "checkpoint"), "ask", title=done.title, phase=done.phase, line=item.line
        )
        step = msgspec.structs.replace(step, creates=done.creates, when=done.when)
    steps, ways = _decided(step, keys, item, making, first)
    [step, *inline] = steps
    step = msgspec.structs.replace(step, creates=()) if first else step
    draft.steps = [*(first.steps if first else ()), finished(step, item, keys), *inline]
    draft.ways = ways
    draft.entry = draft.entry or (step.id,)
    draft.exits = (step.id,)
    return draft


def _question(item: Item, making: ImportContext) -> tuple[Step, ItemSteps, Keys]:
    """The step of an item that only asks. What a gate demands is part of its question: were it the condition of asking,
    a gate that does not hold would be passed without anybody having seen it.
    """
    keys = Keys(item.data)
    demand = as_text(item.data.get("condition"))
    if not _is_demand(demand, item, making):
        return (*plain_step(item, keys, making, "ask"), keys)
    plain = Keys({key: value for key, value in item.data.items() if key != "condition"})
    step, draft = plain_step(item, plain, making, "ask")
    keys.used |= plain.used
    keys.take("condition", "ask")
    making.why(step.id, f"a person is asked in any case: `{demand}` is what the gate demands")
    return (
        msgspec.structs.replace(step, notes=(*step.notes, f"Demanded: {demand.replace('_', ' ')}.")),
        draft,
        keys,
    )


def _is_demand(condition: str, item: Item, making: ImportContext) -> bool:
    name = re.sub(r"[\s-]+", "_", item.name.lower())
    if not condition or not policy.GATES.search(name):
        return False
    return (
        read(condition, making.constants).sort in ("project", "progress", "event", "expression")
        and route_of(fact_name(condition), making) is None
    )


def _decided(
    step: Step, keys: Keys, item: Item, making: ImportContext, first: ItemSteps | None
) -> tuple[list[Step], tuple[Way, ...]]:
    """The step with its question, then the steps of its ways alone, and the ways."""
    notes = "\n".join(step.notes)
    keys.take("human_checkpoint", "ask")
    sort = keys.text("checkpoint_type", "ask")
    question = step.title + (f" ({sort.replace('_', ' ').lower()})" if sort else "") + "?"
    prompt = f"{question}\n\n{notes}".strip()
    choices = _choices(keys.take("options", "ask"))
    written = keys.take("on_complete", "decide")
    for name in ("decisions", "outcomes") if not choices else ():
        written = written if isinstance(written, Mapping) else keys.take(name, "decide")
    ways: list[Way] = []
    if isinstance(written, Mapping) and written:
        titles = {choice.id: choice.title for choice in choices}
        ways = [way_of(str(name), body, making, titles.get(str(name), "")) for name, body in written.items()]
    else:
        choices = choices or _choices_of_type(sort)
        ways = _ways_of_choices(choices, item, making, first)
    if ways:
        inline: list[Step] = []
        known = tuple(asked(way, item, making, inline) for way in ways)
        decision = Decision(by="person", prompt=prompt, fact=way_fact(step.id, known, making))
        return [msgspec.structs.replace(step, kind="decide", decision=decision), *inline], known
    shown = tuple(ref.name for ref in (*step.creates, *step.requires) if not ref.label)
    ask = Approval(prompt=prompt, choices=choices, show=shown, on_reject="fail")
    if choices:
        fact, names = fact_name(f"{step.id}_choice"), tuple(choice.id for choice in choices)
        making.declare({fact: Fact("string", f"What was chosen: {', '.join(names)}?", choices=names)})
        ask = msgspec.structs.replace(ask, fact=fact)
        if len(names) > 1:
            making.chosen[fact] = item
    return [msgspec.structs.replace(step, ask=ask)], ()


def _ways_of_choices(
    choices: tuple[Choice, ...], item: Item, making: ImportContext, first: ItemSteps | None
) -> list[Way]:
    """The choices as ways, where one of them does more than go on; those whose words say nothing go on, and are told."""
    drafts = [*making.drafts, *([first] if first else [])]
    goals = [goal_of_choice(choice.id, choice.title, drafts) for choice in choices]
    if all(goal is None or not (goal.to or goal.ends) for goal in goals):
        return []
    for choice, goal in zip(choices, goals, strict=True):
        if goal is None:
            making.warn(
                item, f"the choice `{choice.id}` only goes on: its words name no item before it and no end"
            )
    return [goal or Way(choice.id, title=choice.title) for choice, goal in zip(choices, goals, strict=True)]


def _choices_of_type(sort: str) -> tuple[Choice, ...]:
    """`APPROVE_REVISE_ABORT` lists the choices itself, if ropewalk knows each of its words."""
    words = re.sub(r"NO[_\s-]GO", "NO-GO", sort.upper())
    names = [
        word for word in re.split(r"[_\s/]+", words) if word and word not in ("DECISION", "APPROVAL", "OR")
    ]
    if len(set(names)) < 2 or any(goal_of_choice(name, "", []) is None for name in names):
        return ()
    return tuple(Choice(name) for name in dict.fromkeys(names))


def _choices(value: Any) -> tuple[Choice, ...]:
    """`options` as a list of texts, of one-key mappings, or a mapping."""
    choices = []
    for option in (
        [{key: part} for key, part in value.items()] if isinstance(value, Mapping) else as_list(value)
    ):
        if not isinstance(option, Mapping):
            name, _, title = (part.strip() for part in as_text(option).partition(":"))
        elif len(option) == 1:
            [(key, part)] = option.items()
            name, title = str(key), as_text(part)
        else:
            name = as_text(option.get("id") or option.get("value") or option.get("name"))
            title = as_text(option.get("label") or option.get("description") or option.get("text"))
        if name:
            choices.append(Choice(name, title))
    return tuple({choice.id: choice for choice in choices}.values())


def told_choices(making: ImportContext, steps: list[Step]) -> list[Step]:
    """The same steps; a warning for each question whose choices steer nothing, as no condition reads the answer."""
    read_somewhere = " ".join(
        [step.when for step in steps]
        + [route.when for step in steps if step.decision is not None for route in step.decision.routes]
    )
    for fact, item in making.chosen.items():
        if not re.search(rf"\bfacts\.{fact}\b", read_somewhere):
            making.warn(
                item, f"every choice of this question goes on: the answer is kept as the fact `{fact}`"
            )
    return steps
