"""Gives a run in a repository its last step, which no file writes: merge, judge, publish, land."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ropewalk.definition import Step, Workflow

MERGE = "ropewalk.merge"


def with_merge(workflow: Workflow, target: str, called: bool = False, *, confined: bool = False) -> Workflow:
    """The same workflow with the internal step at its end; `target` is where it lands when it says `land: merge`.

    `called`: what it makes goes into the run that calls it, and nowhere else. `confined`: something of the workflow is,
    so that what judges its result, which runs what was written, is to be as well.
    """
    if all(step.kind in _WITHOUT_FOLDER for step in workflow.steps):
        return workflow
    merge = Step(
        id=MERGE,
        kind="merge",
        title="merge what the steps left into one branch",
        needs=tuple(step.id for step in workflow.steps if not step.final),
        gates=workflow.gates,
        args={"called": True}
        if called
        else {"land": target, "follow": True}
        if workflow.land == "merge" and target
        else {},
        workspace="read",
        internal=True,
        confine="worktree" if confined else "",
    )
    return msgspec.structs.replace(workflow, steps=(*workflow.steps, merge))


def with_protected(workflow: Workflow, patterns: Sequence[str]) -> Workflow:
    """The same workflow with what the project protects; it is kept with the run, so that no later change reaches it."""
    more = tuple(pattern for pattern in patterns if pattern not in workflow.protect)
    return msgspec.structs.replace(workflow, protect=(*workflow.protect, *more)) if more else workflow


_WITHOUT_FOLDER = frozenset({"noop", "ask", "decide", "sleep"})
