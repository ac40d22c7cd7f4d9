"""What the compiled evaluator does unlike JSON users expect, done here: numbers mix, a text has as many characters as it shows.

Whole numbers stay whole (`7 / 2` is 3, as CEL has it); as soon as one side has a fraction, so has the result.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

MAX_TEXT = 1_000_000
"""Characters of a text, or items of a list, that a condition may make."""


class Unfit(Exception):
    """The values do not fit the function."""


def plus(left: Any, right: Any) -> Any:
    """Numbers, texts or lists."""
    for kind in (str, list):
        if isinstance(left, kind) and isinstance(right, kind):
            if len(left) + len(right) > MAX_TEXT:
                raise Unfit(f"`+` would make more than {MAX_TEXT} characters or items")
            return operator.add(left, right)
    return _number("+", operator.add, left, right)


def minus(left: Any, right: Any) -> Any:
    """Numbers."""
    return _number("-", operator.sub, left, right)


def times(left: Any, right: Any) -> Any:
    """Numbers."""
    return _number("*", operator.mul, left, right)


def over(left: Any, right: Any) -> Any:
    """Numbers; whole ones are cut towards zero."""
    return _number("/", _divided, left, right)


def rest(left: Any, right: Any) -> Any:
    """Numbers; the sign is that of the left one."""
    return _number("%", _remainder, left, right)


def negative(value: Any) -> Any:
    """A number."""
    return _number("-", operator.sub, 0, value)


def size(value: Any) -> int:
    """Characters of a text, items of a list or a map."""
    if isinstance(value, str | list | dict):
        return len(value)
    raise Unfit(f"`size` does not take {_kind(value)}")


def string(value: Any) -> str:
    """A number or a truth value as text; `80.0` is `80`, as in JSON written by most programs."""
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
            raise Unfit(f"`string` does not take {_kind(value)}")


def integer(value: Any) -> int:
    """A number without its fraction, or the number that a text spells."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Unfit(f"`int` does not take {_kind(value)}")
    try:
        return _whole("int", int(value))
    except (ValueError, OverflowError):
        raise Unfit(f'`int` cannot read "{str(value)[:40]}"') from None


def double(value: Any) -> float:
    """A number, or the one that a text spells."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Unfit(f"`double` does not take {_kind(value)}")
    try:
        found = float(value)
    except (ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise Unfit(f'`double` cannot read "{str(value)[:40]}"')
    return found


def kind_of(value: Any) -> str:
    """The name of a value's type, as CEL calls it."""
    return _kind(value)


def each(value: Any) -> Any:
    """What a macro goes through: the keys of a map in an order that does not change from run to run."""
    return sorted(value) if isinstance(value, dict) else value


def _method(name: str, made: Callable[..., Any], *kinds: type) -> Callable[..., Any]:
    def call(*given: Any) -> Any:
        for one, kind in zip(given, kinds, strict=True):
            if not isinstance(one, kind):
                raise Unfit(f"`{name}` does not take {_kind(one)}")
        return made(*given)

    return call


_LOWER, _UPPER = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _lowered(text: str) -> str:
    return text.translate(str.maketrans(_UPPER, _LOWER))


def _raised(text: str) -> str:
    return text.translate(str.maketrans(_LOWER, _UPPER))


def _split(text: str, by: str) -> list[str]:
    return text.split(by) if by else list(text)


def _join(parts: list[Any], by: str) -> str:
    if not all(isinstance(part, str) for part in parts):
        raise Unfit("`join` needs a list of texts")
    found = by.join(parts)
    return found if len(found) <= MAX_TEXT else _too_long("join")


def _replace(text: str, old: str, new: str) -> str:
    if len(text) + text.count(old) * len(new) > MAX_TEXT:
        return _too_long("replace")
    return text.replace(old, new)


def _too_long(name: str) -> str:
    raise Unfit(f"`{name}` would make more than {MAX_TEXT} characters")


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "+": plus,
    "-": minus,
    "*": times,
    "/": over,
    "%": rest,
    "negative": negative,
    "size": size,
    "string": string,
    "int": integer,
    "double": double,
    "type": kind_of,
    "each": each,
    "lowerAscii": _method("lowerAscii", _lowered, str),
    "upperAscii": _method("upperAscii", _raised, str),
    "trim": _method("trim", str.strip, str),
    "split": _method("split", _split, str, str),
    "join": _method("join", _join, list, str),
    "replace": _method("replace", _replace, str, str, str),
}
"""What replaces an operator or a function of the compiled evaluator."""


def _number(sign: str, do: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    for one in (left, right):
        if isinstance(one, bool) or not isinstance(one, int | float):
            raise Unfit(f"`{sign}` does not take {_kind(left)} and {_kind(right)}")
    try:
        found = do(left, right)
    except ZeroDivisionError:
        raise Unfit("division by zero") from None
    except OverflowError:
        found = math.inf
    return _whole(sign, found) if isinstance(found, int) else _finite(sign, found)


def _divided(left: Any, right: Any) -> Any:
    if isinstance(left, float) or isinstance(right, float):
        return left / right
    found = abs(left) // abs(right)
    return found if (left < 0) == (right < 0) else -found


def _remainder(left: Any, right: Any) -> Any:
    return (
        left - right * _divided(left, right)
        if isinstance(left, int) and isinstance(right, int)
        else math.fmod(left, right)
    )


def _whole(sign: str, found: int) -> int:
    if -(2**63) <= found < 2**63:
        return found
    raise Unfit(f"`{sign}` gives a number that is too large")


def _finite(sign: str, found: float) -> float:
    if math.isfinite(found):
        return found
    raise Unfit(f"`{sign}` gives a number that is too large")


def _kind(value: Any) -> str:
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
        case list():
            return "list"
        case _:
            return "map"
