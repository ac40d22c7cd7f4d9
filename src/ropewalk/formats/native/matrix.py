"""`matrix`: every combination of the values of several axes, as the list that a `foreach` goes through.

`include` and `exclude` mean what they mean on GitHub, but what would exclude nothing is a fault. Each combination has an `id`
made of its values, which is its key; where several would have the same, the later ones are numbered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from math import prod
from typing import Any, Final

from ropewalk.definition import Findings, Foreach, nearest, shortened
from ropewalk.formats.native.steering import expression
from ropewalk.yaml import Path

MOST: Final = 10_000
"""Combinations of one matrix; more are not even counted out."""
NAME: Final = "matrix"
WORDS: Final = ("include", "exclude")

Combination = dict[str, Any]
Axes = Mapping[str, list[Any]]


def combinations(keys: Axes, path: Path, findings: Findings, name: Any, at_most: Any) -> Foreach:
    """The foreach that a matrix is short for; without items, of which nothing is known, where something is wrong with it."""
    items = _items(keys, path, findings)
    return Foreach(expression(items), name or NAME, at_most=at_most or 0)


def _items(keys: Axes, path: Path, findings: Findings) -> list[Combination]:
    axes = {axis: values for axis, values in keys.items() if axis not in WORDS}
    if not _sound(keys, axes, path, findings):
        return []
    excluded, included = keys.get("exclude", ()), keys.get("include", ())
    made = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())] if axes else []
    made = [entry for entry in made if not any(entry.items() >= other.items() for other in excluded)]
    made = _with_included(made, included, axes)
    if len({expression(entry) for entry in made}) < len(made):
        problem = "two combinations of the matrix have the same values"
        findings.fault(path, problem, "write each value once, or leave one out with `exclude`", key=True)
        return []
    if not made:
        findings.fault(path, "the matrix has no combination", "give it an axis, or exclude less", key=True)
    return _named(made)


def _sound(keys: Axes, axes: Axes, path: Path, findings: Findings) -> bool:
    before = len(findings.faults)
    for word in WORDS:
        for index, entry in enumerate(keys.get(word, ())):
            if not isinstance(entry, dict):
                problem = f"`{word}` takes a list of mappings from axes to values"
                findings.fault((*path, word, index), problem, f"write `{word}: [{{AXIS: VALUE}}]`")
            elif "id" in entry:
                _taken((*path, word, index, "id"), findings)
            elif word == "exclude":
                _excludes(entry, axes, (*path, word, index), findings)
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


def _excludes(entry: Combination, axes: Axes, path: Path, findings: Findings) -> None:
    """Every axis that it names is there, and has that value."""
    for axis, value in entry.items():
        if axis not in axes:
            near = nearest(axis, axes)
            hint = (
                ""
                if near
                else f"there are {', '.join(axes)}"
                if axes
                else "what is included needs no `exclude`"
            )
            findings.fault((*path, axis), f"there is no axis `{axis}`", hint, nearest=near, key=True)
        elif value not in axes[axis]:
            hint = f"it has {', '.join(map(expression, axes[axis]))}"
            findings.fault((*path, axis), f"the axis `{axis}` has no value {expression(value)}", hint)


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


def _named(made: list[Combination]) -> list[Combination]:
    named: dict[str, Combination] = {}
    numbers: dict[str, int] = {}
    for entry in made:
        plain = name = _id(entry)
        while name in named:
            numbers[plain] = numbers.get(plain, 1) + 1
            name = f"{plain}-{numbers[plain]}"
        named[name] = {"id": name, **entry}
    return list(named.values())


def _id(combination: Combination) -> str:
    return shortened(
        "-".join(
            expression(value) if isinstance(value, bool) else str(value) for value in combination.values()
        )
    )
