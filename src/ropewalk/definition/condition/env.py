"""One evaluation of a condition: what it reads, the variables of its macros, and how many steps it may still take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ropewalk.definition.condition.values import ABSENT, look
from ropewalk.errors import ConditionError

MAX_STEPS = 1_000_000
"""Some 100 ms. A step is a part of the condition at one item, or a few items or characters that are looked at."""


class Env:
    """The scope, what the variables of macros stand for (by slot), and the steps that are left."""

    __slots__ = ("bound", "left", "scope")

    def __init__(self, scope: Mapping[str, Any]) -> None:
        self.scope = scope
        self.bound: dict[int, Any] = {}
        self.left = MAX_STEPS

    def spend(self, steps: int, at: int) -> None:
        """Raises `ConditionError` when too many steps are gone."""
        self.left -= steps
        if self.left < 0:
            raise wrong(
                at, "it would go through too many items", "let a step work it out and give it as an output"
            )


Run = Callable[[Env], Any]
"""A part of a condition at work; raises `ConditionError` only."""
Slots = Mapping[str, int]
"""Which slot of `Env.bound` the variable of each macro around has."""


def wrong(at: int, reason: str, hint: str = "") -> ConditionError:
    """The fault of one part; the condition adds the expression and what it read."""
    return ConditionError(expression="", reason=reason, column=at, hint=hint)


def missing(scope: Mapping[str, Any], segments: tuple[str, ...]) -> str:
    """The sentence that names the path, and where on it there is nothing."""
    known = 0
    while known < len(segments) - 1 and look(scope, segments[: known + 1]) is not ABSENT:
        known += 1
    where = (
        f"`{'.'.join(segments[:known])}` has no `{segments[known]}`"
        if known
        else "nothing of that name is given"
    )
    return f"`{'.'.join(segments)}` is missing ({where})"
