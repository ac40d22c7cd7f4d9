"""`matrix`: every combination of the values of several axes, as the list that a `foreach` goes through.

`include` and `exclude` mean what they mean on GitHub. Each combination has an `id` made of its values, which is its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from math import prod
from typing import Any, Final

from ropewalk.definition import Findings, Foreach, shortened
from ropewalk.formats.native.steering import expression
from ropewalk.yaml import Path

MOST: Final = 10_000
"""Combinations of one matrix; more are not even counted out."""
NAME: Final = "matrix"
WORDS: Final = ("include", "exclude")

Combination = dict[str, Any]
Axes = Mapping[str, list[Any]]


def combinations(keys: Axes, path: Path, findings: Findings, name: Any, at_most: Any) -> Foreach | None:
    """The foreach that a matrix is short for; None where something is wrong with it."""
    axes = {axis: values for axis, values in keys.items() if axis not in WORDS}
    if not _sound(keys, axes, path, findings):
        return None
    excluded, included = keys.get("exclude", ()), keys.get("include", ())
    made = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())] if axes else []
    made = [entry for entry in made if not any(entry.items() >= other.items() for other in excluded)]
    made = _with_included(made, included, axes)
    named = {_id(entry): {"id": _id(entry), **entry} for entry in made}
    if len(named) < len(made):
        problem = "two combinations of the matrix have the same values"
        findings.fault(path, problem, "write each value once, or leave one out with `exclude`", key=True)
        return None
    if not named:
        findings.fault(path, "the matrix has no combination", "give it an axis, or exclude less", key=True)
        return None
    return Foreach(expression(list(named.values())), name or NAME, at_most=at_most or 0)


def _sound(keys: Axes, axes: Axes, path: Path, findings: Findings) -> bool:
    before = len(findings.faults)
    for word in WORDS:
        for index, entry in enumerate(keys.get(word, ())):
            if not isinstance(entry, dict):
                problem = f"`{word}` takes a list of mappings from axes to values"
                findings.fault((*path, word, index), problem, f"write `{word}: [{{AXIS: VALUE}}]`")
            elif "id" in entry:
                _taken((*path, word, index, "id"), findings)
    for axis, values in axes.items():
        if axis == "id":
            _taken((*path, axis), findings)
        for index, value in enumerate(values):
            if isinstance(value, dict):
                problem = f"a value of the axis `{axis}` is a mapping"
                findings.fault((*path, axis, index), problem, "write text, a number, true or false")
    if prod(len(values) for values in axes.values()) > MOST:
        problem = f"the matrix has more than {MOST:,} combinations"
        findings.fault(path, problem, "give its axes fewer values", key=True)
    return len(findings.faults) == before


def _taken(path: Path, findings: Findings) -> None:
    findings.fault(
        path, "an axis cannot be called `id`: that is the combination's own", "rename it", key=True
    )


def _with_included(made: list[Combination], included: Iterable[Combination], axes: Axes) -> list[Combination]:
    """What is included adds to each combination that it contradicts in no axis, or else is one of its own."""
    whole = [dict(entry) for entry in made]
    for extra in included:
        fits = [
            at for at, entry in enumerate(made) if all(entry[a] == v for a, v in extra.items() if a in axes)
        ]
        for at in fits:
            whole[at] |= extra
        if not fits:
            whole.append(dict(extra))
    return whole


def _id(combination: Combination) -> str:
    return shortened(
        "-".join(
            expression(value) if isinstance(value, bool) else str(value) for value in combination.values()
        )
    )
