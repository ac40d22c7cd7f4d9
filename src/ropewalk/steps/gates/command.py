"""The gate `command`: passes with exit code 0.

The command line stands in the run's own definition, which nobody can change; files that steer it are in its folder as they
were when the run began (`ropewalk.workspace.judging`).
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from ropewalk.agents.port import Desk
from ropewalk.core import Brief, Outcome, Verdict
from ropewalk.errors import GateError, TemplateError, Unconfinable
from ropewalk.steps.port import Tools
from ropewalk.steps.run import failure_of, run_command

_LAST_LINES = 20
_SHOWN = 60


class CommandGate:
    """Args as of `run`."""

    name = "command"
    steered = "command"
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

    async def judge(
        self, args: Mapping[str, Any], brief: Brief, outcome: Outcome, desk: Desk, tools: Tools
    ) -> Verdict:
        label = _label(args)
        try:
            exited = await run_command(args, brief, desk, tools, outcome=outcome)
        except (TemplateError, Unconfinable, OSError, ValueError) as fault:
            raise GateError(gate=label, reason=str(fault)) from fault
        evidence: dict[str, Any] = {"exit_code": exited.code}
        if not exited.code:
            return Verdict(label, "PASS", evidence=evidence)
        failure = failure_of(exited)
        last_lines = [line for line in f"{exited.out}\n{exited.err}".splitlines() if line.strip()][
            -_LAST_LINES:
        ]
        return Verdict(
            label, "FAIL", tuple(last_lines) or (failure.message,), evidence, reason=failure.message
        )


def _label(args: Mapping[str, Any]) -> str:
    text = args["script"] if "script" in args else shlex.join(map(str, args["argv"]))
    line = " ".join(str(text).split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
