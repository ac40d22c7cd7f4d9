"""The gate `thresholds`: numbers of a report, or of the step's outputs, reach what the workflow says they must.

A number that does not fit the declared scale is no low score but a mix-up of scales, and nothing is judged by it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from errno import EFBIG
from typing import Any

from ropewalk.agents import path_inside
from ropewalk.agents.port import Desk
from ropewalk.core import Brief, Outcome, Verdict
from ropewalk.errors import GateError
from ropewalk.files import read_bytes
from ropewalk.steps.gates.command import CommandGate
from ropewalk.steps.gates.report import ReportFigures, read_report
from ropewalk.steps.port import Tools

_BOUND = re.compile(r"\s*(>=|<=|==|!=|>|<|=)?\s*(-?\d+(?:\.\d+)?)\s*%?\s*")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
_LARGEST_REPORT_BYTES = 16_777_216


class Thresholds:
    """Args: `thresholds` (name or dotted path to a bound such as `">= 80"`), `report` (a file that `read_report` reads), `scale` (10 or 100).

    With a command as of `run` (`argv` or `script`) that is run first, and what it left is read. Each number is looked for in the report, then in the outputs. Raises GateError for a bound that cannot be read and
    for whatever lies outside of the scale.
    """

    name = "thresholds"

    @staticmethod
    def steered(args: Mapping[str, Any]) -> str:
        """A command that makes the report judges; a report alone is read, outputs need no folder."""
        if "script" in args or "argv" in args:
            return "command"
        return "" if args.get("report") else "none"

    schema: Mapping[str, Any] = {
        "type": "object",
        "properties": {
            "thresholds": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {"type": ["string", "number"]},
            },
            "report": {"type": "string"},
            "scale": {"enum": [10, 100]},
            "argv": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "script": {"type": "string", "minLength": 1},
            "shell": {"type": "string", "minLength": 1},
        },
        "required": ["thresholds"],
        "additionalProperties": False,
    }

    async def judge(
        self, args: Mapping[str, Any], brief: Brief, outcome: Outcome, desk: Desk, tools: Tools
    ) -> Verdict:
        if "script" in args or "argv" in args:
            made = await CommandGate().judge(args, brief, outcome, desk, tools)
            if made.verdict == "FAIL":
                return made
        report, findings = _report(args.get("report"), desk)
        scale = args.get("scale")
        evidence: dict[str, Any] = {}
        for name, wanted in args["thresholds"].items():
            sign, bound = _bound(name, wanted)
            _fits(f"the bound of {name}", bound, scale)
            value = _find(report.figures, name, _find(outcome.outputs, name, None))
            if value is None:
                findings.append(f"{name} is not reported")
            elif isinstance(value, bool) or not isinstance(value, int | float):
                findings.append(f"{name} is {value!r}, a number is wanted")
            else:
                _fits(name, value, scale)
                evidence[name] = value
                if not _COMPARE[sign](value, bound):
                    findings.append(f"{name} is {value:g}, {sign} {bound:g} is wanted")
        if findings:
            return Verdict(self.name, "FAIL", (*findings, *report.details), evidence)
        return Verdict(self.name, "PASS", evidence=evidence)


def _report(name: str | None, desk: Desk) -> tuple[ReportFigures, list[str]]:
    nothing = ReportFigures({})
    if not name:
        return nothing, []
    try:
        path = path_inside(desk.folder, name)
        if not path.is_file():
            return nothing, [f"the report {name} is not there"]
        return read_report(read_bytes(path, _LARGEST_REPORT_BYTES), f"the report {name}"), []
    except ValueError as fault:
        return nothing, [str(fault)]
    except OSError as fault:
        if fault.errno == EFBIG:
            return nothing, [f"the report {name} is larger than {_LARGEST_REPORT_BYTES:,} bytes"]
        return nothing, [f"the report {name} cannot be read: {fault.strerror}"]


def _bound(name: str, wanted: Any) -> tuple[str, float]:
    match = _BOUND.fullmatch(str(wanted))
    if match is None:
        raise GateError(
            gate="thresholds", reason=f"{name}: {wanted!r} is no bound; write for instance '>= 80'"
        )
    return match[1] or ">=", float(match[2])


def _fits(metric: str, value: float, scale: int | None) -> None:
    if scale is not None and not 0 <= value <= scale:
        reason = (
            f"{metric} is {value:g}, which is not on the declared scale from 0 to {scale}; "
            "declare the scale that it has, and put counts in a gate without one"
        )
        raise GateError(gate="thresholds", reason=reason)


def _find(data: Any, name: str, otherwise: Any) -> Any:
    """The value at a name as it is, or at a dotted path."""
    if isinstance(data, Mapping) and name in data:
        return data[name]
    head, dot, rest = name.partition(".")
    if dot and isinstance(data, Mapping) and head in data:
        return _find(data[head], rest, otherwise)
    return otherwise
