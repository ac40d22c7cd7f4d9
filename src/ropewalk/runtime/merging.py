"""What an attempt starts from: the commits of what it needs, merged, with what a person has settled between them."""

from __future__ import annotations

from msgspec.structs import replace

from ropewalk.core import Outcome
from ropewalk.errors import RopewalkError
from ropewalk.runtime.assignment import Assignment
from ropewalk.steps import disagreement, resolve
from ropewalk.steps.port import Commits, Judge
from ropewalk.workspace.port import Folder, Merged, Part, Workspace


def commits_of(assignment: Assignment, workspace: Workspace, judge: Judge | None = None) -> Commits:
    """The commits that an assignment is about."""
    return Commits(
        spot=assignment.spot,
        base=assignment.base,
        parts=assignment.parts,
        policies=assignment.policies,
        resolution=assignment.resolution,
        workspace=workspace,
        judge=judge,
    )


async def start_from(assignment: Assignment, workspace: Workspace) -> tuple[Part, ...] | Merged:
    """The parts of an attempt, replaced by a person's resolution where there is one; a Merged if they still disagree."""
    if not assignment.resolution:
        return assignment.parts
    merged = await resolve(commits_of(assignment, workspace), assignment.base)
    if merged.conflicts:
        return merged
    return (*assignment.parts, Part(assignment.spot.step, merged.commit, assignment.policies))


async def start_merged(assignment: Assignment, workspace: Workspace) -> Merged:
    """One commit of all that an attempt starts from; it says so where its parts disagree."""
    parts = await start_from(assignment, workspace)
    if isinstance(parts, Merged):
        return parts
    return await workspace.merge(assignment.spot.run, assignment.base, parts, assignment.policies)


async def start_tree(assignment: Assignment, workspace: Workspace) -> str | None:
    """The tree of what an attempt starts from; None where that cannot be joined."""
    try:
        merged = await start_merged(assignment, workspace)
    except (RopewalkError, OSError):
        return None  # The attempt itself meets it, waits or fails by it, and tells it.
    return None if merged.conflicts else merged.tree or None


async def unseen(assignment: Assignment, workspace: Workspace, parts: tuple[Part, ...]) -> Folder | Merged:
    """An empty folder that stands for the commit: each gate gets one of its own, and nobody else looks at the files."""
    spot, base = assignment.spot, assignment.base
    merged = await workspace.merge(spot.run, base, parts, assignment.policies)
    if merged.conflicts:
        return merged
    place = await workspace.open(spot, base, (), "none")
    return place if isinstance(place, Merged) else replace(place, base=merged.commit, writable=False)


def disagreed(assignment: Assignment, workspace: Workspace, merged: Merged) -> Outcome:
    """The outcome of an attempt whose parts do not fit together."""
    return disagreement(commits_of(assignment, workspace), merged)
