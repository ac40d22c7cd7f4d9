"""Numbers of conditions: whole ones and those with a fraction mix, as in JSON, where `80` and `80.0` are one number.

Whole numbers stay whole (`7 / 2` is 3, as CEL has it); as soon as one side has a fraction, so has the result.
A `ValueError` says what does not fit; it becomes the reason of a `ConditionError`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from ropewalk.definition.condition.values import is_number, kind_of

MAX_MADE = 1_000_000
"""Characters of a text, or items of a list, that a condition may make."""


def plus(left: Any, right: Any) -> Any:
    """Two numbers, two texts or two lists."""
    if isinstance(left, str) and isinstance(right, str):
        return left + right if len(left) + len(right) <= MAX_MADE else too_long("+")
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return [*left, *right] if len(left) + len(right) <= MAX_MADE else too_long("+")
    return _number("+", operator.add, left, right)


def minus(left: Any, right: Any) -> Any:
    """Two numbers."""
    return _number("-", operator.sub, left, right)


def times(left: Any, right: Any) -> Any:
    """Two numbers."""
    return _number("*", operator.mul, left, right)


def over(left: Any, right: Any) -> Any:
    """Two numbers; of whole ones the result is cut towards zero."""
    return _number("/", _divided, left, right)


def rest(left: Any, right: Any) -> Any:
    """What `/` leaves; the sign is that of the left number."""
    return _number("%", _remainder, left, right)


def negative(value: Any) -> Any:
    """A number."""
    if not is_number(value):
        raise ValueError(f"`-` does not take {kind_of(value)}")
    return _within("-", -value)


def integer(value: Any) -> int:
    """A number without its fraction, or the one that a text spells."""
    return int(_within("int", _read("int", int, value)))


def double(value: Any) -> float:
    """A number, or the one that a text spells, with a fraction."""
    return float(_within("double", _read("double", float, value)))


def too_long(name: str) -> Any:
    """Raises: `name` would make something past `MAX_MADE`."""
    raise ValueError(f"`{name}` would make more than {MAX_MADE} characters or items")


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {"+": plus, "-": minus, "*": times, "/": over, "%": rest}
"""By sign."""


def _number(sign: str, do: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    if not (is_number(left) and is_number(right)):
        raise ValueError(f"`{sign}` does not take {kind_of(left)} and {kind_of(right)}")
    try:
        return _within(sign, do(left, right))
    except ZeroDivisionError:
        raise ValueError("division by zero") from None
    except OverflowError:
        raise ValueError(f"`{sign}` gives a number that is too large") from None


def _within(sign: str, result: Any) -> Any:
    if -(2**63) <= result < 2**63 if isinstance(result, int) else math.isfinite(result):
        return result
    raise ValueError(f"`{sign}` gives a number that is too large")


def _divided(left: Any, right: Any) -> Any:
    if isinstance(left, float) or isinstance(right, float):
        return left / right
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _remainder(left: Any, right: Any) -> Any:
    if isinstance(left, float) or isinstance(right, float):
        return math.fmod(left, right) if right else left / right
    return left - right * _divided(left, right)


def _read(name: str, do: Callable[[Any], Any], value: Any) -> Any:
    if not (is_number(value) or isinstance(value, str)):
        raise ValueError(f"`{name}` does not take {kind_of(value)}")
    try:
        return do(value)
    except (ValueError, OverflowError):
        raise ValueError(f'`{name}` cannot read "{str(value)[:40]}"') from None
