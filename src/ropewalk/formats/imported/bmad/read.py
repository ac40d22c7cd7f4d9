"""A BMAD workflow file as a Workflow: the stages in order. What ropewalk does not act on is kept and shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, Final

import msgspec

from ropewalk.definition import Phase, Step, Workflow
from ropewalk.documents import as_text
from ropewalk.formats.imported.bmad import (
    calls,
    control,
    groups,
    halts,
    handoffs,
    infer,
    jumps,
    loops,
    phases,
)
from ropewalk.formats.imported.bmad.file import Sheet, sheet
from ropewalk.formats.imported.bmad.inputs import inputs_of
from ropewalk.formats.imported.bmad.unused import warn_of_unused
from ropewalk.formats.imported.bmad.ways import route
from ropewalk.formats.imported.bmad.wiring import Wiring
from ropewalk.formats.imported.kit import work
from ropewalk.formats.imported.kit.items import Item, item_of, items_of
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, persona
from ropewalk.formats.imported.kit.pack import Pack
from ropewalk.formats.reading import PLAIN, ReadOptions
from ropewalk.yaml import YamlDocument

TAKEN: Final = frozenset({"id", "name", "description", "version"})
FAN_OUTS: Final = ("fan-out", "fanout", "parallel")
CONSTANTS: Final = ("config", "settings", "variables", "params", "parameters", "paths")


def read(
    document: YamlDocument, file: str, options: ReadOptions = PLAIN, pack: Pack | None = None
) -> Workflow:
    """The workflow of a file that `is_bmad`. VariantNeeded: the file holds several and none was named.
    InvalidDefinition: a sequence is empty or holds something that is no item, with places.
    """
    page = sheet(document, file, options.variant)
    path = FilePath(file)
    making = ImportContext(
        options, pack or Pack(), constants(page.head), path if file and path.is_file() else None
    )
    making.warnings += page.warnings
    _phases(page, making)
    for item in all_items(page):
        drafts = groups.every(item, making, draft_of)
        for draft in drafts:
            _leading(draft, making)
    fan_out = _fan_out(page, making)
    loops.close_loops(making)
    loops.close_fixes(making)
    loops.own_loops(making)
    if options.infer_parallel:
        infer.infer_parallel(making)
    acted_on = {"phases"} if phases.give_phases(making, page.head.get("phases")) else set()
    acted_on |= {"type"} if fan_out else set()
    steps = halts.told_choices(making, Wiring(making).wired())
    steps = [_with_facts_to_tell(step, making) for step in steps]
    warn_of_unused(making, steps, page.head)
    return whole(page, making, steps, acted_on)


def all_items(page: Sheet) -> tuple[Item, ...]:
    """The items of the lists that come first, those of the sequence, then the end item that some files keep outside of it."""
    own = _with_detail(items_of(page.sequence.items, page.sequence.path, page.positions), page)
    first = [
        item
        for listed in page.before
        for item in items_of(listed.items, listed.path, page.positions, f"{listed.path[-1]}.")
    ]
    items = (*first, *own)
    if page.end is None or any(item.kind == "end" for item in items[-1:]):
        return items
    path, value = page.end
    body = (
        value
        if isinstance(value, Mapping)
        else {"notes": as_text(value)}
        if value not in (None, True, "")
        else None
    )
    end = item_of({str(path[-1]): body}, path, page.positions, "end")
    return (*items, msgspec.structs.replace(end, kind="end"))


def _with_detail(items: tuple[Item, ...], page: Sheet) -> tuple[Item, ...]:
    """Items with what the longer list of the same steps says of them: by name, or by place where both are as long."""
    details = [entry for entry in page.detail[1] if isinstance(entry, Mapping)] if page.detail else []
    named = {
        as_text(entry.get(key)).casefold(): entry
        for entry in reversed(details)
        for key in ("id", "step", "name")
        if entry.get(key)
    }
    detailed = []
    for index, item in enumerate(items):
        names = (item.name, as_text(item.data.get("id")), as_text(item.data.get("step")))
        detail = next((named[name.casefold()] for name in names if name and name.casefold() in named), None)
        if detail is None and len(details) == len(items):
            detail = details[index]
        if detail is None or "detail" in item.data:
            detailed.append(item)
            continue
        data = {**item.data, "detail": dict(detail)}
        if detail.get("elicit") is True:
            data.setdefault("elicit", True)
        detailed.append(msgspec.structs.replace(item, data=data))
    return tuple(detailed)


def draft_of(item: Item, making: ImportContext) -> ItemSteps:
    """The steps of one item: of the workflow that it calls, else by its kind."""
    called = calls.call(item, making)
    if called is not None:
        return called
    match item.kind:
        case "task":
            return work.work(item, making)
        case "route":
            return route(item, making)
        case "halt":
            return halts.halt(item, making)
        case "parallel":
            return groups.parallel(item, making)
        case "import":
            return control.absent(item, making)
        case "header":
            return control.header(item, making)
        case _:
            return control.guide(item, making)


def constants(head: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a file gives to names, for its conditions and numbers."""
    values: dict[str, Any] = {}
    for key in CONSTANTS:
        if isinstance(head.get(key), Mapping):
            values |= {str(name): value for name, value in head[key].items()}
    return values


