"""The names that templates, conditions and functions of an attempt may use, read off its Brief."""

from __future__ import annotations

from typing import Any

from ropewalk.core import Brief, Outcome


def template_scope(brief: Brief, outcome: Outcome | None = None) -> dict[str, Any]:
    """The names that conditions and templates of a step may use; with its outcome, `outputs` has the step's own too. Else they are
    the run's own, and nobody alters them: a copy for each step would cost a long run more than its steps."""
    outputs = brief.outputs
    if outcome is not None:
        outputs = {**outputs, brief.step: outcome.outputs, **outcome.outputs}
    names: dict[str, Any] = {
        "inputs": brief.inputs,
        "outputs": outputs,
        "facts": {**brief.known, **(outcome.facts if outcome else {})},
        "run": {"id": brief.run, "workflow": brief.workflow, "round": brief.round, **brief.run_fields},
    }
    if brief.item_name:
        names[brief.item_name] = brief.item
    return names
