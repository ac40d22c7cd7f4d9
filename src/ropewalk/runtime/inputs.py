"""What a run is started with, checked against what its workflow declares: types, choices, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import msgspec

from ropewalk.agents import Redactor, checked_secret, without_spaces
from ropewalk.core import State, StepState, scope_of
from ropewalk.definition import (
    SECRET_MARK,
    Input,
    Step,
    Workflow,
    fact_fault,
    fact_value,
    named_secrets,
    secret_inputs,
    shortened,
    unknown_fact,
)
from ropewalk.errors import InvalidInput, SecretError
from ropewalk.nesting import TooDeep, holds_deep, read_json
from ropewalk.rendering import as_text, render_template

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "list": list,
    "object": dict,
}
_WORDS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def checked_inputs(workflow: Workflow, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Given values with defaults filled in; text is read as the declared type. Raises InvalidInput with all faults."""
    values, faults = _read_all(workflow, raw)
    for name, declared in workflow.inputs.items():
        if name not in raw:
            if declared.required and declared.default is None:
                value = "@env:NAME" if declared.secret else "…"
                faults.append((name, f"is missing; give it with `--input {name}={value}`"))
            else:
                values[name] = declared.default
    _refuse(faults)
    return {name: values[name] for name in workflow.inputs}


def changed_inputs(workflow: Workflow, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Given values only, read in the same way. Raises InvalidInput with all faults."""
    values, faults = _read_all(workflow, raw)
    _refuse(faults)
    return values


def checked_facts(workflow: Workflow, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts that are known from the start, of their declared types. Raises InvalidInput for a name that the workflow does not
    know and for a value that the fact cannot have."""
    values = {name: fact_value(workflow.facts.get(name), value) for name, value in facts.items()}
    for name, value in values.items():
        why = unknown_fact(name, workflow) or fact_fault(name, workflow.facts.get(name), value)
        if why:
            raise InvalidInput("{reason}.", name=name, reason=f"{why[0].upper()}{why[1:]}")
    return values


def call_faults(caller: Workflow, step: Step, called: Workflow) -> list[tuple[str, str]]:
    """What can be told before a step calls a workflow: inputs that it does not have or that lack, values of another type."""
    inputs = step.args.get("inputs", {})
    later = {name for name, value in inputs.items() if name in called.inputs and _is_template(value)}
    _, faults = _read_all(called, {name: value for name, value in inputs.items() if name not in later})
    secrets = set(named_secrets(caller, step))
    for name in secrets:
        if name not in called.inputs or not called.inputs[name].secret:
            faults.append((name, "is no secret input of it"))
    for name, declared in called.inputs.items():
        if declared.required and declared.default is None and name not in {*inputs, *secrets}:
            faults.append((name, "is missing; name it under `secrets`" if declared.secret else "is missing"))
    return sorted(faults)


def _is_template(value: Any) -> bool:
    return isinstance(value, str) and any(mark in value for mark in ("{{", "{%", "{#"))


def secret_values(workflow: Workflow, raw: Mapping[str, Any]) -> dict[str, str]:
    """Values of secret inputs, for a run that is there. Raises InvalidInput with all faults."""
    values, faults = _read_all(workflow, raw)
    secret = secret_inputs(workflow)
    known = f"there are {', '.join(secret)}" if secret else "the workflow has none"
    faults += [(name, f"is no secret input; {known}") for name in values if name not in secret]
    _refuse(faults)
    return values


def _refuse(faults: list[tuple[str, str]]) -> None:
    if faults:
        reasons = "; ".join(
            f"{name}: {reason}" if i else reason for i, (name, reason) in enumerate(sorted(faults))
        )
        raise InvalidInput(name=min(faults)[0], reason=reasons)


def _read_all(workflow: Workflow, raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    faults: list[tuple[str, str]] = []
    values: dict[str, Any] = {}
    for name in raw.keys() - workflow.inputs.keys():
        near = get_close_matches(name, workflow.inputs, n=1)
        faults.append(
            (name, "the workflow has no such input" + (f"; did you mean {near[0]}?" if near else ""))
        )
    for name, declared in workflow.inputs.items():
        if name in raw:
            try:
                values[name] = (_secret if declared.secret else _read)(declared, raw[name])
            except ValueError as error:
                faults.append((name, str(error)))
    return values, faults


def _secret(declared: Input, value: Any) -> str:
    """A secret as the text that a variable holds. Raises ValueError that says nothing of the value."""
    if value == SECRET_MARK:
        return SECRET_MARK
    try:
        text = as_text(_read(declared, value))
    except ValueError:
        wanted = "one of its choices" if declared.choices else f"a value of type {declared.type}"
        raise ValueError(f"{wanted} wanted; the value that was given is not shown") from None
    try:
        return checked_secret("", text)
    except SecretError as fault:
        raise ValueError(str(fault.where["reason"])) from None


def parted(workflow: Workflow, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What goes on record of inputs, and the values of the secret ones."""
    secret = {
        name: values[name] for name in secret_inputs(workflow) if values.get(name) not in (None, SECRET_MARK)
    }
    return {**values, **dict.fromkeys(secret, SECRET_MARK)}, {
        name: as_text(value) for name, value in secret.items()
    }


def refuse_told(secret: Mapping[str, str], **kept: Mapping[str, Any] | None) -> None:
    """Raises InvalidInput where a secret's value stands in an open input, a fact or a label as well, which go on record."""
    redactor = Redactor(secret)
    for kind, values in kept.items() if redactor else ():
        for name, value in (values or {}).items():
            hits = redactor.within(without_spaces(f"{name} {as_text(value)}"))
            if hits:
                where = {"what": kind, "name": redactor.text(name), "secret": redactor.names[hits[0]]}
                raise InvalidInput(
                    "Of the {what}, {name} has the value of the secret {secret} in it, and would keep it on record; leave it out.",
                    **where,
                )


def _read(declared: Input, value: Any) -> Any:
    if isinstance(value, str) and declared.type not in {"string", "any"}:
        value = _parse(declared.type, value)
    wanted = _TYPES.get(declared.type)
    if wanted is not None and (
        not isinstance(value, wanted) or (isinstance(value, bool) and declared.type != "boolean")
    ):
        raise ValueError(f"{declared.type} wanted, got {_short(value)}")
    if holds_deep(value):
        raise ValueError(str(TooDeep()))
    if declared.choices and value not in declared.choices:
        raise ValueError(f"{_short(value)} is none of {', '.join(map(str, declared.choices))}")
    return value


def _short(value: Any) -> str:
    try:
        return shortened(repr(value))
    except RecursionError:
        return f"a {type(value).__name__} that is nested too deep"


def _parse(kind: str, text: str) -> Any:
    if kind == "boolean" and text.lower() in _WORDS:
        return _WORDS[text.lower()]
    try:
        return read_json(text)
    except TooDeep as error:
        raise ValueError(str(error)) from None
    except msgspec.DecodeError:
        raise ValueError(f"{kind} wanted, got {_short(text)}") from None


def child_inputs(workflow: Workflow, step: Step, st: StepState, state: State) -> dict[str, Any]:
    """Inputs of a called workflow: strings are templates over the caller's names; secrets are only said to be given.

    Raises InvalidInput, TemplateError.
    """
    scope = scope_of(state, st)
    inputs = step.args.get("inputs", {})
    values = {name: render_template(v, scope) if isinstance(v, str) else v for name, v in inputs.items()}
    for name in named_secrets(state.workflow, step):
        declared = workflow.inputs.get(name)
        if declared is None or not declared.secret:
            raise InvalidInput(
                name=name, reason=f"{workflow.name} has no secret input of that name to be given"
            )
        values[name] = SECRET_MARK
    return checked_inputs(workflow, values)
