"""All that does not fit the types of the keys, found in one pass, and the data without it so that reading can go on.

Works on the types themselves: a key that is added to them is read, explained and checked without a line here.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from msgspec import NODEFAULT, inspect

from ropewalk.definition import Findings, nearest
from ropewalk.formats.native.wording import (
    ELSEWHERE,
    KNOWN_AS,
    VALUES,
    alternatives,
    expected,
    hint,
    kind_in_words,
)
from ropewalk.yaml import Path, Positions

DROPPED: Final = object()
STEPS: Final = frozenset({"steps", "parallel", "finally"})
WORK: Final = frozenset({"run", "role", "uses", "function", "decide", "call", "sleep", "until"})
"""Keys of which a step has one."""
SCALARS: Final[dict[type, tuple[type[inspect.Type], ...]]] = {
    str: (inspect.StrType, inspect.LiteralType),
    bool: (inspect.BoolType,),
    int: (inspect.IntType, inspect.FloatType, inspect.LiteralType),
    float: (inspect.FloatType,),
    list: (inspect.ListType,),
    dict: (inspect.DictType, inspect.StructType),
    type(None): (inspect.NoneType,),
}


class YamlWalk:
    """One pass over one file. `broken` are the paths, in what is left, of mappings and lists that lost something."""

    def __init__(self, findings: Findings, positions: Positions) -> None:
        self.findings = findings
        self.positions = positions
        self.broken: set[Path] = set()
        self._renamed: list[tuple[Path, str, str]] = []
        self._dropped: list[Path] = []

    def fitting(self, kind: inspect.Type, data: Any) -> Any:
        """The data with all left out that does not fit `kind`; DROPPED when nothing is left.

        `positions` is changed in the same way: corrected keys have the meant name, dropped items have no place.
        """
        fit = self._value(kind, data, ())
        for path, old, new in self._renamed:
            self.positions.rename(path, old, new)
        for path in sorted(self._dropped, key=_from_the_end):
            self.positions.drop(path)
        self.broken = self._moved_up()
        return fit

    def _moved_up(self) -> set[Path]:
        """The broken paths as they are once the items before them are dropped."""
        dropped: defaultdict[Path, list[str | int]] = defaultdict(list)
        for *above, index in sorted(self._dropped, key=_from_the_end, reverse=True):
            dropped[tuple(above)].append(index)
        return {
            tuple(
                part - bisect_left(dropped[path[:depth]], part)
                if isinstance(part, int) and path[:depth] in dropped
                else part
                for depth, part in enumerate(path)
            )
            for path in self.broken
        }

    def _value(self, kind: inspect.Type, value: Any, path: Path) -> Any:
        kinds = alternatives(kind)
        if isinstance(kinds[0], inspect.AnyType):
            return value
        fits = [fitting for fitting in kinds if isinstance(fitting, SCALARS[type(value)])]
        match fits[0] if fits else None:
            case inspect.StructType() as struct:
                return self._struct(struct, value, path)
            case inspect.DictType() as mapping:
                return self._mapping(mapping, value, path)
            case inspect.ListType() as listed:
                return self._list(listed, value, path)
        return value if any(_within(fitting, value) for fitting in fits) else self._unfit(kind, value, path)

    def _unfit(self, kind: inspect.Type, value: Any, path: Path) -> Any:
        name = f"`{path[-1]}`" if path and isinstance(path[-1], str) else "this"
        choices = [
            str(word)
            for literal in alternatives(kind)
            if isinstance(literal, inspect.LiteralType)
            for word in literal.values
        ]
        near = nearest(value, choices) if isinstance(value, str) else ""
        if isinstance(value, str) and VALUES.get(value) in choices:
            near = VALUES[value]
        # A secret that was written where its source should be named must not be repeated in a fault.
        actual = "a text" if path[:1] == ("secrets",) and isinstance(value, str) else kind_in_words(value)
        problem = f"{name} takes {expected(kind)}, not {actual}"
        self.findings.fault(path, problem, "" if near else hint(kind, value), nearest=near)
        return DROPPED

    def _list(self, kind: inspect.ListType, value: list[Any], path: Path) -> Any:
        if len(value) < (kind.min_length or 0):
            hint = "write an item" + (", or remove the key" if path != ("steps",) else "")
            self.findings.fault(path, f"`{path[-1]}` is an empty list", hint)
            return DROPPED
        items = [self._value(kind.item_type, item, (*path, index)) for index, item in enumerate(value)]
        self._dropped += [(*path, index) for index, item in enumerate(items) if item is DROPPED]
        kept = [item for item in items if item is not DROPPED]
        if len(kept) < len(items):
            self.broken.add(path)
        return DROPPED if len(kept) < (kind.min_length or 0) else kept

    def _mapping(self, kind: inspect.DictType, value: dict[str, Any], path: Path) -> Any:
        if len(value) < (kind.min_length or 0):
            self.findings.fault(path, f"`{path[-1]}` is empty", "write an entry, or remove the key")
            return DROPPED
        fit = {key: self._value(kind.value_type, item, (*path, key)) for key, item in value.items()}
        return {key: item for key, item in fit.items() if item is not DROPPED}

    def _struct(self, kind: inspect.StructType, value: dict[str, Any], path: Path) -> Any:
        fields = {field.encode_name: field for field in kind.fields}
        fit: dict[str, Any] = {}
        for key, item in value.items():
            if key in fields:
                fit[key] = self._value(fields[key].type, item, (*path, key))
            else:
                self._unknown(key, item, fields, value, fit, path)
        kept = {key: item for key, item in fit.items() if item is not DROPPED}
        if len(kept) < len(value):
            self.broken.add(path)
        missing = [name for name, field in fields.items() if _is_required(field) and name not in kept]
        for name in missing:
            if name not in fit:
                hint = f"write `{name}:`, and below it its entries" if not path else ""
                self.findings.fault(path, f"`{name}` is missing in {_place(path)}", hint)
        return DROPPED if missing else kept

    def _unknown(
        self,
        key: str,
        item: Any,
        fields: dict[str, inspect.Field],
        value: dict[str, Any],
        fit: dict[str, Any],
        path: Path,
    ) -> None:
        """A wrong key is read as the one that was meant, where that is clear, so that it hides no other fault."""
        elsewhere = ELSEWHERE.get(key, "")
        near = KNOWN_AS[key] if KNOWN_AS.get(key) in fields else "" if elsewhere else nearest(key, fields)
        if key == "name" and "id" in fields and "id" not in value:
            near = "id"
        problem = f"unknown key `{key}` in {_place(path)}"
        advice = "" if near else elsewhere or _known_keys(fields)
        self.findings.fault((*path, key), problem, advice, nearest=near, key=True)
        taken = near in value or near in fit or (near in WORK and WORK & value.keys())
        if near and not taken:
            trial = YamlWalk(Findings(self.findings.file, self.positions), self.positions)
            trial_value = trial._value(fields[near].type, item, (*path, key))
            if not trial.findings.faults:
                fit[near] = trial_value
                self._renamed.append((path, key, near))


def _within(kind: inspect.Type, value: Any) -> bool:
    match kind:
        case inspect.StrType(min_length=least, pattern=pattern):
            return len(value) >= (least or 0) and (not pattern or re.search(pattern, value) is not None)
        case inspect.LiteralType(values=values):
            return value in values
        case inspect.IntType(ge=least) | inspect.FloatType(ge=least):
            return least is None or value >= least
        case _:
            return True


def _is_required(field: inspect.Field) -> bool:
    return field.required and field.default is NODEFAULT


def _place(path: Sequence[str | int]) -> str:
    names = [part for part in path if isinstance(part, str)]
    if not names:
        return "the file"
    return "a step" if names[-1] in STEPS else f"`{names[-1]}`"


def _known_keys(fields: dict[str, inspect.Field]) -> str:
    return f"known are {', '.join(fields)}" if len(fields) <= 12 else ""


def _from_the_end(path: Path) -> tuple[int, ...]:
    """Longer paths first, later items first: so that dropping an item moves none that is still to be dropped."""
    return (-len(path), *(-part for part in path if isinstance(part, int)))
