"""The kind `run`: a command as argv, or a script for a shell. Its exit code, and evidence, decide.

A script is a file that the shell reads, never a template: what is not ours reaches it by the environment only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ropewalk.agents import (
    NOT_CONFINED,
    OUTPUT_FILE,
    Confinement,
    brief_variables,
    clean_environment,
    folder_inside,
    named_files,
    reach_of,
    read_object,
    read_output,
    refuse_too_long,
)
from ropewalk.agents.port import Desk
from ropewalk.core import Brief, Failure, Outcome
from ropewalk.errors import RopewalkError
from ropewalk.processes import Exit, run_process
from ropewalk.rendering import render_template
from ropewalk.steps.port import Tools
from ropewalk.steps.scope import template_scope
from ropewalk.steps.shell import script_argv
from ropewalk.transient import passing_trouble

TRANSIENT_EXIT = 75
"""EX_TEMPFAIL of sysexits.h: try again later."""

_BROKEN_PIPE_EXIT = 141
"""128 and SIGPIPE, as shells count. Nothing but this number is left to tell what happened."""
_BROKEN_PIPE = " (a command wrote to a pipe that nobody read any more; `(COMMAND || true) | head` allows it)"

_STDOUT_BYTES = 65_536
_LAST_LINES = 20


class Run:
    """Outputs: `exit_code`, `stdout` (its last 64 KiB, stripped), and what the command wrote to ROPEWALK_OUTPUT."""

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
        except (RopewalkError, OSError, ValueError) as fault:
            if passing_trouble(fault):
                raise
            return Outcome(failure=Failure(kind="permanent", message=_cannot_start(brief.args, fault)))
        outputs: dict[str, Any] = {"exit_code": exited.code, "stdout": exited.out[-_STDOUT_BYTES:].strip()}
        if exited.code:
            return Outcome(failure=failure_of(exited), outputs=outputs)
        try:
            output = read_output(desk.spool / OUTPUT_FILE)
            if output is None and brief.output_schema:
                output = read_object(exited.out.strip() or "null", "stdout")
        except ValueError as fault:
            return Outcome(failure=Failure(kind="invalid_output", message=str(fault)), outputs=outputs)
        output = output or {}
        facts = {name: output[name] for name in brief.wants_facts if name in output}
        route = str(output.get("route", "")) if brief.wants_route else ""
        return Outcome(outputs={**outputs, **output}, facts=facts, route=route)


async def run_command(
    args: Mapping[str, Any], brief: Brief, desk: Desk, tools: Tools, outcome: Outcome | None = None
) -> Exit:
    """Run `argv` or `script` of `args` with the variables of the attempt over the step's `env`.

    With the `outcome` of the step its own outputs can be used too. Raises TemplateError, OSError or ValueError when
    it cannot be started, Unconfinable when it cannot be confined as it has to be.
    """
    names = template_scope(brief, outcome)
    variables = {name: render_template(value, names) for name, value in brief.env.items()}
    variables |= brief_variables(brief, desk)
    env = clean_environment(variables, passed=tools.settings.get("environment", ()))
    worker = tools.agents.get(outcome.agent) if outcome is not None and outcome.agent else None
    argv = _argv(args, desk, names, env)
    folder = folder_inside(desk.folder, render_template(brief.folder, names))
    refuse_too_long(argv, env)
    return await run_process(
        _confined(argv, brief, desk, tools, env, getattr(worker, "confine", "")),
        desk,
        env=env,
        folder=folder,
        output_bytes=brief.output_bytes,
        tail_bytes=max(_STDOUT_BYTES, brief.output_bytes) if brief.output_schema else _STDOUT_BYTES,
        grace_seconds=brief.timeout.grace_seconds,
        limits=tools.settings.get("limits"),
    )


def _confined(
    argv: list[str], brief: Brief, desk: Desk, tools: Tools, env: Mapping[str, str], worker: str
) -> list[str]:
    """As the step, its role or the project want it; and what a confined agent left is run as confined as the agent was.

    Raises Unconfinable.
    """
    confinement: Confinement = tools.settings.get("confinement", NOT_CONFINED)
    if not confinement.wanted(brief.confine, brief.role.confine, worker):
        return argv
    reach = reach_of(desk)
    reach = msgspec.structs.replace(reach, readable=(*reach.readable, *named_files(env, ())))
    return confinement.wrap(reach, network=confinement.network)(argv)


def failure_of(exited: Exit) -> Failure:
    """The failure of a command that did not exit with 0; its last words are in the report."""
    lines = [line for line in (exited.err.strip() or exited.out.strip()).splitlines() if line.strip()]
    how = f"exit code {exited.code}" if exited.code > 0 else f"ended by signal {-exited.code}"
    if exited.code == _BROKEN_PIPE_EXIT:
        how += _BROKEN_PIPE
    return Failure(
        kind="transient" if exited.code == TRANSIENT_EXIT else "permanent",
        message=f"{how}: {lines[-1][:300]}" if lines else how,
        report={"exit_code": exited.code, "last_lines": lines[-_LAST_LINES:]},
    )


def _argv(args: Mapping[str, Any], desk: Desk, names: Mapping[str, Any], env: Mapping[str, str]) -> list[str]:
    if "script" not in args:
        return [render_template(str(element), names) for element in args["argv"]]
    script = desk.spool / "script"
    script.write_text(args["script"], encoding="utf-8")
    return script_argv(script, str(args.get("shell", "")), env.get("PATH"))


def _cannot_start(args: Mapping[str, Any], fault: Exception) -> str:
    if isinstance(fault, FileNotFoundError) and args.get("argv"):
        return f"the program {args['argv'][0]!r} was not found; it must be installed, or named by its path"
    return f"the command could not be started: {fault}"
