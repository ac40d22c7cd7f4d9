"""A ropewalk file's keys as the Workflow that they mean."""

from __future__ import annotations

from typing import Any, Final

from msgspec import UNSET, UnsetType

from ropewalk.definition import Fact, Findings, Input, Phase, Role, Secret, Workflow
from ropewalk.formats.native.gates import gates, no_person, patterns
from ropewalk.formats.native.keys.document import (
    DocumentKeys,
    FactKeys,
    InputKeys,
    PhaseKeys,
    RoleKeys,
    SecretKeys,
)
from ropewalk.formats.native.source_locations import StepLocation
from ropewalk.formats.native.steering import limits, names, secrets, set_keys
from ropewalk.formats.native.steps import GroupContext, StepReader
from ropewalk.yaml import Path, Positions

TITLE: Final = "{{ run.title }}"
"""The message of a commit that is told none: the run's title, and where it has none the workflow's name."""


def workflow(
    keys: DocumentKeys, name: str, findings: Findings, positions: Positions, broken: set[Path]
) -> tuple[Workflow, list[StepLocation]]:
    """The workflow, and per step where it stands in the file. `name` is used where the file gives none.

    Faults that the types cannot show go into `findings`; `broken` are paths of which a part was left out.
    """
    steps = StepReader(findings, positions, keys.defaults, broken)
    steps.add(keys.steps, ("steps",), GroupContext())
    steps.add(keys.final, ("finally",), GroupContext(final=True))
    no_person(keys.gate, ("gate",), findings)
    made = Workflow(
        name=keys.name or name,
        steps=tuple(steps.made),
        title=keys.title,
        description=keys.description,
        version=str(keys.version),
        source=findings.file,
        inputs={key: _input(value) for key, value in keys.inputs.items()},
        secrets={key: _secret(value) for key, value in keys.secrets.items()},
        facts={key: _fact(value) for key, value in keys.facts.items()},
        roles={key: _role(value) for key, value in keys.roles.items()},
        phases=tuple(_phase(value) for value in keys.phases),
        limits=limits(keys.limits),
        outputs=keys.outputs,
        merge=keys.merge,
        land=keys.land,
        squash=keys.squash if isinstance(keys.squash, str) else TITLE if keys.squash else "",
        gates=gates(keys.gate, ("gate",), findings),
        protect=patterns(keys.protect, ("protect",), findings),
        documents=keys.documents,
        extra=keys.extra,
    )
    return made, steps.locations


def _input(keys: Any) -> Input:
    if not isinstance(keys, InputKeys):
        return Input(keys or "string")
    required = keys.default is UNSET if isinstance(keys.required, UnsetType) else keys.required
    fields = set_keys(keys, "required", "choices")
    return Input(required=required, choices=tuple(keys.choices), **fields)


def _secret(keys: SecretKeys) -> Secret:
    fields = set_keys(keys)
    return Secret(**{**fields, "command": tuple(fields.get("command", ()))})


def _fact(keys: Any) -> Fact:
    if not isinstance(keys, FactKeys):
        return Fact(keys or "boolean")
    return Fact(choices=tuple(keys.choices), **set_keys(keys, "choices"))


def _role(keys: Any) -> Role:
    if not isinstance(keys, RoleKeys):
        return Role(names(keys or []))
    return Role(agents=names(keys.agent), secrets=secrets(keys.secrets), **set_keys(keys, "agent", "secrets"))


def _phase(keys: str | PhaseKeys) -> Phase:
    return Phase(keys) if isinstance(keys, str) else Phase(keys.id, keys.title, keys.description)
