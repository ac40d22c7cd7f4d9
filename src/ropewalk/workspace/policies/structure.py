"""Three-way joining of what a document means: mappings by key, lists by element, anything else whole.

What either side added survives; what one side changed and the other took away, or both changed differently, is a clash.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ropewalk.nesting import read_json
from ropewalk.workspace.policies.text import chunks
from ropewalk.workspace.policies.verdict import Hunk, Picks


class Missing:
    """Stands for a value that is not there."""


MISSING = Missing()
_NAMES = ("id", "name", "key")
_LONGEST = 4_000


def same(left: Any, right: Any) -> bool:
    """Equal in value and in kind: `1` is neither `1.0` nor `true`."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    return type(left) is type(right) and (left == right or (left != left and right != right))


class Disputed:
    """The places in dispute of one document: `hunks` are those that `picks` does not settle, where ours stands meanwhile."""

    def __init__(self, picks: Picks | None = None) -> None:
        self.hunks: list[Hunk] = []
        self._picks = picks or Picks()

    def value(self, where: str, base: Any, ours: Any, theirs: Any) -> Any:
        """What stands in the next place in dispute."""
        hunk = self._picks.hunk(where, shown(base), shown(ours), shown(theirs))
        pick = self._picks.of(hunk)
        if pick is None:
            self.hunks.append(hunk)
        if isinstance(pick, bytes):
            return _typed(pick.decode(errors="replace"))
        return theirs if pick == "theirs" else ours


def _typed(text: str) -> Any:
    """A value as a person typed it: JSON, as it was shown, or a plain text; nothing takes the place away."""
    if not text.strip():
        return MISSING
    try:
        return read_json(text)
    except ValueError:
        return text.removesuffix("\n")


def merge_values(base: Any, ours: Any, theirs: Any, where: str, hunks: Disputed) -> Any:
    """The joined value; what is in dispute is asked of `hunks`."""
    if same(ours, theirs) or same(base, theirs):
        return ours
    if same(base, ours):
        return theirs
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return _merge_mappings(base if isinstance(base, dict) else {}, ours, theirs, where, hunks)
    if isinstance(ours, list) and isinstance(theirs, list):
        return _merge_lists(base if isinstance(base, list) else [], ours, theirs, where, hunks)
    return hunks.value(where or "the whole document", base, ours, theirs)


def _merge_mappings(
    base: Mapping[Any, Any], ours: Mapping[Any, Any], theirs: Mapping[Any, Any], where: str, hunks: Disputed
) -> dict[Any, Any]:
    merged: dict[Any, Any] = {}
    for key in key_order(list(ours), list(theirs)):
        inner = f"{where}.{key}" if where else str(key)
        value = merge_values(
            base.get(key, MISSING), ours.get(key, MISSING), theirs.get(key, MISSING), inner, hunks
        )
        if not isinstance(value, Missing):
            merged[key] = value
    return merged


def key_order(ours: Sequence[Any], theirs: Sequence[Any]) -> list[Any]:
    """The keys of both in the order of ours; each new one of theirs after the key that it follows there, behind what
    ours added in the same place."""
    order = list(ours)
    known, other = set(ours), set(theirs)
    before: Any = MISSING
    for key in theirs:
        if key not in known:
            spot = 0 if isinstance(before, Missing) else order.index(before) + 1
            while spot < len(order) and order[spot] not in other:
                spot += 1
            order.insert(spot, key)
            known.add(key)
        before = key
    return order


def _merge_lists(
    base: list[Any], ours: list[Any], theirs: list[Any], where: str, hunks: Disputed
) -> list[Any]:
    name = _name_of_elements(base, ours, theirs)
    if name:
        keyed = [{element[name]: element for element in side} for side in (base, ours, theirs)]
        return list(_merge_mappings(keyed[0], keyed[1], keyed[2], f"{where}[{name}]", hunks).values())
    merged: list[Any] = []
    for chunk in chunks([_mark(e) for e in base], [_mark(e) for e in ours], [_mark(e) for e in theirs]):
        was, mine, other = base[slice(*chunk.base)], ours[slice(*chunk.ours)], theirs[slice(*chunk.theirs)]
        inner = f"{where}[{chunk.ours[0]}]"
        if chunk.stable or same(was, other) or same(mine, other):
            merged += mine
        elif same(was, mine):
            merged += other
        elif not was:
            merged += mine + [element for element in other if not any(same(element, m) for m in mine)]
        elif len(was) == len(mine) == len(other):
            values = [
                merge_values(a, b, c, f"{where}[{chunk.ours[0] + i}]", hunks)
                for i, (a, b, c) in enumerate(zip(was, mine, other, strict=True))
            ]
            merged += [value for value in values if not isinstance(value, Missing)]
        else:
            value = hunks.value(inner, was, mine, other)
            merged += value if isinstance(value, list) else [] if isinstance(value, Missing) else [value]
    return merged


def _name_of_elements(*sides: list[Any]) -> str:
    """The field that tells the elements of a list apart, "" when there is none."""
    for name in _NAMES:
        for side in sides:
            names = [element.get(name) if isinstance(element, dict) else None for element in side]
            if not all(isinstance(n, str | int) for n in names) or len(set(names)) != len(names):
                break
        else:
            return name if any(sides) else ""
    return ""


def _mark(element: Any) -> str:
    """A text that two elements share only when they are the same."""
    if isinstance(element, dict):
        inner = sorted((_mark(key), _mark(value)) for key, value in element.items())
        return f"{{{inner}}}"
    if isinstance(element, list):
        return f"[{[_mark(inner) for inner in element]}]"
    return f"{type(element).__name__}:{element!r}"


def shown(value: Any) -> str | None:
    """A value as a person reads it, None when it is not there."""
    if isinstance(value, Missing):
        return None
    text = json.dumps(value, ensure_ascii=False, default=str, indent=2)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"
