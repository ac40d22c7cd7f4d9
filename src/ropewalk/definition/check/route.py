"""Decisions: each route leads to steps that there are, and each can be taken."""

from __future__ import annotations

from ropewalk.definition.check.subject import Subject
from ropewalk.definition.findings import Path
from ropewalk.definition.workflow import Decision, Step


def check_routes(subject: Subject) -> None:
    """Every decision of the workflow, and every policy that needs a way back or contradicts the step."""
    for path, step in subject.steps():
        if step.on_failure == "back_to" and step.back_to is None:
            message = "`on_failure: back_to`, but the step says no `back_to`"
            subject.findings.fault((*path, "on_failure"), message, "write `on_failure: {back_to: <step>}`")
        if step.optional and step.on_failure == "cancel":
            message = f"`{step.id}` is optional, so that its failure cancels nothing"
            subject.findings.fault((*path, "on_failure"), message, "remove `on_failure` or `optional`")
        if step.decision is not None:
            _decision(subject, (*path, "decision"), step.decision, step)


def _decision(subject: Subject, path: Path, decision: Decision, step: Step) -> None:
    findings = subject.findings
    if not decision.routes:
        findings.fault(path, "the decision has no routes", "add `routes`")
    for route in decision.routes:
        for at, name in enumerate(route.to):
            if name not in subject.named:
                place = (*path, "routes", route.name, "to", at)
                subject.unknown(place, "step", name, subject.named, "define it, or remove it")
            elif step.id in subject.named[name]:
                findings.fault(
                    (*path, "routes", route.name, "to", at), f"`{step.id}` leads to itself", "use `back_to`"
                )
    if decision.by == "condition":
        _in_turn(subject, path, decision)
    if decision.by == "fact" and not decision.fact:
        findings.fault(path, "the decision is by a fact, but names none", "add `fact`")
    if decision.by == "role" and not step.role:
        findings.fault(path, "the decision is by a role, but the step names none", "add `role`")
    if step.foreach is not None:
        findings.fault(
            path, "a decision cannot be made once an item", "decide in a step before, or use `when`"
        )


def _in_turn(subject: Subject, path: Path, decision: Decision) -> None:
    """The first route that holds is taken: behind one without `when` nothing is reached."""
    if decision.routes and not any(route.when for route in decision.routes):
        message = "the decision is by condition, but no route says `when`"
        subject.findings.fault(path, message, "add `when`, or write `by: person` or `by: role`")
        return
    last = ""
    for route in decision.routes:
        if last:
            message = f"the route `{route.name}` is never taken: `{last}` before it has no `when`"
            subject.findings.fault((*path, "routes", route.name), message, "move it up", key=True)
        elif not route.when:
            last = route.name
