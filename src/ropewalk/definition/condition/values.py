"""JSON values as conditions see them: what kind they are, when two are the same, which comes first. Work is bounded.

A `ValueError` says what does not fit; it becomes the reason of a `ConditionError`.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

_ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
ABSENT: Any = object()
"""What `look` gives for a path that leads nowhere."""


def kind_of(value: Any) -> str:
    """null, bool, int, double, string, list or map (or the name of a type that JSON does not have)."""
    match value:
        case None:
            return "null"
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "double"
        case str():
            return "string"
        case list() | tuple():
            return "list"
        case Mapping():
            return "map"
        case _:
            return type(value).__name__


def is_number(value: Any) -> bool:
    """An int or a double; `true` is neither."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def look(value: Any, segments: tuple[str, ...]) -> Any:
    """The value at a path of maps, or `ABSENT`."""
    for segment in segments:
        if not isinstance(value, Mapping) or segment not in value:
            return ABSENT
        value = value[segment]
    return value


def same(left: Any, right: Any, most: int) -> tuple[bool, int]:
    """Equality by value, and how many pairs were compared to tell; past `most` it stops, and says that they differ.

    `80 == 80.0`, but `1 == true` and `1 == "1"` are false; lists and maps are compared on all levels.
    """
    waiting = [(left, right)]
    steps = 0
    while waiting and steps <= most:
        left, right = waiting.pop()
        steps += 1
        if isinstance(left, list | tuple) and isinstance(right, list | tuple):
            if len(left) != len(right):
                return False, steps
            waiting.extend(zip(left, right, strict=True))
            steps += len(left)
        elif isinstance(left, Mapping) and isinstance(right, Mapping):
            if left.keys() != right.keys():
                return False, steps + len(left)
            waiting.extend((value, right[key]) for key, value in left.items())
            steps += len(left)
        elif isinstance(left, bool) is not isinstance(right, bool) or left != right:
            return False, steps
        elif isinstance(left, str):
            steps += len(left) // 1024
    return not waiting, steps


def before(sign: str, left: Any, right: Any) -> bool:
    """`<`, `<=`, `>` or `>=` between two numbers, two texts or two truth values."""
    kinds = {type(left), type(right)}
    if kinds <= {int, float} or kinds in ({str}, {bool}):
        return bool(_ORDERS[sign](left, right))
    raise ValueError(f"`{sign}` cannot order {kind_of(left)} and {kind_of(right)}")


def inside(left: Any, right: Any, most: int) -> tuple[bool, int]:
    """Whether `left` is an item of a list, or a key of a map, and how many pairs were compared; past `most` it stops."""
    if isinstance(right, Mapping) and isinstance(left, str):
        return left in right, 1
    if not isinstance(right, list | tuple):
        raise ValueError(f"`in` does not take {kind_of(left)} and {kind_of(right)}")
    steps = 0
    for entry in right:
        is_same, compared = same(left, entry, most - steps)
        steps += compared
        if is_same:
            return True, steps
    return False, steps


def item(owner: Any, key: Any) -> Any:
    """`owner[key]`: a list by whole number, a map by text."""
    if isinstance(owner, list | tuple) and is_number(key) and (isinstance(key, int) or key.is_integer()):
        if 0 <= key < len(owner):
            return owner[int(key)]
        raise ValueError(f"there is no item {int(key)}, the list has {len(owner)}")
    if isinstance(owner, Mapping) and isinstance(key, str):
        if key in owner:
            return owner[key]
        raise ValueError(f"there is no `{key}` in the map that is asked for it")
    raise ValueError(f"{kind_of(owner)} cannot be asked with {kind_of(key)}")


def length(value: Any) -> int:
    """Items or characters; 0 for what has none."""
    return len(value) if isinstance(value, str | list | tuple | Mapping) else 0


def weight(value: Any, most: int) -> int:
    """How much there is to look at in `value`, all levels together; counting stops past `most`."""
    total, waiting = 0, [value]
    while waiting and total <= most:
        part = waiting.pop()
        total += 1 + (len(part) // 64 if isinstance(part, str) else length(part))
        if isinstance(part, Mapping):
            waiting.extend(part.values())
        elif isinstance(part, list | tuple):
            waiting.extend(part)
    return total
