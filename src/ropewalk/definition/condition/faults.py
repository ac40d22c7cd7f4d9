"""What the checker says: one thing wrong, where, the nearest valid name, and how to fix it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from ropewalk.definition.condition.nodes import Literal, Node
from ropewalk.definition.condition.types import Type

_UNQUOTED: Final = re.compile(r"true|false|-?[0-9]+(?:\.[0-9]+)?")


class ConditionFault(Struct, frozen=True):
    """One thing wrong: `column` is 0-based in the text as written; `nearest` is a valid name or empty."""

    column: int
    message: str
    nearest: str = ""
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


def unknown(column: int, message: str, name: str, known: Iterable[str], hint: str = "") -> ConditionFault:
    """The fault for a name that is not among the `known` ones."""
    nearest = nearest_to(name, known)
    return ConditionFault(column, message, nearest, hint or (f"did you mean `{nearest}`?" if nearest else ""))


def nearest_to(name: str, known: Iterable[str]) -> str:
    """The known name most like `name`, or an empty text."""
    from difflib import get_close_matches

    by_lower = {candidate.lower(): candidate for candidate in known}
    close = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else ""


def a(type_: Type) -> str:
    """`a string`, `an integer`, `a list of string`, as a sentence needs it."""
    text = str(type_)
    if text in {"null", "anything"}:
        return text
    return f"an {text}" if text[0] in "aeio" else f"a {text}"


def as_test(type_: Type) -> str:
    """How to make a question of a value that is none."""
    if type_.number:
        return "compare it, for example `… > 0`"
    if type_.kind in {"list", "map", "object"}:
        return "ask for its size, for example `size(…) > 0`"
    return 'compare it, for example `… == "text"`' if type_.kind == "string" else ""


def unquoted(*sides: Node) -> str:
    """The hint for a number or truth value that was written as a text."""
    for side in sides:
        if isinstance(side, Literal) and isinstance(side.value, str):
            text = side.value.lower()
            if _UNQUOTED.fullmatch(text):
                return f"write {text} without quotes"
    return ""
