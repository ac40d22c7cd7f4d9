"""Stage 6f, only on request: neighbours that their artifacts prove independent run at the same time."""

from __future__ import annotations

from ropewalk.formats.imported.bmad.loops import names_of, repeats_of
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps


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
        or draft.together
        or draft.alone
    ):
        return False
    [step] = draft.steps
    hard = [ref for ref in step.creates if not ref.soft]
    asks = step.ask or step.approve
    return bool((step.requires or draft.after) and hard) and not (
        step.when or asks or repeats_of(draft) or draft.looks or step.updates or draft.runs_with
    )


def _independent(draft: ItemSteps, run: list[ItemSteps]) -> bool:
    made = {name for other in run for ref in other.steps[0].creates for name in (ref.name, *ref.any_of)}
    step = draft.steps[0]
    wanted = {name for ref in (*step.requires, *step.creates) for name in (ref.name, *ref.any_of)}
    if any(ref.aggregate for ref in step.requires):
        return not run
    return not wanted & made and not any(set(draft.after) & names_of(other) for other in run)
