"""Conditions at work: compiled once, evaluated on a scope. What is missing is an error with its name, never true."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from typing import Any

from weft.definition.condition.arithmetic import FUNCTIONS
from weft.definition.condition.check import check_node
from weft.definition.condition.cost import MAX_COST, Cost, has_macro, widest
from weft.definition.condition.native import Program, native
from weft.definition.condition.nodes import Literal, Macro, Node, children, path
from weft.definition.condition.render import FUNCTION_NAMES, Read, Rendered, render
from weft.definition.condition.syntax import parse
from weft.definition.condition.tokens import fault
from weft.definition.condition.types import ANY
from weft.errors import ConditionError

_ABSENT = object()
_VARIABLE = re.compile(r"Undefined variable or function: 'v(\d+)'")
_FUNCTION = re.compile(r"Undefined variable or function: '([A-Za-z]\w*)'")
_OUR_REASON = re.compile(r"failed: Unfit: (.*?)\. Check function arguments", re.DOTALL)
_TIDY = re.compile(r"\. (?:Check|CEL|Convert|The value)\b.*", re.DOTALL)


class Condition:
    """A compiled condition; `names` are the dotted paths that it may read, `paths` the same as segments."""

    __slots__ = ("_counts", "_node", "_plain", "_program", "_rendered", "names", "paths", "source")

    def __init__(self, source: str, node: Node) -> None:
        self.source = source
        self.paths = frozenset(_paths(node, frozenset()))
        self.names = frozenset(".".join(one) for one in self.paths)
        self._node = node
        self._plain = path(node)
        self._counts = has_macro(node)
        self._rendered: Rendered | None = None
        self._program: Program | None = None

    def __repr__(self) -> str:
        return f"Condition({self.source!r})"

    def value(self, scope: Mapping[str, Any]) -> Any:
        """The JSON value on `scope` (names to JSON values). Raises `ConditionError`; anything missing is one."""
        if isinstance(self._node, Literal):
            return self._node.value
        if self._plain is not None:
            found = _look(scope, self._plain)
            if found is _ABSENT:
                raise self._error(scope, self._missing(scope, self._plain))
            return found
        return self._run(scope)

    def holds(self, scope: Mapping[str, Any]) -> bool:
        """Whether it is true; a value that is neither true nor false is a `ConditionError`."""
        found = self.value(scope)
        if found is True or found is False:
            return found
        raise self._error(scope, f"it gives {_short(found)}, true or false is wanted")

    def _run(self, scope: Mapping[str, Any]) -> Any:
        rendered, program = self._ready()
        given = {}
        for number, read in enumerate(rendered.reads):
            found = _read(scope, read)
            if found is not _ABSENT:
                given[f"v{number}"] = found
        if self._counts:
            self._afford(scope, given)
        context = given
        if rendered.functions:
            ours = {FUNCTION_NAMES[name]: FUNCTIONS[name] for name in rendered.functions}
            context = native().Context(given, ours)
        try:
            return _settled(program.execute(context))
        except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
            raise self._error(scope, self._reason(scope, error)) from None

    def _ready(self) -> tuple[Rendered, Program]:
        if self._rendered is None or self._program is None:
            self._rendered = render(self._node)
            self._program = native().compile(self._rendered.text)
        return self._rendered, self._program

    def _afford(self, scope: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        cost = Cost(lambda segments: _look(scope, segments), widest(list(given.values())))
        if cost.of(self._node, frozenset()) > MAX_COST:
            mend = "let a step work it out and give it as an output"
            raise self._error(scope, "it would go through too many items", mend)

    def _reason(self, scope: Mapping[str, Any], error: Exception) -> str:
        text = str(error)
        if found := _VARIABLE.search(text):
            reads = self._ready()[0].reads
            return self._missing(scope, reads[int(found[1])].path)
        if found := _OUR_REASON.search(text):
            return found[1]
        if found := _FUNCTION.search(text):
            return f"`{found[1]}` does not take these values"
        if isinstance(error, KeyError):
            return f"there is no `{error.args[0]}` in the value that is asked for it"
        if isinstance(error, TypeError):
            return "the values do not fit the operators"
        return _TIDY.sub("", text)

    def _missing(self, scope: Mapping[str, Any], segments: tuple[str, ...]) -> str:
        known = 0
        while known < len(segments) and _look(scope, segments[: known + 1]) is not _ABSENT:
            known += 1
        where = (
            f"`{'.'.join(segments[:known])}` has no `{segments[known]}`"
            if known
            else "nothing of that name is given"
        )
        return f"`{'.'.join(segments)}` is missing ({where})"

    def _error(self, scope: Mapping[str, Any], reason: str, mend: str = "") -> ConditionError:
        read = {".".join(one): _look(scope, one) for one in sorted(self.paths)}
        values = ", ".join(f"{name} = {_short(value)}" for name, value in list(read.items())[:8])
        return ConditionError(
            expression=self.source if len(self.source) <= 200 else self.source[:199] + "…",
            reason=f"{reason}; it read {values}" if values else reason,
            column=0,
            mend=mend,
            values={name: value for name, value in read.items() if value is not _ABSENT},
        )


@functools.lru_cache(maxsize=1024)
def compile(source: str) -> Condition:  # noqa: A001 - the word that everybody uses for it
    """The condition of `source`. Raises `ConditionError` with the column for what is wrong whatever the names are."""
    node = parse(source)
    faults = check_node(node, {name: ANY for name, *_ in _paths(node, frozenset())})
    if faults:
        raise fault(source, faults[0].column, faults[0].message, faults[0].mend)
    return Condition(source, node)


def _paths(node: Node, bound: frozenset[str]) -> set[tuple[str, ...]]:
    segments = path(node)
    if segments is not None:
        return set() if segments[0] in bound else {segments}
    if isinstance(node, Macro):
        inner = bound | {node.variable}
        return _paths(node.over, bound).union(*(_paths(part, inner) for part in node.body))
    return set().union(*(_paths(child, bound) for child in children(node)))


def _read(scope: Mapping[str, Any], read: Read) -> Any:
    found = _look(scope, read.path)
    if read.how == "has":
        return found is not _ABSENT
    if read.how == "each" and isinstance(found, Mapping):
        return list(found)
    return found


def _look(scope: Any, segments: tuple[str, ...]) -> Any:
    here = scope
    for segment in segments:
        if type(here) is not dict and not isinstance(here, Mapping):
            return _ABSENT
        here = here.get(segment, _ABSENT)
        if here is _ABSENT:
            return _ABSENT
    return here


def _settled(value: Any) -> Any:
    """The extension gives maps back in any order; the same condition must give the same bytes every time."""
    if isinstance(value, dict):
        return {key: _settled(value[key]) for key in sorted(value)}
    return [_settled(one) for one in value] if isinstance(value, list) else value


def _short(value: Any) -> str:
    if value is _ABSENT:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:59] + "…"
