"""What a template may take: so many turns of its loops, calls and operations, texts of so many characters.

A workflow is somebody's file. Jinja's sandbox keeps it from reaching anything; this keeps it from holding everything up. No clock
is looked at: what is too much is too much on every host.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from functools import wraps
from typing import Any, Final

from jinja2 import nodes
from jinja2.exceptions import TemplateRuntimeError
from jinja2.visitor import NodeTransformer

from ropewalk.rendering.values import as_written

MOST_TURNS: Final = 1_000_000
MOST_CHARACTERS: Final = 16 * 1024 * 1024
_WIDEST: Final = 1_000_000
_WIDTH = re.compile(r"\d{7,}|\*")
MOST_ITEMS: Final = 1_000_000
CALL: Final = 20
"""How many turns a call takes: one of a macro costs as much time as so many turns of a loop."""


class TakesTooMuch(TemplateRuntimeError):
    """A template went past a limit."""


class RenderLimits:
    """Of one rendering. What is slow in one go is bounded by its size, what is slow in many by turns."""

    def __init__(self) -> None:
        self.turns = 0

    def turn(self, count: int = 1) -> None:
        """One more turn of a loop, or one more call; what works on something large takes as many as that is large."""
        self.turns += count
        if self.turns > MOST_TURNS:
            raise TakesTooMuch(f"its loops and filters take more than {MOST_TURNS:,} turns")


def collected(pieces: Iterable[str], meter: RenderLimits) -> str:
    """The whole text, as long as it is not too long."""
    kept, length = [], 0
    for piece in pieces:
        length = fits(length + len(piece))
        kept.append(piece)
        meter.turn()
    return "".join(kept)


def fits(length: int) -> int:
    """The length, if a text or list may have it."""
    if length > MOST_CHARACTERS:
        raise TakesTooMuch(f"a text in it is longer than {MOST_CHARACTERS:,} characters")
    return length


METERING: ContextVar[RenderLimits] = ContextVar("METERING")
"""The meter of the rendering under way."""


def has_so_many(count: int) -> None:
    """Raise TakesTooMuch for a list that is too long."""
    if count > MOST_ITEMS:
        raise TakesTooMuch(f"a list in it has more than {MOST_ITEMS:,} items")


def operate(sign: str, left: Any, right: Any) -> None:
    """Raise TakesTooMuch for an operation of one text, list or number that would be too large."""
    sizes = [len(operand) for operand in (left, right) if isinstance(operand, str | bytes | list | tuple)]
    bound = has_so_many if isinstance(left, list | tuple) or isinstance(right, list | tuple) else fits
    if sign == "+":
        bound(sum(sizes))
    elif sign == "*" and sizes:
        counts = [operand for operand in (left, right) if isinstance(operand, int)]
        bound(sizes[0] * max(counts, default=0))
    elif sign == "%" and isinstance(left, str):
        formats(left, right if isinstance(right, tuple) else (right,))
    elif sign in {"**", "*"} and isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length() * abs(right) if sign == "**" else left.bit_length() + right.bit_length()
        if bits > 8 * 4096:
            raise TakesTooMuch("a number in it has too many digits")


def call(function: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    """The same for a method of a text, whatever its name is."""
    text = getattr(function, "__self__", None)
    if not isinstance(text, str):
        return
    values = (*args, *named.values())
    if any(isinstance(value, int) and value > _WIDEST for value in values):
        raise TakesTooMuch(f"a width in it is more than {_WIDEST:,}")
    name = getattr(function, "__name__", "")
    if name == "join" and args:
        _joins(text, args[0])
    elif name == "replace" and len(args) > 1:
        _replaces(text, str(args[0]), str(args[1]))


def formats(pattern: str, values: Iterable[Any]) -> None:
    """Raise TakesTooMuch where a pattern with these values may become too long."""
    if _WIDTH.search(pattern):
        raise TakesTooMuch(f"a width in it is more than {_WIDEST:,}")
    longest = max((len(value) for value in values if isinstance(value, str | list | tuple | dict)), default=0)
    fits(len(pattern) + longest * (pattern.count("%") + pattern.count("{")))


def _joins(between: str, parts: Any) -> None:
    if isinstance(parts, str | list | tuple | dict):
        fits(len(between) * len(parts) + sum(len(part) for part in parts if isinstance(part, str)))


def _replaces(text: str, old: str, new: str) -> None:
    fits(len(text) + (text.count(old) if old else len(text) + 1) * len(new))


def bounded_filters(filters: dict[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """The filters of an environment, each of which looks at what it is given first."""
    own: dict[str, Callable[..., Any]] = {_COUNTED: _counted, _TOGETHER: _together}
    return {name: _bounded(name, function) for name, function in filters.items()} | own


LIGHT: Final = frozenset(
    [
        "abs",
        "attr",
        "capitalize",
        "center",
        "count",
        "d",
        "default",
        "e",
        "escape",
        "first",
        "float",
        "forceescape",
        "format",
        "int",
        "join",
        "last",
        "length",
        "list",
        "lower",
        "max",
        "min",
        "replace",
        "reverse",
        "round",
        "safe",
        "string",
        "trim",
        "truncate",
        "upper",
    ]
)
"""Filters that do their work in one go; the others go through what they are given one by one."""
_CHARACTERS, _ITEMS = 200, 20
"""How much of a text, or of a list, a light filter goes through in one turn."""


def weight(value: Any, light: bool) -> int:
    """How many turns a filter takes for a value."""
    if isinstance(value, str):
        return len(value) // _CHARACTERS if light else len(value)
    if isinstance(value, list | tuple | dict | set | range):
        return len(value) // _ITEMS if light else len(value)
    return 0


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    light = name in LIGHT

    @wraps(function)
    def bounded(*args: Any, **named: Any) -> Any:
        values = (*args, *named.values())
        meter = METERING.get()
        meter.turn(1 + sum(weight(value, light) for value in values))
        if any(isinstance(value, int) and value > _WIDEST for value in values[1:]):
            raise TakesTooMuch(f"a width in it is more than {_WIDEST:,}")
        texts = [value for value in values if isinstance(value, str)]
        if name == "format" and texts:
            formats(texts[0], values)
        elif name == "replace" and len(texts) > 2:
            _replaces(texts[0], texts[1], texts[2])
        elif name == "join" and texts:
            _joins(texts[-1], next((value for value in values if isinstance(value, list | tuple)), ""))
        if name in _WRITERS:
            args = tuple(_written(value) for value in args)
        made = function(*args, **named)
        if isinstance(made, Iterator):
            return _turns(made, meter)
        meter.turn(weight(made, light=True))
        return made

    return bounded


_WRITERS: Final = frozenset({"string", "join"})
"""Filters that make a text of values; they write them as the template itself does."""


def _written(value: Any) -> Any:
    """What becomes a text: a list that is joined keeps its items, each as it is written."""
    return [as_written(item) for item in value] if isinstance(value, list | tuple) else as_written(value)


_COUNTED, _TOGETHER = "metered", "metered_together"


class _Meters(NodeTransformer):
    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - Jinja calls it by the kind of node
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, _COUNTED, [], [], None, None)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - the same
        self.generic_visit(node)
        first, *rest = node.nodes
        return nodes.Filter(first, _TOGETHER, rest, [], None, None)


def metered(tree: nodes.Template) -> nodes.Template:
    """The parsed template with what counts its turns."""
    changed: nodes.Template = _Meters().visit(tree)
    return changed


def _counted(items: Any) -> Any:
    """Every turn counts; what has a length keeps it, for `loop.last` and the like."""
    meter = METERING.get()
    if isinstance(items, str | list | tuple | dict | set):
        return _Sized(items, meter)
    return _turns(items, meter)


class _Sized:
    def __init__(self, items: Any, meter: RenderLimits) -> None:
        self._items, self._meter = items, meter

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Any]:
        return _turns(self._items, self._meter)


def _turns(items: Any, meter: RenderLimits) -> Iterator[Any]:
    for item in items:
        meter.turn()
        yield item


def _together(first: Any, *rest: Any) -> str:
    texts = [str(as_written(part)) for part in (first, *rest)]
    fits(sum(len(part) for part in texts))
    return "".join(texts)
