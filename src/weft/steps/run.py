"""The kind `run`: a command as argv, or a script for a shell. Its exit code, and evidence, decide.

A script is a file that the shell reads, never a template: what is not ours reaches it by the environment only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.agents import environment, exchange
from weft.agents.port import Desk
from weft.agents.process import Exit, run_process
from weft.core.work import Brief, Failure, Outcome
from weft.errors import WeftError
from weft.steps.port import Tools
from weft.steps.template import render, scope

TRANSIENT_EXIT = 75
"""EX_TEMPFAIL of sysexits.h: try again later."""

_STRICT = {"sh": ("-eu",), "dash": ("-eu",), "bash": ("-eu", "-o", "pipefail"), "zsh": ("-eu",)}
_STDOUT_BYTES = 65_536
_LAST_LINES = 20


class Run:
    """Outputs: `exit_code`, `stdout` (its last 64 KiB, stripped), and what the command wrote to WEFT_OUTPUT."""

    name = "run"
    workspace = "own"
    schema: Mapping[str, Any] = {
        "type": "object",
        "properties": {
            "argv": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "script": {"type": "string", "minLength": 1},
            "shell": {"type": "string", "minLength": 1},
        },
        "oneOf": [{"required": ["argv"]}, {"required": ["script"]}],
        "additionalProperties": False,
    }

    async def perform(self, brief: Brief, desk: Desk, tools: Tools) -> Outcome:
        try:
            exited = await run_command(brief.args, brief, desk, tools)
        except (WeftError, OSError, ValueError) as fault:
            return Outcome(failure=Failure(kind="permanent", message=_cannot_start(brief.args, fault)))
        outputs: dict[str, Any] = {"exit_code": exited.code, "stdout": exited.out[-_STDOUT_BYTES:].strip()}
        if exited.code:
            return Outcome(failure=failure_of(exited), outputs=outputs)
        try:
            told = exchange.read_output(desk.spool / exchange.OUTPUT)
            if told is None and brief.output_schema:
                told = exchange.read_object(exited.out.strip() or "null", "stdout")
        except ValueError as fault:
            return Outcome(failure=Failure(kind="invalid_output", message=str(fault)), outputs=outputs)
        told = told or {}
        facts = {name: told[name] for name in brief.wants_facts if name in told}
        route = str(told.get("route", "")) if brief.wants_route else ""
        return Outcome(outputs={**outputs, **told}, facts=facts, route=route)


async def run_command(
    args: Mapping[str, Any], brief: Brief, desk: Desk, tools: Tools, outcome: Outcome | None = None
) -> Exit:
    """Run `argv` or `script` of `args` with the variables of the attempt over the step's `env`.

    With the `outcome` of the step its own outputs can be used too. Raises TemplateError, OSError or ValueError when
    it cannot be started.
    """
    names = scope(brief, outcome)
    given = {name: render(value, names) for name, value in brief.env.items()}
    given |= exchange.variables(brief, desk)
    return await run_process(
        _argv(args, desk, names),
        desk,
        env=environment.clean(given, passed=tools.settings.get("environment", ())),
        output_bytes=brief.output_bytes,
        tail_bytes=max(_STDOUT_BYTES, brief.output_bytes) if brief.output_schema else _STDOUT_BYTES,
        grace_seconds=brief.timeout.grace_seconds,
    )


def failure_of(exited: Exit) -> Failure:
    """The failure of a command that did not exit with 0; its last words are in the report."""
    said = [line for line in (exited.err.strip() or exited.out.strip()).splitlines() if line.strip()]
    how = f"exit code {exited.code}" if exited.code > 0 else f"ended by signal {-exited.code}"
    return Failure(
        kind="transient" if exited.code == TRANSIENT_EXIT else "permanent",
        message=f"{how}: {said[-1][:300]}" if said else how,
        report={"exit_code": exited.code, "last_lines": said[-_LAST_LINES:]},
    )


def _argv(args: Mapping[str, Any], desk: Desk, names: Mapping[str, Any]) -> list[str]:
    if "script" not in args:
        return [render(str(element), names) for element in args["argv"]]
    script = desk.spool / "script"
    script.write_text(args["script"], encoding="utf-8")
    words = str(args.get("shell", "sh")).split()
    strict = _STRICT.get(words[0], ()) if len(words) == 1 else ()
    return [*words, *strict, str(script)]


def _cannot_start(args: Mapping[str, Any], fault: Exception) -> str:
    if isinstance(fault, FileNotFoundError) and args.get("argv"):
        return f"the program {args['argv'][0]!r} was not found; it must be installed, or named by its path"
    return f"the command could not be started: {fault}"
