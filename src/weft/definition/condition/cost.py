"""How much work a condition with macros would be on the values at hand: told before it runs, so that none can hang.

The unit is one step of the compiled evaluator, about a quarter of a microsecond.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from weft.definition.condition.nodes import (
    Binary,
    Call,
    ListOf,
    Logic,
    Macro,
    Node,
    Ternary,
    children,
    path,
)

MAX_COST = 400_000
"""Some 100 ms; `all` over 100,000 items is inside, `map` over 2,000 too."""
_COPY = 12
"""`map` and `filter` copy what they have at each item: n items cost n²/12 more."""
_OUR_OWN = 4
"""One call of a function on our side."""

Look = Callable[[tuple[str, ...]], Any]


def has_macro(node: Node) -> bool:
    """Whether the cost depends on the values at all."""
    return isinstance(node, Macro) or any(has_macro(child) for child in children(node))


class Cost:
    """The bound for one tree on one scope; `look` gives the value at a path, or None."""

    def __init__(self, look: Look, widest: int) -> None:
        self.look = look
        self.widest = widest

    def of(self, node: Node, bound: frozenset[str]) -> int:
        """Units of work, at most."""
        if isinstance(node, Macro):
            return self._macro(node, bound)
        total = 1 + sum(self.of(child, bound) for child in children(node))
        if isinstance(node, Call) or (isinstance(node, Binary) and node.sign in {"+", "-", "*", "/", "%"}):
            total += _OUR_OWN
        if isinstance(node, Binary | Call):
            total += sum(self.extent(child, bound) for child in children(node)) // 16
        return total

    def _macro(self, node: Macro, bound: frozenset[str]) -> int:
        count = self.extent(node.over, bound)
        inner = bound | {node.variable}
        each = 1 + sum(self.of(part, inner) for part in node.body)
        copies = count * count // _COPY if node.kind in {"map", "filter"} else 0
        return self.of(node.over, bound) + count * each + copies

    def extent(self, node: Node, bound: frozenset[str]) -> int:
        """How many items or characters the value of `node` has at most."""
        segments = path(node)
        if segments is not None and segments[0] not in bound:
            return _length(self.look(segments))
        match node:
            case ListOf(items=items):
                return max([len(items), *(self.extent(item, bound) for item in items)])
            case Macro(over=over, kind="map" | "filter"):
                return self.extent(over, bound)
            case Binary(sign="+", left=left, right=right):
                return self.extent(left, bound) + self.extent(right, bound)
            case Ternary(yes=yes, no=no):
                return max(self.extent(yes, bound), self.extent(no, bound))
            case Binary() | Logic():
                return 0
            case _:
                return self.widest if children(node) or segments else 0


def widest(value: Any) -> int:
    """The longest list, map or text anywhere in a JSON value."""
    found, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        found = max(found, _length(one))
        if isinstance(one, Mapping):
            waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)
    return found


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str | list | tuple | Mapping) else 0
