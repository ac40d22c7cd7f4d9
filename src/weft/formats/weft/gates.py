"""Gates as they are written, and as `weft.steps.gates` takes them: a kind and its own arguments."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, to_builtins

from weft.definition.findings import Findings
from weft.definition.workflow import Gate
from weft.formats.positions import Path
from weft.formats.weft.keys.gate import GateKeys
from weft.formats.weft.steering import approval, names

KINDS = ("run", "condition", "thresholds", "artifacts", "verdict", "person", "uses")
BELONGS = {"report": "thresholds", "scale": "thresholds", "arguments": "uses"}
WRITTEN = {"arguments": "with"}


def gates(keys: Any, path: Path, findings: Findings) -> tuple[Gate, ...]:
    """All gates under one `gate` key: a list holds several, and a list inside it is a command."""
    if keys is UNSET:
        return ()
    if not isinstance(keys, list):
        return _gate(keys, path, findings)
    return tuple(gate for index, one in enumerate(keys) for gate in _gate(one, (*path, index), findings))


def command(keys: str | list[Any], shell: str = "") -> dict[str, Any]:
    """The arguments of a command: a text is a script, a list is a program with its arguments."""
    if isinstance(keys, str):
        return {"script": keys, "shell": shell} if shell else {"script": keys}
    return {"argv": [str(one) for one in keys]}


def _gate(keys: Any, path: Path, findings: Findings) -> tuple[Gate, ...]:
    if not isinstance(keys, GateKeys):
        return (Gate("command", command(keys)),)
    said = [name for name in KINDS if getattr(keys, name) not in (UNSET, False)]
    if len(said) != 1:
        what = (
            f"a gate is either {' or '.join(f'`{name}`' for name in said)}"
            if said
            else "the gate checks nothing"
        )
        findings.fault(path, what, "keep one of them" if said else f"add one of {', '.join(KINDS)}")
        return ()
    kind = said[0]
    for name, owner in BELONGS.items():
        if getattr(keys, name) is not UNSET and owner != kind:
            key = WRITTEN.get(name, name)
            findings.fault((*path, key), f"`{key}` belongs to `{owner}`", "remove it", key=True)
    name = keys.id or ""
    if kind == "uses":
        return (Gate(keys.uses or "", keys.arguments or {}, name),)
    return (Gate("command" if kind == "run" else kind, _arguments(kind, keys), name),)


def _arguments(kind: str, keys: GateKeys) -> dict[str, Any]:
    value = getattr(keys, kind)
    match kind:
        case "run":
            return command(value)
        case "thresholds":
            bounds = {
                name: bound if isinstance(bound, str) else f">= {bound:g}" for name, bound in value.items()
            }
            return {
                "thresholds": bounds,
                **{one: getattr(keys, one) for one in ("report", "scale") if getattr(keys, one)},
            }
        case "artifacts":
            return {"artifacts": list(names(value))}
        case "verdict":
            said = {"role": value.role, "criteria": list(names(value.criteria))}
            return {**said, "prompt": value.prompt} if value.prompt else said
        case "person":
            return to_builtins(approval(value, "fail"))  # type: ignore[no-any-return]
        case _:
            return {kind: value}
