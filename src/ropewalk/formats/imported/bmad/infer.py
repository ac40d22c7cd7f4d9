"""Stage 6f, only on request: neighbours that their artifacts prove independent run at the same time, and phases for
files that name none.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from ropewalk.formats.imported.bmad.loops import repeats_of
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps

NAMED: Final = (("planning", "Planning"), ("development", "Development"), ("completion", "Completion"))


def infer_parallel(making: ImportContext) -> None:
    """Mark the longest runs of neighbours that have both requirements and creations, need nothing of each other, make
    different things, and have no condition, loop, question or way of their own. What follows waits for all of them.
    """
    run: list[ItemSteps] = []
    number = 0
    for draft in [*making.drafts, None]:
        if draft is not None and _fits(draft) and _independent(draft, run):
            run.append(draft)
            continue
        if len(run) > 1:
            number += 1
            for member in run:
                member.together = f"inferred-{number}"
                others = ", ".join(other.steps[0].id for other in run if other is not member)
                making.why(
                    member.steps[0].id,
                    f"runs next to {others}: all they require is there before (--infer-parallel)",
                )
        run = [draft] if draft is not None and _fits(draft) else []


def _fits(draft: ItemSteps) -> bool:
    if (
        draft.item.kind != "task"
        or len(draft.steps) != 1
        or draft.jumps
        or draft.ways
        or draft.after
        or draft.together
        or draft.alone
    ):
        return False
    [step] = draft.steps
    hard = [ref for ref in step.creates if not ref.soft]
    asks = step.ask or step.approve
    return bool(step.requires and hard) and not (
        step.when or asks or repeats_of(draft) or draft.looks or step.updates or draft.runs_with
    )


def _independent(draft: ItemSteps, run: list[ItemSteps]) -> bool:
    made = {name for other in run for ref in other.steps[0].creates for name in (ref.name, *ref.any_of)}
    step = draft.steps[0]
    wanted = {name for ref in (*step.requires, *step.creates) for name in (ref.name, *ref.any_of)}
    if any(ref.aggregate for ref in step.requires):
        return not run
    return not wanted & made


def infer_phases(making: ImportContext) -> None:
    """A file without phases is told in three: what is planned, what is done over and over, and what comes after."""
    if making.phases:
        return
    at = {draft.item.number: index for index, draft in enumerate(making.drafts) if draft.item.data}
    starts, ends = [], []
    for index, draft in enumerate(making.drafts):
        for jump in draft.jumps:
            if jump.to.startswith("#") and not draft.fixes:
                starts.append(at.get(jump.to[1:], index))
                ends.append(index)
    if not starts:
        return
    first, last = min(starts), max(ends)
    for index, draft in enumerate(making.drafts):
        phase, title = NAMED[0 if index < first else 1 if index <= last else 2]
        making.phases.setdefault(phase, (title, ""))
        draft.steps = [msgspec.structs.replace(step, phase=phase) for step in draft.steps]


def phase_titles(head: object) -> dict[str, str]:
    """Titles of phases by number or name, from a workflow's `phases` as a list or a mapping."""
    titles: dict[str, str] = {}
    entries = (
        head.items()
        if isinstance(head, dict)
        else [pair for entry in head or () for pair in _pairs(entry)]
        if isinstance(head, list)
        else []
    )
    for key, value in entries:
        name = re.sub(r"^phase[_\s-]*(?=\d)", "", str(key))
        title = (
            value
            if isinstance(value, str)
            else value.get("name") or value.get("title")
            if isinstance(value, dict)
            else None
        )
        titles[name] = str(title or key).split("\n")[0]
    return titles


def _pairs(entry: object) -> list[tuple[str, object]]:
    if isinstance(entry, dict):
        named = entry.get("phase", entry.get("id", entry.get("number")))
        if named is not None:
            return [(str(named), entry)]
        return [(str(key), value) for key, value in entry.items()][:1]
    return [(str(entry), str(entry))]
