"""The functions of conditions at work. A text has as many characters as it shows; patterns take time linear in the text.

A `ValueError` says what does not fit; it becomes the reason of a `ConditionError`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ropewalk.definition.condition.arithmetic import MAX_MADE, double, integer, too_long
from ropewalk.definition.condition.native import pattern_found
from ropewalk.definition.condition.values import kind_of

_LOWER, _UPPER = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TO_LOWER, _TO_UPPER = str.maketrans(_UPPER, _LOWER), str.maketrans(_LOWER, _UPPER)


def size(value: Any) -> int:
    """Characters of a text, items of a list or a map."""
    if isinstance(value, str | list | tuple | Mapping):
        return len(value)
    raise ValueError(f"`size` does not take {kind_of(value)}")


def string(value: Any) -> str:
    """A number or a truth value as text; `80.0` is `80`."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case _:
            raise ValueError(f"`string` does not take {kind_of(value)}")


def split(text: str, by: str) -> list[str]:
    """The parts of `text`; its characters when `by` is empty."""
    if len(text) > MAX_MADE:
        too_long("split")
    return text.split(by) if by else list(text)


def join(parts: Any, by: Any) -> str:
    """The texts of a list as one."""
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise ValueError("`join` needs a list of texts")
    if not isinstance(by, str):
        raise ValueError(f"`join` does not take {kind_of(by)}")
    if sum(len(part) + len(by) for part in parts) > MAX_MADE:
        too_long("join")
    return by.join(parts)


def replace(text: str, old: str, new: str) -> str:
    """`text` with every `old` made `new`."""
    if len(text) + text.count(old) * len(new) > MAX_MADE:
        too_long("replace")
    return text.replace(old, new)


def _texts(name: str, do: Callable[..., Any]) -> Callable[..., Any]:
    def call(*operands: Any) -> Any:
        for operand in operands:
            if not isinstance(operand, str):
                raise ValueError(f"`{name}` does not take {kind_of(operand)}")
        return do(*operands)

    return call


FUNCTIONS_AT_WORK: dict[str, Callable[..., Any]] = {
    "size": size,
    "string": string,
    "int": integer,
    "double": double,
    "type": kind_of,
    "startsWith": _texts("startsWith", str.startswith),
    "endsWith": _texts("endsWith", str.endswith),
    "contains": _texts("contains", lambda text, part: part in text),
    "matches": _texts("matches", pattern_found),
    "lowerAscii": _texts("lowerAscii", lambda text: text.translate(_TO_LOWER)),
    "upperAscii": _texts("upperAscii", lambda text: text.translate(_TO_UPPER)),
    "trim": _texts("trim", str.strip),
    "split": _texts("split", split),
    "join": join,
    "replace": _texts("replace", replace),
}
"""By name; a method gets what stands before the dot as its first argument."""