def _phases(page: Sheet, making: ImportContext) -> None:
    for phase in phases.listed_phases(page.head.get("phases")):
        making.titles[phase.name] = phase.title


def _leading(draft: ItemSteps, making: ImportContext) -> None:
    """The jumps and waits of an item, and their place in the account of its keys."""
    used = jumps.lead_on(draft, making)
    used |= {name: "phase" for name in ("phase", "phase_name", "stage") if name in draft.item.data}
    if not used:
        return
    for index, step in enumerate(draft.steps):
        item = step.extra.get("item")
        if item and item["keys"]:
            account = {**item, "keys": {**item["keys"], **used}}
            extra = {name: value for name, value in step.extra.items() if name not in used}
            draft.steps[index] = msgspec.structs.replace(step, extra={**extra, "item": account})


def _fan_out(page: Sheet, making: ImportContext) -> bool:
    """`type: fan-out`: one branch for each agent, done at the same time; what an agent does is in the order of the list.
    What requires another branch's work joins them; after a single branch it begins the next ones. Says whether it is one.
    """
    if re.sub(r"[\s_]+", "-", as_text(page.head.get("type")).lower()) not in FAN_OUTS:
        return False
    makers = {made.path or made.name: made.role for made in making.makers.all()}
    branches: dict[str, str] = {}
    fans = 0
    for draft in making.drafts:
        if draft.item.kind != "task" or len(draft.steps) != 1 or draft.together or draft.alone:
            branches = {}
            continue
        [step] = draft.steps
        wanted = {name for ref in step.requires for name in (ref.name, *ref.any_of)} & makers.keys()
        joins = {makers[name] for name in wanted} & branches.keys() - {step.role}
        if joins and len(branches) > 1:
            branches = {}
            continue
        if joins or not branches:
            branches, fans = {}, fans + 1
        draft.together = f"fan-out {fans}"
        if step.role in branches:
            draft.after = (*draft.after, branches[step.role])
        branches[step.role] = step.id
        making.why(step.id, f"in the branch of `{step.role}`: the file is a fan-out")
    return True


def _with_facts_to_tell(step: Step, making: ImportContext) -> Step:
    """The step with the facts that its result shall tell, what nothing acts on, and why it is as it is."""
    step = work.with_leftover(step)
    facts = tuple(dict.fromkeys((*step.facts, *making.tells.get(step.id, ()))))
    extra = dict(step.extra)
    if step.id in making.inferred:
        extra["inferred"] = list(dict.fromkeys(making.inferred[step.id]))
    return msgspec.structs.replace(step, facts=facts, extra=extra)


def whole(page: Sheet, making: ImportContext, steps: list[Step], used: set[str]) -> Workflow:
    """The workflow around the steps: inputs, facts, roles, phases, handoffs, and everything else that the file says."""
    prompts = page.head.get("handoff_prompts")
    left: dict[str, Any] = {}
    acted_on = {key: key for key in sorted(used & page.head.keys())}
    if isinstance(prompts, Mapping):
        steps, left = handoffs.give(
            steps,
            prompts,
            making.facts,
            page.sequence.variant,
            [name for name in page.variants if name != page.sequence.variant],
        )
        acted_on["handoff_prompts"] = "handoff"
    inputs, acted = inputs_of(page.head.get("inputs"))
    acted_on |= {"inputs": "inputs"} if acted else {}
    extra = {str(key): value for key, value in page.head.items() if key not in TAKEN and key not in acted_on}
    extra |= {"acted_on": acted_on} if acted_on else {}
    extra |= (
        {"title": as_text(page.head.get("name"))}
        if as_text(page.head.get("name")) not in ("", page.id)
        else {}
    )
    remarks = [*making.warnings, *dict.fromkeys(making.pack.faults)]
    if remarks:
        extra["remarks"] = remarks
    if left:
        extra["handoffs_not_placed"] = left
    if len(page.variants) > 1:
        extra["variant"] = page.sequence.variant or "main"
    if page.detail is not None:
        extra["steps"] = page.detail[1]
    entered = {step.phase for step in steps}
    return Workflow(
        name=page.id,
        steps=tuple(steps),
        description=as_text(page.head.get("description")) or as_text(page.head.get("name")),
        version=as_text(page.head.get("version")),
        format="bmad",
        source=page.file,
        inputs=inputs,
        facts=making.facts,
        roles={name: persona(name, about[0], making) for name, about in making.roles.items()},
        phases=tuple(
            Phase(name, title, description)
            for name, (title, description) in making.phases.items()
            if name in entered
        ),
        documents=making.documents,
        warnings=tuple(remarks),
        extra=extra,
    )
