"""Questions to people: what is offered can be picked, and what happens after the answer is said."""

from __future__ import annotations

from typing import Final

from ropewalk.definition.check.subject import Subject
from ropewalk.definition.fault import nearest
from ropewalk.definition.findings import Path
from ropewalk.definition.workflow import Approval, Step

ANSWERS: Final = ("approve", "reject")


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
    if approval.expires_seconds is not None and approval.expires_seconds <= 0:
        findings.fault((*path, "expires"), "the question would expire at once", "remove `expires`")
    if approval.expires_seconds is not None and not approval.default:
        message = "the question expires, but nothing says what is answered then"
        findings.fault((*path, "expires"), message, "add `default: reject`, or another answer")
    if approval.on_reject == "back_to" and step.back_to is None:
        message = "`on_reject: back_to`, but the step says no `back_to`"
        findings.fault((*path, "on_reject"), message, "add `back_to`, or write `redo` or `fail`")
