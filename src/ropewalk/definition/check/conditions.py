"""Expressions: each is parsed and typed against the names that it may read, and reads only what is there by then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ropewalk.definition import condition
from ropewalk.definition.check.scope import Scope
from ropewalk.definition.check.subject import Subject
from ropewalk.definition.condition import BOOL, COLLECTION, Type
from ropewalk.definition.findings import Path
from ropewalk.definition.moments import WRITTEN, moment
from ropewalk.definition.order import OUTPUTS
from ropewalk.definition.workflow import Step

DASHED: Final = re.compile(r"\boutputs\.([A-Za-z_]\w*(?:-\w+)+)")


class Expression(NamedTuple):
    """One expression of a step. With `own` it is about the step's own outputs, which are there by then."""

    path: Path
    source: str
    want: Type | None
    own: bool = False
    flat: bool = False


def check_conditions(subject: Subject, scope: Scope) -> None:
    """Every expression of the workflow."""
    for path, step in subject.steps():
        _moment(subject, path, step)
        for expression in _of(step):
            place = (*path, *expression.path)
            names = scope.of(step, own=expression.flat)
            if expression.path == ("foreach", "over"):
                names = scope.names
            if expression.path == ("foreach", "key") and step.foreach is not None:
                names = {step.foreach.name: names[step.foreach.name]}
            if not check_one(subject, place, expression.source, names, expression.want):
                _reads(subject, scope, place, step, expression)
    for name, source in subject.workflow.outputs.items():
        check_one(subject, ("outputs", name), source, scope.names, None)
    for index, gate in enumerate(subject.workflow.gates):
        if gate.kind == "condition":
            source = str(gate.args.get("condition", ""))
            check_one(subject, ("gates", index, "condition"), source, scope.names, BOOL)


def _of(step: Step) -> Iterator[Expression]:
    if step.when:
        yield Expression(("when",), step.when, BOOL)
    if _moment_worked_out(step):
        yield Expression(("until",), str(step.args["until"]), None)
    if step.foreach is not None:
        yield Expression(("foreach", "over"), step.foreach.over, COLLECTION)
        if step.foreach.key:
            yield Expression(("foreach", "key"), step.foreach.key, None)
    for route in step.decision.routes if step.decision else ():
        if route.when:
            yield Expression(("decision", "routes", route.name, "when"), route.when, BOOL)
    for index, gate in enumerate(step.gates):
        if gate.kind == "condition":
            source = str(gate.args.get("condition", ""))
            yield Expression(("gates", index, "condition"), source, BOOL, own=True, flat=True)
    if step.back_to is not None and step.back_to.when:
        yield Expression(("back_to", "when"), step.back_to.when, BOOL, own=True)
    for name, source in step.sets.items():
        yield Expression(("sets", name), source, None, own=True)


def _moment_worked_out(step: Step) -> bool:
    return step.kind == "sleep" and "until" in step.args and not WRITTEN.match(str(step.args["until"]))


def _moment(subject: Subject, path: Path, step: Step) -> None:
    if step.kind == "sleep" and "until" in step.args and not _moment_worked_out(step):
        try:
            moment(step.args["until"])
        except ValueError as error:
            message, _, hint = str(error).partition("; ")
            subject.findings.fault((*path, "until"), message, hint)


def check_one(subject: Subject, path: Path, source: str, names: dict[str, Type], want: Type | None) -> bool:
    """Parse and type one expression; whether anything was wrong with it."""
    dashed = [match for match in DASHED.finditer(source) if match[1] in subject.named]
    for match in dashed:
        message = f"`outputs.{match[1]}` would be a subtraction"
        subject.findings.fault(path, message, f'write outputs["{match[1]}"]', offset=match.start())
    if dashed:
        return True
    faults = condition.check(source, names, want)
    for fault in faults:
        if want is COLLECTION and fault.message.endswith("`,` stands here"):
            fault = condition.ConditionFault(
                fault.column, fault.message, "", "write the items as a list: `[a, b]`"
            )
        hint = "" if fault.nearest and fault.hint == f"did you mean `{fault.nearest}`?" else fault.hint
        subject.findings.fault(path, fault.message, hint, nearest=fault.nearest, offset=fault.column)
    return bool(faults)


def _reads(subject: Subject, scope: Scope, path: Path, step: Step, expression: Expression) -> None:
    """`has(outputs.x)` may ask for what is not there; everything else has to wait for it."""
    for match in OUTPUTS.finditer(expression.source):
        name = match[1] or match[2]
        if (
            name not in subject.by_id
            or (expression.own and name == step.id)
            or _is_asked(expression.source, name)
        ):
            continue
        why = scope.missing(step, name)
        if why:
            hint = "" if name == step.id else f"add `needs: [{name}]`"
            subject.findings.fault(
                path, f"`outputs.{name}` is not there yet: {why}", hint, offset=match.start()
            )


def _is_asked(source: str, name: str) -> bool:
    return re.search(rf"""\bhas\(\s*outputs(\.{name}\b|\[\s*['"]{name}['"])""", source) is not None
