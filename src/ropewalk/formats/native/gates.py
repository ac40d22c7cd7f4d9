"""Gates of a file as `ropewalk.steps.gates` takes them: a kind and its own arguments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from msgspec import UNSET

from ropewalk.definition import Approval, Findings, Gate
from ropewalk.formats.native.keys.gate import GateKeys
from ropewalk.formats.native.steering import approval, names
from ropewalk.yaml import Path

KINDS = ("run", "condition", "thresholds", "artifacts", "document", "verdict", "person", "uses")
BELONGS = {"report": "thresholds", "scale": "thresholds", "template": "document", "arguments": "uses"}
WRITTEN = {"arguments": "with"}


def gates(keys: Any, path: Path, findings: Findings, template: str = "") -> tuple[Gate, ...]:
    """All automatic checks under one `gate` key: a list holds several, and a list inside it is a command.

    `template` is the step's own, for documents that name none. `person` reads the questions to a person.
    """
    return tuple(
        gate for gate_keys, where in _each(keys, path) for gate in _gate(gate_keys, where, findings, template)
    )


def person(keys: Any, path: Path, findings: Findings, sends_back: bool) -> Approval | None:
    """The question to the person among the gates; a second one is a fault."""
    asked = [(gate_keys.person, where) for gate_keys, where in _each(keys, path) if _asks(gate_keys)]
    for _, where in asked[1:]:
        findings.fault(where, "a second person is asked about the same work", "ask in a step of its own")
    return approval(asked[0][0], "back_to" if sends_back else "fail") if asked else None


def no_person(keys: Any, path: Path, findings: Findings) -> None:
    """A fault for each question to a person: outside of a step nothing waits for the answer."""
    for gate_keys, where in _each(keys, path):
        if _asks(gate_keys):
            findings.fault(where, "nobody can be asked here", "ask in a step: `ask`, with `needs`")


def _each(keys: Any, path: Path) -> list[tuple[Any, Path]]:
    if keys is UNSET:
        return []
    return (
        [(gate_keys, (*path, index)) for index, gate_keys in enumerate(keys)]
        if isinstance(keys, list)
        else [(keys, path)]
    )


def _asks(keys: Any) -> bool:
    return isinstance(keys, GateKeys) and keys.person not in (UNSET, False)


def command(keys: str | list[Any], shell: str = "") -> dict[str, Any]:
    """The arguments of a command: a text is a script, a list is a program with its arguments."""
    if isinstance(keys, str):
        return {"script": keys, "shell": shell} if shell else {"script": keys}
    return {"argv": [str(word) for word in keys]}


def _gate(keys: Any, path: Path, findings: Findings, template: str) -> tuple[Gate, ...]:
    if not isinstance(keys, GateKeys):
        return (Gate("command", command(keys)),)
    kinds = [name for name in KINDS if getattr(keys, name) not in (UNSET, False)]
    if kinds == ["run", "thresholds"]:
        kinds = ["thresholds"]
    if len(kinds) != 1:
        problem = (
            f"a gate is either {' or '.join(f'`{name}`' for name in kinds)}"
            if kinds
            else "the gate checks nothing"
        )
        findings.fault(path, problem, "keep one of them" if kinds else f"add one of {', '.join(KINDS)}")
        return ()
    kind = kinds[0]
    for name, owner in BELONGS.items():
        if getattr(keys, name) is not UNSET and owner != kind:
            key = WRITTEN.get(name, name)
            findings.fault((*path, key), f"`{key}` belongs to `{owner}`", "remove it", key=True)
    name = keys.id or ""
    sides = {
        name: patterns(getattr(keys, name), (*path, name), findings) for name in ("protect", "may_change")
    }
    if kind == "person":
        return ()
    if kind == "document" and not (keys.template or template):
        findings.fault(path, "the document has no template to be checked by", "add `template`")
        return ()
    if kind == "document":
        return (
            Gate(kind, {"document": keys.document, "template": keys.template or template}, name, **sides),
        )
    if kind == "uses":
        return (Gate(keys.uses or "", keys.arguments or {}, name, **sides),)
    return (Gate("command" if kind == "run" else kind, _arguments(kind, keys), name, **sides),)


def patterns(keys: str | list[str], path: Path, findings: Findings) -> tuple[str, ...]:
    """Patterns of paths; one that leads out of the folder is a fault."""
    listed = names(keys)
    for index, pattern in enumerate(listed):
        if pattern.startswith(("/", "~")) or ".." in pattern.split("/") or "\0" in pattern:
            where = (*path, index) if isinstance(keys, list) else path
            findings.fault(
                where, f"`{pattern}` leads out of the folder", "name files below its top: `tests/**`"
            )
    return listed


def _arguments(kind: str, keys: GateKeys) -> dict[str, Any]:
    value = getattr(keys, kind)
    match kind:
        case "run":
            return command(value)
        case "thresholds":
            bounds = {
                name: bound if isinstance(bound, str) else f">= {_digits(bound)}"
                for name, bound in value.items()
            }
            return {
                "thresholds": bounds,
                **{option: getattr(keys, option) for option in ("report", "scale") if getattr(keys, option)},
                **(command(keys.run) if keys.run is not UNSET else {}),
            }
        case "artifacts":
            return {"artifacts": list(names(value))}
        case "verdict":
            reviewer = {"role": value.role, "criteria": list(names(value.criteria))}
            return {**reviewer, "prompt": value.prompt} if value.prompt else reviewer
        case _:
            return {kind: value}


def _digits(bound: float) -> str:
    """All digits of a number, without an exponent: the gate reads none."""
    return f"{Decimal(repr(bound)).normalize():f}"
