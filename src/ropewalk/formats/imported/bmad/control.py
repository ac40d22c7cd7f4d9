"""Stage 6b, items that nobody works at and nobody decides: guidance, headers, ends, repeats, imports."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ropewalk.definition import Step
from ropewalk.documents import as_text
from ropewalk.formats.imported.kit import wording
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, Keys
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
