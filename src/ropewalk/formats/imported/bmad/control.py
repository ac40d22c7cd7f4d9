"""Stage 6b, items that nobody works at: guidance, headers, ends, repeats, imports, and the places where people decide."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from ropewalk.definition import Approval, Choice, Decision, Fact, Step
from ropewalk.documents import as_list, as_text
from ropewalk.formats.imported.kit import policy, wording
from ropewalk.formats.imported.kit.conditions import fact_name
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, Keys, Way
from ropewalk.formats.imported.kit.people import role_id
from ropewalk.formats.imported.kit.refs import needs_of, written
from ropewalk.formats.imported.kit.settling import settle
from ropewalk.formats.imported.kit.work import _notes, finished

SHOWN = {
    "guide": "Guidance",
    "end": "End",
    "repeat": "Again",
    "import": "Import",
    "header": "Phase",
    "halt": "Checkpoint",
}


def plain_step(item: Item, keys: Keys, making: ImportContext, kind: str = "noop") -> tuple[Step, ItemSteps]:
    """A step of an item that is no work, with its condition settled, and a draft around it."""
    own = keys.text("id", "id")
    name = (
        item.name
        or as_text(item.data.get("name") or item.data.get("stage"))
        or SHOWN.get(item.kind, item.kind)
    )
    for key in (
        "step",
        "step_name",
        "meta",
        "name",
        "title",
        "action",
        "agent",
        "orchestrator",
        "decision_point",
        "decision",
    ):
        keys.take(key, "title")
    action = as_text(item.data.get("action")).replace("_", " ")
    draft = ItemSteps(item)
    step_id = making.id(own or name)
    title = as_text(item.data.get("title") or item.data.get("name")) or name.replace("_", " ")
    step = Step(
        step_id, kind, title=f"{title}: {action}" if action and action != title else title, phase=making.phase
    )
    draft.condition = settle(keys, step_id, item, making)
    notes = _notes(keys)
    needs = needs_of(keys, item, making, notes)
    creates = written(keys.take("creates", "creates"), making, notes, soft=True)
    draft.after = needs.steps
    keys.take("optional", "optional")
    step = msgspec.structs.replace(
        step,
        when=wording.both(draft.condition.when, " && ".join(f"facts.{fact}" for fact in needs.facts)),
        requires=needs.refs,
        creates=creates,
        optional=item.data.get("optional") is True,
        notes=notes,
    )
    draft.entry = draft.exits = (step_id,)
    return step, draft


def guide(item: Item, making: ImportContext) -> ItemSteps:
    """A message that stands in the run's record; nobody works at it."""
    keys = Keys(item.data)
    step, draft = plain_step(item, keys, making)
    draft.steps = [finished(step, item, keys)]
    return draft


def header(item: Item, making: ImportContext) -> ItemSteps:
    """The head of a phase: what follows belongs to it."""
    keys = Keys(item.data)
    phase = keys.text("phase", "phase")
    title = keys.text("name", "phase") or keys.text("title", "phase")
    enter(making, phase, title, keys.text("description", "phase"))
    step, draft = plain_step(item, keys, making)
    draft.steps = [finished(step, item, keys)]
    return draft


def enter_phase(item: Item, making: ImportContext) -> None:
    """An item that names its phase (`phase`, `stage`) begins it, or goes on with it."""
    phase = next((item.data[key] for key in ("phase", "stage") if item.data.get(key) not in (None, "")), None)
    if phase is not None and item.kind != "header" and not isinstance(phase, list | Mapping):
        title = as_text(item.data.get("phase_name")) or making.titles.get(as_text(phase), "")
        enter(making, as_text(phase), title)


def enter(making: ImportContext, phase: str, title: str = "", description: str = "") -> None:
    """What comes next belongs to a phase; a number alone is called by its title where one is known."""
    plain = role_id(phase or title, len(making.phases) + 1)
    known = making.phases.get(plain, ("", ""))
    making.phases[plain] = (
        title or known[0] or (f"Phase {phase}" if phase.replace(".", "").isdigit() else phase),
        description or known[1],
    )
    making.phase = plain


