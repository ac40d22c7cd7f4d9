"""Names: each step has one of its own, and every name that is used belongs to something."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from ropewalk.definition.check.subject import MOST_HINTS, Subject
from ropewalk.definition.fault import nearest
from ropewalk.definition.findings import Path
from ropewalk.definition.order import members_of
from ropewalk.definition.workflow import Gate, Step, Workflow

ID: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*\Z")
WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
SCOPE: Final = frozenset({"inputs", "outputs", "facts", "run"})
LONGEST: Final = 100
KINDS: Final = ("run", "role", "ask", "decide", "call", "function", "sleep", "noop")
GATES: Final = ("command", "condition", "thresholds", "artifacts", "document", "verdict")


def check_names(subject: Subject) -> None:
    """Ids of steps, groups, phases, inputs and facts; then all that refers to them."""
    _own_names(subject)
    _words(subject)
    phases = [phase.id for phase in subject.workflow.phases]
    for index, name in enumerate(phases):
        if name in phases[:index]:
            subject.findings.fault(("phases", index), f"two phases are called `{name}`", "rename one of them")
    for path, step in subject.steps():
        _references(subject, path, step)
        _item_name(subject, path, step)
        if step.phase and step.phase not in phases:
            subject.unknown((*path, "phase"), "phase", step.phase, phases, "name it under `phases`")
        _gates(subject, (*path, "gates"), step.gates)
    _gates(subject, ("gates",), subject.workflow.gates)
    for name, role in subject.workflow.roles.items():
        for index, agent in enumerate(role.agents):
            if subject.known.agents is not None and agent not in subject.known.agents:
                place = ("roles", name, "agents", index)
                subject.unknown(place, "agent", agent, subject.known.agents, "`ropewalk agents` lists them")


def _own_names(subject: Subject) -> None:
    first: dict[str, int] = {}
    groups = {part for step in subject.workflow.steps for part in step.group.split("/") if part}
    for index, step in enumerate(subject.workflow.steps):
        place: Path = ("steps", index, "id")
        if not step.id:
            continue
        if step.id in first:
            line = subject.findings.where.value(("steps", first[step.id], "id"))[0]
            hint = f"rename one of them; the other stands in line {line}" if line else "rename one of them"
            subject.findings.fault(place, f"two steps are called `{step.id}`", hint)
        first.setdefault(step.id, index)
        if step.id in groups:
            subject.findings.fault(place, f"a step and a group are called `{step.id}`", "rename one of them")
        if not ID.match(step.id):
            message = f"the id `{step.id}` may hold only letters, digits, `_` and `-`"
            subject.findings.fault(place, message, _tidy(step.id))
        if len(step.id) > LONGEST:
            subject.findings.fault(place, f"an id may have {LONGEST} characters", "shorten it")


def _tidy(name: str) -> str:
    tidy = re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")
    return f"write `{tidy}`" if tidy else ""


def _words(subject: Subject) -> None:
    """Inputs and facts are read as `inputs.name`: that works only for words."""
    for kind, names in (("inputs", subject.workflow.inputs), ("facts", subject.workflow.facts)):
        for name in names:
            if not WORD.match(name):
                message = f"`{name}` cannot be read as `{kind}.{name}`"
                tidy = re.sub(r"\W+", "_", name).strip("_")
                subject.findings.fault((kind, name), message, f"write `{tidy}`", key=True)


def _item_name(subject: Subject, path: Path, step: Step) -> None:
    if step.foreach is None:
        return
    name = step.foreach.name
    if not WORD.match(name):
        subject.findings.fault(
            (*path, "foreach", "name"), f"`{name}` is no word", "use letters, digits and `_`"
        )
    elif name in SCOPE:
        message = f"the item cannot be called `{name}`: that name is taken"
        subject.findings.fault((*path, "foreach", "name"), message, "choose another")


def _references(subject: Subject, path: Path, step: Step) -> None:
    workflow, known = subject.workflow, subject.known
    for index, name in enumerate(step.needs):
        if name == step.id:
            subject.findings.fault((*path, "needs", index), f"`{name}` needs itself", "remove it")
        elif name not in subject.named:
            subject.unknown((*path, "needs", index), "step", name, subject.named, "define it, or remove it")
    if step.back_to and step.back_to.to not in subject.named:
        subject.unknown(
            (*path, "back_to", "to"), "step or group", step.back_to.to, subject.named, "name an earlier one"
        )
    if step.role and step.role not in workflow.roles:
        subject.unknown((*path, "role"), "role", step.role, workflow.roles, "describe it under `roles`")
    if step.kind not in KINDS and known.kinds is not None and step.kind not in known.kinds:
        kinds = [*KINDS, *sorted(known.kinds)]
        hint = "`ropewalk doctor` lists the plug-ins"
        if "/" in step.kind:
            hint = "an action of another system is none: write what it does as `run`"
        subject.unknown((*path, "kind"), "step kind", step.kind, kinds, hint)
    for place, name in _facts_used(step):
        if name and name not in workflow.facts:
            subject.unknown((*path, *place), "fact", name, workflow.facts, "describe it under `facts`")


def _facts_used(step: Step) -> list[tuple[Path, str]]:
    used: list[tuple[Path, str]] = [(("facts", index), name) for index, name in enumerate(step.facts)]
    used += [(("sets", name), name) for name in step.sets]
    used += [
        ((key, "fact"), approval.fact)
        for key, approval in (("ask", step.ask), ("approve", step.approve))
        if approval
    ]
    if step.decision:
        used.append((("decision", "fact"), step.decision.fact))
    return used


def _gates(subject: Subject, path: Path, gates: tuple[Gate, ...]) -> None:
    for index, gate in enumerate(gates):
        place = (*path, index)
        if (
            gate.kind not in GATES
            and subject.known.gates is not None
            and gate.kind not in subject.known.gates
        ):
            kinds = [*GATES, *sorted(subject.known.gates)]
            subject.unknown(
                (*place, "uses"), "gate", gate.kind, kinds, "`ropewalk doctor` lists the plug-ins"
            )
        role = gate.args.get("role") if gate.kind == "verdict" else None
        if role and role not in subject.workflow.roles:
            hint = "describe it under `roles`"
            subject.unknown((*place, "verdict", "role"), "role", role, subject.workflow.roles, hint)


def repaired(workflow: Workflow) -> Workflow:
    """The workflow with misspelt needs put right and unknown ones left out, so that one slip is told once."""
    named = members_of(workflow)
    hints = MOST_HINTS
    steps = []
    for step in workflow.steps:
        if not all(name in named for name in step.needs):
            meant = [name if name in named or hints <= 0 else nearest(name, named) for name in step.needs]
            hints -= 1
            step = msgspec.structs.replace(step, needs=tuple(name for name in meant if name in named))
        steps.append(step)
    return msgspec.structs.replace(workflow, steps=tuple(steps))
