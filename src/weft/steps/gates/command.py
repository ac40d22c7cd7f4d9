"""The gate `command`: passes with exit code 0. What it runs is what the base revision has, or it does not pass.

The command line stands in the run's own definition, which nobody can change; the files that it names, and those under
`protect`, are compared with the base, so that a run cannot weaken what judges it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from weft.agents.inside import matches
from weft.agents.port import Desk
from weft.core.work import Brief, Outcome, Verdict
from weft.errors import GateError, TemplateError
from weft.steps.port import Tools
from weft.steps.run import failure_of, run_command

_LAST_LINES = 20
_SHOWN = 60


class Command:
    """Args as of `run`, and `protect`: files and patterns. The base is `desk.base`, a folder, where the desk has one."""

    name = "command"
    schema: Mapping[str, Any] = {
        "type": "object",
        "properties": {
            "argv": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "script": {"type": "string", "minLength": 1},
            "shell": {"type": "string", "minLength": 1},
            "protect": {"type": "array", "items": {"type": "string"}},
        },
        "oneOf": [{"required": ["argv"]}, {"required": ["script"]}],
        "additionalProperties": False,
    }

    async def judge(
        self, args: Mapping[str, Any], brief: Brief, outcome: Outcome, desk: Desk, tools: Tools
    ) -> Verdict:
        label = _label(args)
        base: Path | None = getattr(desk, "base", None)
        changed = [] if base is None else sorted(set(_weakened(args, brief, desk.folder, base)))
        if changed:
            return Verdict(label, "FAIL", tuple(changed), {"protected": changed})
        try:
            exited = await run_command(args, brief, desk, tools, outcome=outcome)
        except (TemplateError, OSError, ValueError) as fault:
            raise GateError(gate=label, reason=str(fault)) from fault
        evidence: dict[str, Any] = {"exit_code": exited.code}
        if not exited.code:
            return Verdict(label, "PASS", evidence=evidence)
        failure = failure_of(exited)
        said = [line for line in f"{exited.out}\n{exited.err}".splitlines() if line.strip()][-_LAST_LINES:]
        return Verdict(label, "FAIL", tuple(said) or (failure.message,), evidence, reason=failure.message)


def _label(args: Mapping[str, Any]) -> str:
    text = args["script"] if "script" in args else shlex.join(map(str, args["argv"]))
    line = " ".join(str(text).split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _weakened(args: Mapping[str, Any], brief: Brief, folder: Path, base: Path) -> Iterator[str]:
    """A finding for each file of the base that judges and is not what it was; what the step may change is left out."""
    allowed = {ref.name for ref in (*brief.creates, *brief.updates)}
    for name in {*_named(args), *args.get("protect", ())}:
        for path in _files(base, name):
            relative = path.relative_to(base).as_posix()
            here = folder / relative
            if relative in allowed:
                continue
            if not here.is_file() or here.is_symlink() or here.read_bytes() != path.read_bytes():
                what = "changed" if here.exists() else "removed"
                yield f"{relative} was {what} in this run, and it is part of the gate: put it back"


def _files(base: Path, name: str) -> list[Path]:
    try:
        return matches(base, name)
    except ValueError:
        return []


def _named(args: Mapping[str, Any]) -> Iterator[str]:
    """Words of the command that may be files of its own; folders that it works on are not meant."""
    if "argv" in args:
        words = [str(word) for word in args["argv"]]
    else:
        lexer = shlex.shlex(str(args["script"]), posix=False, punctuation_chars=True)
        lexer.whitespace_split = True
        words = [word.strip("'\"") for word in lexer]
    yield from (word.removeprefix("./") for word in words if "/" in word or "." in word)