def absent(item: Item, making: ImportContext, key: str = "import") -> ItemSteps:
    """An import of a module or a call of a workflow that is not there: told, shown, and passed over."""
    keys = Keys(item.data)
    target = keys.text(key, "title")
    making.warn(item, f"`{key}: {target}` is not there: its items are not part of the workflow")
    step, draft = plain_step(item, keys, making)
    step = msgspec.structs.replace(step, title=f"{key.capitalize()} {target} (not there)")
    draft.steps = [finished(step, item, keys)]
    return draft


def halt(item: Item, making: ImportContext) -> ItemSteps:
    """A person decides: which way on where the file gives ways, else whether it goes on at all."""
    keys = Keys(item.data)
    step, draft = plain_step(item, keys, making, "ask")
    notes = "\n".join(step.notes)
    keys.take("human_checkpoint", "ask")
    sort = keys.text("checkpoint_type", "ask")
    question = step.title + (f" ({sort.replace('_', ' ').lower()})" if sort else "") + "?"
    choices = _choices(keys.take("options", "ask"))
    ways = keys.take("on_complete", "decide")
    for name in ("decisions", "outcomes") if not choices else ():
        ways = ways if isinstance(ways, Mapping) else keys.take(name, "decide")
    listed = [ref.name for ref in (*step.creates, *step.requires) if not ref.label]
    prompt = f"{question}\n\n{notes}".strip()
    bodies: dict[str, Any] = {}
    if isinstance(ways, Mapping) and ways:
        bodies = {str(name): body for name, body in ways.items()}
    elif choices and any(_stops(choice) for choice in choices):
        bodies = {option.id: {"action": "end"} if _stops(option) else {} for option in choices}
    inline: list[Step] = []
    if bodies:
        titles = {choice.id: choice.title for choice in choices}
        all_ways = [way_of(name, body, making, titles.get(name, "")) for name, body in bodies.items()]
        draft.ways = tuple(asked(way, item, making, inline) for way in all_ways)
        decision = Decision(by="person", prompt=prompt, fact=way_fact(step.id, draft.ways, making))
        step = msgspec.structs.replace(step, kind="decide", decision=decision)
    else:
        fact = fact_name(f"{step.id}_choice")
        if choices:
            names = tuple(choice.id for choice in choices)
            making.declare({fact: Fact("string", f"What was chosen: {', '.join(names)}?", choices=names)})
        step = msgspec.structs.replace(
            step,
            ask=Approval(
                prompt=prompt,
                choices=choices,
                show=tuple(listed),
                on_reject="fail",
                fact=fact if choices else "",
            ),
        )
    draft.steps = [finished(step, item, keys), *inline]
    return draft


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


def _stops(choice: Choice) -> bool:
    return policy.END_WORDS.match(choice.id.lower()) is not None


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


def way_of(name: str, body: Any, making: ImportContext, title: str = "") -> Way:
    """A way on as the file words it: a target, an action, or a mapping with either."""
    data = body if isinstance(body, Mapping) else {"action": as_text(body)}
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
    if not goal or goal.lower() in policy.GO_ON_WORDS:
        return Way(name, to="", cap=cap, title=title)
    return Way(name, to=goal, cap=cap, title=title)


def way_fact(step: str, ways: tuple[Way, ...], making: ImportContext) -> str:
    """The fact that says which way a decision took, declared with the names of its ways: first those that go on, since
    the one who has no reason to choose takes the first.
    """
    names = tuple(way.name for way in sorted(ways, key=lambda way: way.ends))
    fact = fact_name(f"{step}_way")
    making.declare({fact: Fact("string", f"Which way on: {', '.join(names)}?", choices=names)})
    return fact


PAUSE = "\0pause"
ASK = "\0ask"


def _cap(data: Mapping[str, Any], making: ImportContext) -> int:
    from ropewalk.formats.imported.kit.values import number

    for key in ("max_iterations", "max_attempts", "max_retries", "max"):
        if cap := number(data.get(key), making.constants):
            return min(cap, policy.MOST_CAP)
    return 0
