"""A whole workflow as the keys at the top of a file."""

from __future__ import annotations

from typing import Any

from ropewalk.definition import Fact, Input, Limits, Phase, Role, Secret, Workflow
from ropewalk.formats.native.durations import written
from ropewalk.formats.native.written.policies import budget, differing, gates, secrets
from ropewalk.formats.native.written.step import step_keys


def document_keys(workflow: Workflow) -> dict[str, Any]:
    """Plain mappings, lists and scalars, in the order of the reference."""
    usual = Workflow(workflow.name, ())
    keys: dict[str, Any] = {"ropewalk": 1, "name": workflow.name}
    keys |= differing(workflow, usual, "description", "version")
    parts = {
        "inputs": {name: _input(one) for name, one in workflow.inputs.items()},
        "secrets": {
            name: differing(one, Secret(), "env", "file", "command") for name, one in workflow.secrets.items()
        },
        "facts": {name: _fact(one) for name, one in workflow.facts.items()},
        "roles": {name: _role(one) for name, one in workflow.roles.items()},
        "limits": _limits(workflow.limits),
        "phases": [_phase(one) for one in workflow.phases],
    }
    keys |= {name: value for name, value in parts.items() if value}
    keys["steps"] = [step_keys(step) for step in workflow.steps]
    if workflow.gates:
        keys["gate"] = gates(workflow.gates)
    return keys | differing(workflow, usual, "protect", "outputs", "merge", "documents", "land", "extra")


def _input(one: Input) -> Any:
    keys = differing(one, Input(), "default", "description", "choices", "secret")
    if one.required != ("default" not in keys):
        keys["required"] = one.required
    return {"type": one.type, **keys} if keys else one.type


def _fact(one: Fact) -> Any:
    keys = differing(one, Fact(), "question", "default", "choices")
    return {"type": one.type, **keys} if keys else one.type


def _role(one: Role) -> Any:
    keys = differing(one, Role(), "model", "persona", "title", "permissions", "confine", "options")
    keys |= {"secrets": secrets(one.secrets)} if one.secrets else {}
    agents = list(one.agents)
    return {**({"agent": agents} if agents else {}), **keys} if keys or not agents else agents


def _phase(one: Phase) -> Any:
    keys = differing(one, Phase(""), "title", "description")
    return {"id": one.id, **keys} if keys else one.id


def _limits(one: Limits) -> dict[str, Any]:
    names = ("parallel", "count_waits", "rounds", "items", "depth", "events", "output_bytes", "recoveries")
    keys = differing(one, Limits(), *names)
    if one.timeout_seconds is not None:
        keys["timeout"] = written(one.timeout_seconds)
    spend = budget(one.budget)
    return {**keys, "budget": spend} if spend else keys
