"""What a gate in somebody's file measures (`overall_min: 70`, `test_coverage >= 70`, `scoring.passed == true`): as gates
with their scales, as a schema of what the step has to report, and as a condition over it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from ropewalk.definition import Gate, translate_expression
from ropewalk.documents import as_text

LEAST: Final = re.compile(r"^(?:min_)?(\w+?)(?:_(min|max|least|most|threshold))?$")
NUMERIC: Final = re.compile(r"outputs\.(\w+) (>=|<=|>|<|==|!=) (-?\d+(?:\.\d+)?)")
FLAG: Final = re.compile(r"outputs\.(\w+)(?: == (true|false))?")
OWN: Final = ("scoring", "result", "results", "outputs", "output")


class Bound(Struct, frozen=True):
    """A number to reach, with the scale that it is on: 10, 100, or 0 where it is none."""

    name: str
    sign: str
    value: float
    scale: int

    def in_words(self) -> str:
        return f"{self.sign} {self.value:g}"


class GateMetrics(Struct, frozen=True):
    """Everything that is measured: bounds, flags that must be so, and whatever expression is left."""

    bounds: tuple[Bound, ...] = ()
    flags: tuple[tuple[str, bool], ...] = ()
    rest: str = ""

    def gates(self) -> tuple[Gate, ...]:
        """One gate for each scale, one for the flags and for what is left."""
        gates = []
        for scale in (100, 10, 0):
            bounds = {bound.name: bound.in_words() for bound in self.bounds if bound.scale == scale}
            if bounds:
                gates.append(
                    Gate("thresholds", {"thresholds": bounds, **({"scale": scale} if scale else {})})
                )
        for name, wanted in self.flags:
            gates.append(Gate("condition", {"condition": f"outputs.{name} == {json.dumps(wanted)}"}))
        return (*gates, *([Gate("condition", {"condition": self.rest})] if self.rest else []))

    def schema(self) -> dict[str, Any]:
        """What the step has to report, as JSON Schema; the examples are values that pass."""
        names: dict[str, Any] = {}
        for bound in self.bounds:
            limits = {"minimum": 0, "maximum": bound.scale} if bound.scale else {}
            names[bound.name] = {
                "type": "number",
                **limits,
                "description": f"must be {bound.in_words()}",
                "examples": [_passing(bound)],
            }
        for name, wanted in self.flags:
            names[name] = {"type": "boolean", "examples": [wanted]}
        for name in re.findall(r"\boutputs\.(\w+)", self.rest):
            names.setdefault(name, {})
        return {"type": "object", "properties": names, "required": list(names)}

    def holds(self, step: str) -> str:
        """The same as one condition over the outputs of a step."""
        place = f"outputs.{step}" if re.fullmatch(r"[A-Za-z_]\w*", step) else f"outputs[{json.dumps(step)}]"
        parts = [f"{place}.{bound.name} {bound.in_words()}" for bound in self.bounds]
        parts += [f"{place}.{name} == {json.dumps(wanted)}" for name, wanted in self.flags]
        parts += [f"({self.rest.replace('outputs.', f'{place}.')})"] if self.rest else []
        return " && ".join(parts)


def metrics(scoring: Any, gate: Any, *, off: bool = False) -> GateMetrics | None:
    """What a step's `scoring` and `gate` measure; None where nothing is, or where everything is switched `off`."""
    if off:
        return None
    bounds = {bound.name: bound for bound in _thresholds(scoring)}
    condition = as_text(gate.get("condition")) if isinstance(gate, Mapping) else as_text(gate)
    flags: dict[str, bool] = {}
    rest: list[str] = []
    for part in re.split(r"\s+(?:AND|and|&&)\s+", condition) if condition else []:
        _part(part.strip(), bounds, flags, rest)
    if not bounds and not flags and not rest:
        return None
    return GateMetrics(tuple(bounds.values()), tuple(flags.items()), " && ".join(rest))


def _thresholds(scoring: Any) -> list[Bound]:
    if not isinstance(scoring, Mapping) or scoring.get("enabled") is False:
        return []
    listed = scoring.get("thresholds")
    bounds = []
    for name, value in listed.items() if isinstance(listed, Mapping) else ():
        match = LEAST.match(str(name))
        if match and isinstance(value, int | float) and not isinstance(value, bool):
            sign = "<=" if match[2] in ("max", "most") else ">="
            bounds.append(Bound(match[1], sign, float(value), scale_of(match[1], value)))
    return bounds


def _part(part: str, bounds: dict[str, Bound], flags: dict[str, bool], rest: list[str]) -> None:
    if part in ("scoring.passed == true", "scoring.passed") and bounds:
        return
    cel = translate_expression(part, _place) or (
        f"outputs.{_name(part.split('.'))}" if re.fullmatch(r"[\w.]+", part) else None
    )
    numeric = NUMERIC.fullmatch(cel or "")
    flag = FLAG.fullmatch(cel or "")
    if numeric:
        value = float(numeric[3])
        bounds[numeric[1]] = Bound(numeric[1], numeric[2], value, scale_of(numeric[1], value))
    elif flag:
        flags[flag[1]] = flag[2] != "false"
    elif cel:
        rest.append(cel)
    else:
        flags[_name([re.sub(r"\W+", "_", part)[:60].strip("_").lower()])] = True


def _place(segments: tuple[str, ...]) -> str:
    return f"outputs.{_name(list(segments))}"


def _name(segments: list[str]) -> str:
    """A dotted name as one; what only says whose result it is, is left out."""
    kept = segments[1:] if len(segments) > 1 and segments[0] in OWN else segments
    plain = re.sub(r"\W+", "_", "_".join(kept)).strip("_") or "passed"
    return plain if re.match(r"[A-Za-z_]", plain) else f"is_{plain}"


def scale_of(name: str, value: float) -> int:
    """What scores go up to: percentages and numbers above ten to 100, other scores to 10; counts are on no scale."""
    if re.search(r"count|issues|errors|warnings|failures|seconds|minutes", name) or value < 0 or value > 100:
        return 0
    return 100 if value > 10 or (re.search(r"coverage|percent|rate|overall", name) and value > 10) else 10


def _passing(bound: Bound) -> float:
    value = bound.value
    if bound.sign in (">", "!="):
        return min(value + 1, bound.scale) if bound.scale else value + 1
    return value - 1 if bound.sign == "<" else value
