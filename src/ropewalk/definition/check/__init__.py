"""The whole workflow checked before anything starts: every fault at once, each with its place and its hint.

Independent of the format: a reader says where things stand, the caller says which names there are. Touches nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from ropewalk.definition.check.artifacts import check_artifacts
from ropewalk.definition.check.cached import check_cached
from ropewalk.definition.check.conditions import check_conditions
from ropewalk.definition.check.confined import check_confined
from ropewalk.definition.check.names import check_names, repaired
from ropewalk.definition.check.numbers import MAX_STEPS, check_numbers
from ropewalk.definition.check.people import check_people
from ropewalk.definition.check.route import check_routes
from ropewalk.definition.check.scope import Scope
from ropewalk.definition.check.secrets import check_secrets
from ropewalk.definition.check.shape import Shape, check_shape
from ropewalk.definition.check.subject import Known, Subject
from ropewalk.definition.check.templates import check_templates
from ropewalk.definition.check.values import check_values
from ropewalk.definition.fault import Fault, faults_in_order
from ropewalk.definition.findings import Findings, Nowhere, Where
from ropewalk.definition.workflow import Workflow

__all__ = ["Known", "check_workflow"]


def check_workflow(
    workflow: Workflow,
    *,
    known: Known = Known(),  # noqa: B008 - frozen, all None
    where: Where | None = None,
    file: str = "",
    unsure: frozenset[str] = frozenset(),
    exists: Callable[[str], bool] | None = None,
) -> list[Fault]:
    """All faults and warnings, in the order of the file.

    `unsure` are steps that were not fully understood: what would only follow from that is not said of them.
    `exists` tells whether a file is there already, so that a step may require it without anybody creating it.
    """
    findings = Findings(file or workflow.source, where or Nowhere(), [step.id for step in workflow.steps])
    subject = Subject(workflow, known, findings, unsure)
    if len(workflow.steps) > MAX_STEPS:
        message = f"the workflow has {len(workflow.steps):,} steps, {MAX_STEPS:,} are allowed"
        findings.fault(("steps", MAX_STEPS), message, "call parts of it as workflows of their own")
        return findings.faults
    check_names(subject)
    check_numbers(subject)
    check_values(subject)
    check_confined(subject)
    check_cached(subject)
    check_people(subject)
    check_routes(subject)
    shape = Shape(repaired(workflow))
    check_shape(subject, shape)
    check_artifacts(subject, shape, exists)
    scope = Scope(subject, shape)
    check_conditions(subject, scope)
    check_templates(subject, scope)
    check_secrets(subject)
    return faults_in_order(findings.faults)
