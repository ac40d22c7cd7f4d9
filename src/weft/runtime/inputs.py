"""What a run is started with, checked against what its workflow declares: types, choices, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import msgspec

from weft.core.draft import scope_of
from weft.core.state import State, StepState
from weft.definition.workflow import Input, Step, Workflow
from weft.errors import InvalidInput
from weft.steps.template import render

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


def checked_inputs(workflow: Workflow, given: Mapping[str, Any]) -> dict[str, Any]:
    """Given values with defaults filled in; text is read as the declared type. Raises InvalidInput with all faults."""
    faults = []
    values: dict[str, Any] = {}
    for name in given.keys() - workflow.inputs.keys():
        near = get_close_matches(name, workflow.inputs, n=1)
        faults.append(
            (name, "the workflow has no such input" + (f"; did you mean {near[0]}?" if near else ""))
        )
    for name, declared in workflow.inputs.items():
        if name not in given:
            if declared.required and declared.default is None:
                faults.append((name, f"is missing; give it with `--input {name}=…`"))
            else:
                values[name] = declared.default
            continue
        try:
            values[name] = _read(declared, given[name])
        except ValueError as error:
            faults.append((name, str(error)))
    if faults:
        reasons = "; ".join(
            f"{name}: {reason}" if i else reason for i, (name, reason) in enumerate(sorted(faults))
        )
        raise InvalidInput(name=min(faults)[0], reason=reasons)
    return values


def _read(declared: Input, value: Any) -> Any:
    if isinstance(value, str) and declared.type not in {"string", "any"}:
        value = _parse(declared.type, value)
    wanted = _TYPES.get(declared.type)
    if wanted is not None and (
        not isinstance(value, wanted) or (isinstance(value, bool) and declared.type != "boolean")
    ):
        raise ValueError(f"{declared.type} wanted, got {value!r}")
    if declared.choices and value not in declared.choices:
        raise ValueError(f"{value!r} is none of {', '.join(map(str, declared.choices))}")
    return value


def _parse(kind: str, text: str) -> Any:
    if kind == "boolean" and text.lower() in _WORDS:
        return _WORDS[text.lower()]
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        raise ValueError(f"{kind} wanted, got {text!r}") from None


def child_inputs(workflow: Workflow, step: Step, st: StepState, state: State) -> dict[str, Any]:
    """Inputs of a called workflow: strings are templates over the caller's names."""
    scope = scope_of(state, st)
    given = step.args.get("inputs", {})
    values = {name: render(v, scope) if isinstance(v, str) else v for name, v in given.items()}
    return checked_inputs(workflow, values)
