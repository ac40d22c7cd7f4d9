"""Questions to people: what is offered can be picked, and what happens after the answer is said."""

from __future__ import annotations

from typing import Final

from ropewalk.definition.check.subject import Subject
from ropewalk.definition.facts import fact_fault, fact_form, fact_value
from ropewalk.definition.fault import nearest
from ropewalk.definition.findings import Path
from ropewalk.definition.forms import form_schema
from ropewalk.definition.workflow import Approval, Step

ANSWERS: Final = ("approve", "reject")
_NARROWER: Final = {"number": "integer"}


def check_people(subject: Subject) -> None:
    """`ask` and `approve` of every step."""
    for path, step in subject.steps():
        for key, approval in (("ask", step.ask), ("approve", step.approve)):
            if approval is not None:
                _approval(subject, (*path, key), approval, step)


def _approval(subject: Subject, path: Path, approval: Approval, step: Step) -> None:
    findings = subject.findings
    choices = [choice.id for choice in approval.choices]
    for index, name in enumerate(choices):
        if name in choices[:index]:
            findings.fault((*path, "choices", index), f"the choice `{name}` stands twice", "keep one")
    answers = (*ANSWERS, *choices)
    if approval.default and approval.default not in answers:
        near = nearest(approval.default, answers)
        hint = f"it is one of {', '.join(answers)}"
        findings.fault(
            (*path, "default"), f"the default `{approval.default}` is no answer", hint, nearest=near
        )
    _values(subject, path, approval, after=path[-1] == "approve")
    if approval.expires_seconds is not None and approval.expires_seconds <= 0:
        findings.fault((*path, "expires"), "the question would expire at once", "remove `expires`")
    if approval.expires_seconds is not None and not approval.default:
        message = "the question expires, but nothing says what is answered then"
        findings.fault((*path, "expires"), message, "add `default: reject`, or another answer")
    if approval.on_reject == "back_to" and step.back_to is None:
        message = "`on_reject: back_to`, but the step says no `back_to`"
        findings.fault((*path, "on_reject"), message, "add `back_to`, or write `redo` or `fail`")


def _values(subject: Subject, path: Path, approval: Approval, *, after: bool) -> None:
    """An answer that is taken carries what the form wants, and is what its fact may be."""
    findings, fact = subject.findings, subject.workflow.facts.get(approval.fact)
    if after and approval.form and not approval.fact:
        message = "what is filled in would be kept nowhere"
        findings.fault((*path, "form"), message, "add `fact: NAME`, or ask in a step of its own")
    wanted = approval.form or (fact_form(fact) if not approval.choices else {})
    if wanted and approval.default not in {"", "reject"}:
        message = f"the default `{approval.default}` lacks the value that is wanted"
        findings.fault((*path, "default"), message, "write `default: reject`")
    if fact is None:
        return
    if not approval.form:
        for index, choice in enumerate(approval.choices):
            if why := fact_fault(approval.fact, fact, fact_value(fact, choice.id)):
                findings.fault((*path, "choices", index), why, "offer what the fact may be")
        return
    schema, kind = form_schema(approval.form), fact_form(fact).get("type", fact.type)
    written = schema.get("type", kind)
    if fact.type != "any" and isinstance(written, str) and written not in {kind, _NARROWER.get(kind)}:
        message = f"the form gives {written}, and the fact {approval.fact} is {fact.type}"
        findings.fault((*path, "form"), message, "make them agree")
    values = schema.get("enum", ())
    for index, value in enumerate(values if isinstance(values, list) else ()):
        if why := fact_fault(approval.fact, fact, fact_value(fact, value)):
            findings.fault((*path, "form", "enum", index), why, "offer what the fact may be")
