"""Secrets: each is found in one way, given by a name that can be a variable, and never part of a text or a condition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ropewalk.definition.check.subject import Subject
from ropewalk.definition.check.texts import role_texts, texts_of
from ropewalk.definition.findings import Path, texts_in
from ropewalk.definition.secrets import named_secrets, secret_inputs
from ropewalk.definition.workflow import Step

VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
TYPES: Final = ("string", "integer", "number")
OWN: Final = "ROPEWALK_"
READ: Final = re.compile(r"\b(inputs|secrets)\s*(?:\.\s*|\[\s*['\"])([A-Za-z_][\w-]*)")
MARKED: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
HELD: Final = ("ask", "sleep", "noop")
"""Kinds that start nothing which could be given a secret."""


def check_secrets(subject: Subject) -> None:
    """`secrets` of the file, of roles and of steps, secret inputs, and every text that would take one in."""
    _definitions(subject)
    _text(subject, ("title",), subject.workflow.title, "", template=True)
    _text(subject, ("squash",), subject.workflow.squash, "", template=True)
    for name, role in subject.workflow.roles.items():
        _wanted(subject, ("roles", name, "secrets"), role.secrets, {})
        for place, text in role_texts(role):
            _text(subject, ("roles", name, *place), text, "role", template=True)
    for path, step in subject.steps():
        _wanted(subject, (*path, "secrets"), step.secrets, step.env, calls=step.kind == "call")
        _of_step(subject, path, step)
    for name, expression in subject.workflow.outputs.items():
        _text(subject, ("outputs", name), expression, "")


def _definitions(subject: Subject) -> None:
    findings = subject.findings
    for name, secret in subject.workflow.secrets.items():
        ways = [way for way in ("env", "file", "command") if getattr(secret, way)]
        if len(ways) != 1:
            message = f"the secret `{name}` is found in {'no way' if not ways else 'several ways'}"
            findings.fault(("secrets", name), message, "say one of `env`, `file` and `command`")
        if name in subject.workflow.inputs:
            message = f"an input and a secret are called `{name}`"
            findings.fault(("secrets", name), message, "rename one of them", key=True)
        if secret.env and not VARIABLE.match(secret.env):
            message = f"the `env` of `{name}` is no name of a variable"
            findings.fault(
                ("secrets", name, "env"), message, "name the variable; its value stands outside of the file"
            )
    for name in secret_inputs(subject.workflow):
        declared = subject.workflow.inputs[name]
        if declared.default is not None:
            message = f"the default of the secret input `{name}` would stand in the file"
            findings.fault(("inputs", name, "default"), message, "remove it, and write `required: false`")
        if declared.type not in TYPES:
            message = f"the secret input `{name}` is a text"
            findings.fault(("inputs", name, "type"), message, "write `type: string`")


def _wanted(
    subject: Subject,
    path: Path,
    secrets_by_variable: Mapping[str, str],
    env: Mapping[str, str],
    *,
    calls: bool = False,
) -> None:
    workflow, findings = subject.workflow, subject.findings
    known = (*workflow.secrets, *secret_inputs(workflow))
    for name, wanted in secrets_by_variable.items():
        place = (*path, name) if name != wanted else (*path, list(secrets_by_variable).index(name))
        if wanted in workflow.inputs and wanted not in known:
            findings.fault(place, f"the input `{wanted}` is no secret", f"write `{wanted}: {{secret: true}}`")
        elif wanted not in known:
            subject.unknown(place, "secret", wanted, known, "say under `secrets` where it is found")
        if calls:
            continue
        if not VARIABLE.match(name):
            findings.fault(place, f"`{name}` cannot be a variable", f"write `{{{_tidy(name)}: {wanted}}}`")
        elif name.startswith(OWN):
            findings.fault(
                place, f"variables that begin with {OWN} are ropewalk's own", "choose another name"
            )
        elif name in env:
            findings.fault(place, f"`{name}` stands under `env` as well", "keep one of them")


def _tidy(name: str) -> str:
    return re.sub(r"\W", "_", name).upper().lstrip("0123456789") or "TOKEN"


def _of_step(subject: Subject, path: Path, step: Step) -> None:
    commands = any(gate.kind == "command" for gate in step.gates)
    if step.secrets and step.kind in HELD and not commands:
        message = "nothing is started here that could be given a secret"
        subject.findings.fault((*path, "secrets"), message, "name it in the step that needs it", key=True)
    if step.cache and named_secrets(subject.workflow, step):
        message = "a step that is given a secret cannot be cached: values are not compared"
        subject.findings.fault((*path, "cache"), message, "remove `cache`", key=True)
    for place, text in _templates(step):
        _text(subject, (*path, *place), text, step.kind, template=True)
    for place, text in _expressions(step):
        _text(subject, (*path, *place), text, step.kind)


def secret_in(subject: Subject, text: str) -> str:
    """The first secret that a template or an expression reads; empty when it reads none."""
    secret = (*secret_inputs(subject.workflow), *subject.workflow.secrets)
    return next((match[2] for match in READ.finditer(text) if match[2] in secret), "")


def way_right(name: str, kind: str) -> str:
    """How a step is given a secret that cannot stand in a text."""
    if kind == "call":
        return (
            f"give it on with `secrets: {{{name}: {name}}}`, by the name that the called workflow has for it"
        )
    variable = _tidy(name)
    return f'write `secrets: {{{variable}: {name}}}` on the step, and read it there as `"${variable}"`'


def _text(subject: Subject, path: Path, text: str, kind: str, *, template: bool = False) -> None:
    """Inputs that are secret, in an expression or between the marks of a template."""
    secret = secret_inputs(subject.workflow)
    parts = [(part.start(), part[0]) for part in MARKED.finditer(text)] if template else [(0, text)]
    for start, part in parts if secret else ():
        for match in READ.finditer(part):
            if match[1] == "inputs" and match[2] in secret:
                message = f"`inputs.{match[2]}` is a secret, and never part of a text or a condition"
                hint = way_right(match[2], kind)
                subject.findings.fault(path, message, hint, offset=start + match.start())


def _templates(step: Step) -> Iterator[tuple[Path, str]]:
    yield from texts_of(step)
    yield from texts_in(("args",), {name: value for name, value in step.args.items() if name != "script"})
    for index, gate in enumerate(step.gates):
        texts = {name: value for name, value in gate.args.items() if name not in ("script", "condition")}
        yield from texts_in(("gates", index), texts)


def _expressions(step: Step) -> Iterator[tuple[Path, str]]:
    yield ("when",), step.when
    yield from texts_in(("sets",), step.sets)
    if step.foreach is not None:
        yield ("foreach", "over"), step.foreach.over
    if step.back_to is not None:
        yield ("back_to", "when"), step.back_to.when
    for index, route in enumerate(step.decision.routes if step.decision else ()):
        yield ("decision", "routes", index, "when"), route.when
    for index, gate in enumerate(step.gates):
        if gate.kind == "condition":
            yield ("gates", index, "condition"), str(gate.args.get("condition", ""))
