"""The last step of a run in a repository: merge what the steps left, judge exactly that commit, publish it, land it.

Landing is compare-and-swap: when the target moved meanwhile, merge onto it and judge again, so often and no more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from ropewalk.core import Failure, Outcome, Verdict
from ropewalk.errors import RopewalkError
from ropewalk.runtime.assignment import Assignment
from ropewalk.workspace.port import Base, Folder, Merged, Part, Workspace

LAND_TRIES = 5

Judge = Callable[[Base, Merged], Awaitable[Sequence[Verdict]]]
"""Judges the merged commit; what judges it is that of the base, which has moved on where the target has."""


async def start_from(assignment: Assignment, workspace: Workspace) -> tuple[Part, ...] | Merged:
    """The parts of an attempt, replaced by a person's resolution where there is one; a Merged if they still disagree."""
    how = assignment.resolution
    if not how:
        return assignment.parts
    merged = await _resolved(assignment, workspace, assignment.base, assignment.parts)
    if merged.conflicts:
        return merged
    return (*assignment.parts, Part(assignment.spot.step, merged.commit, assignment.policies))


async def start_tree(assignment: Assignment, workspace: Workspace) -> str | None:
    """The tree of what an attempt starts from; None where that cannot be joined."""
    try:
        parts = await start_from(assignment, workspace)
        if isinstance(parts, Merged):
            return None
        merged = await workspace.merge(assignment.spot.run, assignment.base, parts, assignment.policies)
    except (RopewalkError, OSError):
        return None  # The attempt itself meets it, waits or fails by it, and tells it.
    return merged.tree or None


async def unseen(assignment: Assignment, workspace: Workspace, parts: tuple[Part, ...]) -> Folder | Merged:
    """An empty folder that stands for the commit: each gate gets one of its own, and nobody else looks at the files."""
    spot, base = assignment.spot, assignment.base
    merged = await workspace.merge(spot.run, base, parts, assignment.policies)
    if merged.conflicts:
        return merged
    place = await workspace.open(spot, base, (), "none")
    return place if isinstance(place, Merged) else replace(place, base=merged.commit, writable=False)


async def finish(assignment: Assignment, workspace: Workspace, judge: Judge) -> Outcome:
    """The outcome of the internal step `merge`; its artifacts are the files of the run as the result has them."""
    base, args = assignment.base, assignment.brief.args
    target, follow = str(args.get("land", "")), bool(args.get("follow"))
    if args.get(
        "again"
    ):  # its own result was judged when the run ended: what is judged now is how it fits the target of today
        moved = await workspace.refresh(base, target)
        base = moved if (moved.target, moved.seen) != (base.target, base.seen) else base
    for _ in range(LAND_TRIES):
        merged = await _merged(assignment, workspace, base)
        if merged.conflicts:
            return disagreement(assignment, merged, target, _moved_to(assignment, base))
        verdicts = tuple(await judge(base, merged)) if assignment.gates else ()
        outputs: dict[str, Any] = {
            "commit": merged.commit,
            "tree": merged.tree,
            "applied": list(merged.applied),
        }
        await workspace.hold(assignment.spot, merged.commit)
        if not args.get("called"):
            outputs["branch"] = await workspace.publish(assignment.spot.run, merged.commit)
        done = Outcome(outputs=outputs, commit=merged.commit, tree=merged.tree, verdicts=verdicts)
        if target and all(v.verdict != "FAIL" for v in verdicts):
            previous = await workspace.land(assignment.spot.run, base, merged.commit, target, follow)
            if previous is None:
                base = await workspace.refresh(base, target)
                continue
            outputs |= {"landed": target, "previous": previous, "how": "merge"}
        made = await workspace.made(base.commit, merged.commit)
        return msgspec.structs.replace(done, artifacts=made)
    message = (
        f"{target} moved {LAND_TRIES} times while the run was landing; try `ropewalk land` when it is quiet"
    )
    return Outcome(failure=Failure(kind="transient", message=message))


async def _merged(assignment: Assignment, workspace: Workspace, base: Base) -> Merged:
    """What a person has settled counts for what was shown: where the target has moved since, what disagrees with it is asked
    anew, and only what disagreed between steps stays settled."""
    parts, how = assignment.parts, assignment.resolution
    if how and how.get("onto", "") == _moved_to(assignment, base):
        return await _resolved(assignment, workspace, base, parts)
    if how and not how.get("onto"):
        settled = await _resolved(assignment, workspace, assignment.base, parts)
        if settled.conflicts:
            return settled
        parts = (*parts, Part(assignment.spot.step, settled.commit, assignment.policies))
    return await workspace.merge(assignment.spot.run, base, parts, assignment.policies)


def _moved_to(assignment: Assignment, base: Base) -> str:
    """Where the target stands, if that is not where the run began from."""
    return base.seen if base != assignment.base else ""


async def _resolved(
    assignment: Assignment, workspace: Workspace, base: Base, parts: tuple[Part, ...]
) -> Merged:
    how = assignment.resolution
    texts = how.get("value")
    choices: dict[str, bytes | str | None] = {}
    if isinstance(texts, dict):
        choices = {path: text.encode() if isinstance(text, str) else None for path, text in texts.items()}
    else:
        first = await workspace.merge(assignment.spot.run, base, parts, assignment.policies)
        choices = {str(c["path"]): str(how.get("how", "ours")) for c in first.conflicts if c.get("path")}
    by = str(how.get("by", ""))
    return await workspace.resolve(assignment.spot, base, parts, assignment.policies, choices, by)


def disagreement(assignment: Assignment, merged: Merged, target: str = "", onto: str = "") -> Outcome:
    """The commits that were to be joined disagree, with each other or with what came to a target meanwhile."""
    paths = sorted({str(c.get("path", "")) for c in merged.conflicts})
    steps = ", ".join(dict.fromkeys(part.step for part in assignment.parts))
    together = f"fit what came to {target} meanwhile" if onto else "fit together"
    message = f"what {steps} left does not {together}, in {', '.join(paths[:5])}"
    report = {"conflicts": [dict(c) for c in merged.conflicts], "steps": [p.step for p in assignment.parts]}
    if onto:
        report["onto"] = onto
    if any(c.get("policy") == "fail" for c in merged.conflicts):
        report["ask"] = False
    return Outcome(
        failure=Failure(kind="conflict", message=message, report=report), conflicts=merged.conflicts
    )
