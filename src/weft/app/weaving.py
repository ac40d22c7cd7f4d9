"""Gives a run in a repository its last step, which no file writes: weave, judge, publish, land."""

from __future__ import annotations

import msgspec

from weft.definition.workflow import Step, Workflow

WEAVE = "weft.weave"


def with_weave(workflow: Workflow, target: str, called: bool = False) -> Workflow:
    """The same workflow with the internal step at its end; `target` is where it lands when it says `land: merge`.

    `called`: what it makes goes into the run that calls it, and nowhere else.
    """
    if all(step.kind in _WITHOUT_FOLDER for step in workflow.steps):
        return workflow
    weave = Step(
        id=WEAVE,
        kind="weave",
        title="weave what the steps left into one branch",
        needs=tuple(step.id for step in workflow.steps if not step.final),
        gates=workflow.gates,
        args={"called": True} if called else {"land": target} if workflow.land == "merge" and target else {},
        workspace="read",
        internal=True,
        confine="worktree" if _confined(workflow) else "",
    )
    return msgspec.structs.replace(workflow, steps=(*workflow.steps, weave))


def _confined(workflow: Workflow) -> bool:
    """Whether any of it is: then what judges the result, which runs what they wrote, is too."""
    asked = (*(step.confine for step in workflow.steps), *(role.confine for role in workflow.roles.values()))
    return "worktree" in asked


_WITHOUT_FOLDER = frozenset({"noop", "ask", "decide"})
