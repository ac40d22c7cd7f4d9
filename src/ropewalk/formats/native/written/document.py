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
    keys |= differing(workflow, usual, "title", "description", "version")
    parts = {
        "inputs": {name: _input(declared) for name, declared in workflow.inputs.items()},
        "secrets": {
            name: differing(declared, Secret(), "env", "file", "command")
            for name, declared in workflow.secrets.items()
        },
        "facts": {name: _fact(declared) for name, declared in workflow.facts.items()},
        "roles": {name: _role(declared) for name, declared in workflow.roles.items()},
        "limits": _limits(workflow.limits),
        "phases": [_phase(declared) for declared in workflow.phases],
    }
    keys |= {name: value for name, value in parts.items() if value}
    keys["steps"] = [step_keys(step) for step in workflow.steps]
    if workflow.gates:
        keys["gate"] = gates(workflow.gates)
    return keys | differing(
        workflow, usual, "protect", "outputs", "merge", "documents", "land", "squash", "extra"
    )


def _input(declared: Input) -> Any:
    keys = differing(declared, Input(), "default", "description", "choices", "secret")
    if declared.required != ("default" not in keys):
        keys["required"] = declared.required
    return {"type": declared.type, **keys} if keys else declared.type


def _fact(fact: Fact) -> Any:
    keys = differing(fact, Fact(), "question", "default", "choices")
    return {"type": fact.type, **keys} if keys else fact.type


def _role(role: Role) -> Any:
    keys = differing(role, Role(), "model", "persona", "title", "permissions", "confine", "options")
    keys |= {"secrets": secrets(role.secrets)} if role.secrets else {}
    agents = list(role.agents)
    return {**({"agent": agents} if agents else {}), **keys} if keys or not agents else agents


def _phase(phase: Phase) -> Any:
    keys = differing(phase, Phase(""), "title", "description")
    return {"id": phase.id, **keys} if keys else phase.id


def _limits(limits: Limits) -> dict[str, Any]:
    names = ("parallel", "count_waits", "rounds", "items", "depth", "events", "output_bytes", "recoveries")
    keys = differing(limits, Limits(), *names)
    if limits.timeout_seconds is not None:
        keys["timeout"] = written(limits.timeout_seconds)
    spend = budget(limits.budget)
    return {**keys, "budget": spend} if spend else keys
