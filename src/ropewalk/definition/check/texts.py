"""Which texts of a workflow are templates, by their places, and which are shown as they are written.

The one list: what fills them in, what checks them and what keeps secrets out of them must mean the same texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ropewalk.definition.findings import Path, texts_in
from ropewalk.definition.workflow import Approval, Gate, Role, Step, Workflow

FILLED: Final[dict[str, tuple[str, ...]]] = {
    "run": ("args", "argv"),
    "function": ("with",),
    "call": ("call", "inputs"),
    "noop": ("with", "outputs"),
}
"""Which arguments of the built-in kinds are templates, by their place in a step."""
OWN: Final = ("gates", "handoff", "approve")
"""Texts that are filled in after the work, and may read what it gave."""


def templates_of(step: Step) -> Iterator[tuple[Path, str]]:
    """Every template of a step."""
    yield from texts_of(step)
    if step.kind in FILLED:
        key = FILLED[step.kind]
        yield from texts_in(key, step.args.get(key[-1]))
    for index, gate in enumerate(step.gates):
        yield from _of_gate(("gates", index), gate)


def texts_of(step: Step) -> Iterator[tuple[Path, str]]:
    """Those that are no argument of its kind or its gates."""
    yield ("title",), step.title
    yield ("prompt",), step.prompt
    yield ("handoff",), step.handoff
    yield ("folder",), step.folder
    for index, note in enumerate(step.notes):
        yield ("notes", index), note
    for name, value in step.env.items():
        yield ("env", name), value
    for key, refs in (("requires", step.requires), ("creates", step.creates), ("updates", step.updates)):
        for index, ref in enumerate(refs):
            for name in (ref.name, *ref.any_of) if not ref.label else ():
                yield (key, index), name
    if step.decision is not None:
        yield ("decision", "prompt"), step.decision.prompt
        for route in step.decision.routes:
            yield ("decision", "routes", route.name, "title"), route.title
    for key, approval in (("ask", step.ask), ("approve", step.approve)):
        if approval is not None:
            yield from _of_approval((key,), approval)


def role_texts(role: Role) -> Iterator[tuple[Path, str]]:
    """What a role says of itself, to the agent or person who works in it."""
    yield ("persona",), role.persona
    yield ("title",), role.title


def scripts_of(step: Step) -> Iterator[tuple[Path, str]]:
    """Scripts, which are no templates."""
    if "script" in step.args and step.kind == "run":
        yield ("args", "script"), str(step.args["script"])
    for index, gate in enumerate(step.gates):
        if gate.kind == "command" and "script" in gate.args:
            yield ("gates", index, "script"), str(gate.args["script"])


def plain_texts(workflow: Workflow) -> Iterator[tuple[Path, str]]:
    """Texts for people that are shown as they are written."""
    yield ("description",), workflow.description
    for name, declared in workflow.inputs.items():
        yield ("inputs", name, "description"), declared.description
    for name, fact in workflow.facts.items():
        yield ("facts", name, "question"), fact.question
    for index, phase in enumerate(workflow.phases):
        yield ("phases", index, "title"), phase.title
        yield ("phases", index, "description"), phase.description
    for index, step in enumerate(workflow.steps):
        for key, approval in (("ask", step.ask), ("approve", step.approve)):
            if approval is not None:
                yield from texts_in(("steps", index, key, "form"), approval.form)


def _of_approval(path: Path, approval: Approval) -> Iterator[tuple[Path, str]]:
    yield (*path, "prompt"), approval.prompt
    for index, choice in enumerate(approval.choices):
        yield (*path, "choices", index, "title"), choice.title
    for index, name in enumerate(approval.show):
        yield (*path, "show", index), name


def _of_gate(path: Path, gate: Gate) -> Iterator[tuple[Path, str]]:
    if gate.kind == "command":
        yield from texts_in((*path, "argv"), gate.args.get("argv"))
    elif gate.kind == "verdict":
        yield from texts_in((*path, "verdict"), gate.args)
    elif gate.kind == "condition":
        yield (*path, "message"), str(gate.args.get("message", ""))
