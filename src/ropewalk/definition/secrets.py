"""Which secrets a step names: those under its `secrets` and its role's, and secret inputs whose variable its command mentions.

Only names stand here. A value is never part of a definition, a record or a brief.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ropewalk.definition.findings import texts_in
from ropewalk.definition.workflow import Role, Secret, Step, Workflow

SECRET_MARK: Final = "[secret]"  # noqa: S105 - it says that there is one
"""Stands on record in the place of a value that was given."""

_NO_ROLE = Role()
_MENTIONED = re.compile(r"ROPEWALK_INPUT_[A-Z0-9_]+")


def input_variable(name: str) -> str:
    """The variable by which an input reaches a step."""
    return f"ROPEWALK_INPUT_{re.sub(r'[^A-Z0-9]', '_', name.upper())}"


def secret_inputs(workflow: Workflow) -> tuple[str, ...]:
    """The names of the inputs whose values are never kept."""
    return tuple(name for name, declared in workflow.inputs.items() if declared.secret)


def secret_marks(workflow: Workflow, inputs: Mapping[str, Any]) -> dict[str, str]:
    """What stands on record in the place of the secret ones that were given."""
    return {name: SECRET_MARK for name in secret_inputs(workflow) if inputs.get(name) is not None}


def named_secrets(workflow: Workflow, step: Step) -> dict[str, str]:
    """What a step's attempts are given: by variable (of a call: by the called workflow's input) the name of a secret."""
    role = workflow.roles.get(step.role, _NO_ROLE)
    own = {} if step.kind == "call" else {**_mentioned(workflow, step), **role.secrets}
    return secret_variables(workflow, {**own, **step.secrets}, calls=step.kind == "call")


def secret_variables(
    workflow: Workflow, secrets: Mapping[str, str], *, calls: bool = False
) -> dict[str, str]:
    """The same by variable: an input that is named alone has the variable that inputs have."""
    variables: dict[str, str] = {}
    for name, wanted in secrets.items():
        if secret_source(workflow, wanted) is not None:
            alone = name == wanted and wanted in workflow.inputs and not calls
            variables[input_variable(name) if alone else name] = wanted
    return variables


def secrets_of_judges(workflow: Workflow, step: Step) -> dict[str, str]:
    """The secrets of the roles that judge a step."""
    wanted: dict[str, str] = {}
    for gate in step.gates:
        role = workflow.roles.get(str(gate.args.get("role", ""))) if gate.kind == "verdict" else None
        wanted |= role.secrets if role else {}
    return wanted


def rehearsal_needs_none(step: Step) -> bool:
    """Whether nothing of the step is done when roles are rehearsed but what the rehearsal does itself."""
    return step.kind in ("role", "decide", "noop", "merge") and not any(
        gate.kind == "command" for gate in step.gates
    )


def secret_source(workflow: Workflow, name: str) -> Secret | None:
    """Where a secret is found; one without anything is an input that the run was given. None: there is no such secret."""
    if name in workflow.secrets:
        return workflow.secrets[name]
    declared = workflow.inputs.get(name)
    return Secret() if declared is not None and declared.secret else None


def _mentioned(workflow: Workflow, step: Step) -> dict[str, str]:
    secret = {input_variable(name): name for name in secret_inputs(workflow)}
    if not secret or step.kind == "call":
        return {}
    commands = [gate.args for gate in step.gates if gate.kind == "command"]
    texts = texts_in((), [step.args, step.env, commands])
    words = {word for _, text in texts for word in _MENTIONED.findall(text)}
    return {word: secret[word] for word in words & secret.keys()}
