"""Texts of other systems' files as templates that give just these texts: their braces mean nothing here.

What is shown as it is written gets a space between its braces, as our own format takes none there: such a file can be written in it.
Prompts and handoffs are left out: the readers of those files make them templates themselves, where a fact stands in them.
"""

from __future__ import annotations

from msgspec.structs import replace

from ropewalk.definition import Approval, Decision, Role, Step, Workflow
from ropewalk.rendering import literal


def with_literal_texts(workflow: Workflow) -> Workflow:
    """The same workflow; what people and agents read of it is what the file says."""
    inputs = {
        name: replace(declared, description=_apart(declared.description))
        for name, declared in workflow.inputs.items()
    }
    phases = tuple(
        replace(phase, title=_apart(phase.title), description=_apart(phase.description))
        for phase in workflow.phases
    )
    return replace(
        workflow,
        description=_apart(workflow.description),
        inputs=inputs,
        facts={name: replace(fact, question=_apart(fact.question)) for name, fact in workflow.facts.items()},
        phases=phases,
        roles={name: _role(role) for name, role in workflow.roles.items()},
        steps=tuple(map(_step, workflow.steps)),
    )


def _apart(text: str) -> str:
    return text.replace("{{", "{ {")


def _role(role: Role) -> Role:
    return replace(role, persona=literal(role.persona), title=literal(role.title))


def _step(step: Step) -> Step:
    return replace(
        step,
        title=literal(step.title),
        notes=tuple(map(literal, step.notes)),
        ask=_approval(step.ask),
        approve=_approval(step.approve),
        decision=_decision(step.decision),
    )


def _approval(approval: Approval | None) -> Approval | None:
    if approval is None:
        return None
    choices = tuple(replace(choice, title=literal(choice.title)) for choice in approval.choices)
    return replace(approval, prompt=literal(approval.prompt), choices=choices)


def _decision(decision: Decision | None) -> Decision | None:
    if decision is None:
        return None
    routes = tuple(replace(route, title=literal(route.title)) for route in decision.routes)
    return replace(decision, prompt=literal(decision.prompt), routes=routes)
