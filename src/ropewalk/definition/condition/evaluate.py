"""Conditions at work: compiled once, evaluated on a scope. What is missing is an error with its name, never true."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from ropewalk.definition.condition.check import check_node
from ropewalk.definition.condition.closures import closure
from ropewalk.definition.condition.env import Env
from ropewalk.definition.condition.nodes import Macro, Node, children, path
from ropewalk.definition.condition.syntax import parse
from ropewalk.definition.condition.tokens import fault
from ropewalk.definition.condition.types import ANY
from ropewalk.definition.condition.values import ABSENT, look, weight
from ropewalk.errors import ConditionError

MAX_GIVEN = 200_000
"""Items of a list or a map that a condition makes, on all levels together."""
MAX_SHOWN = 8
"""Values that an error lists."""


class CompiledCondition:
    """A compiled condition; `names` are the dotted paths that it may read, `paths` the same as segments."""

    __slots__ = ("_plain", "_run", "names", "paths", "source")

    def __init__(self, source: str, node: Node) -> None:
        self.source = source
        self.paths = frozenset(_paths(node, frozenset()))
        self.names = frozenset(".".join(segments) for segments in self.paths)
        self._plain = path(node) is not None
        self._run = closure(node, {})

    def __repr__(self) -> str:
        return f"Condition({self.source!r})"

    def value(self, scope: Mapping[str, Any]) -> Any:
        """The JSON value on `scope` (names to JSON values). Raises `ConditionError`; anything missing is one."""
        try:
            value = self._run(Env(scope))
        except ConditionError as error:
            where = error.where
            raise self._error(scope, where["reason"], where["column"], where["hint"]) from None
        if isinstance(value, list | dict) and not self._plain and weight(value, MAX_GIVEN) > MAX_GIVEN:
            raise self._error(scope, f"it gives more than {MAX_GIVEN} items", hint="narrow it with `filter`")
        return value

    def holds(self, scope: Mapping[str, Any]) -> bool:
        """Whether it is true; a value that is neither true nor false is a `ConditionError`."""
        value = self.value(scope)
        if value is True or value is False:
            return value
        raise self._error(scope, f"it gives {_short(value)}, true or false is wanted")

    def _error(
        self, scope: Mapping[str, Any], reason: str, column: int = 0, hint: str = ""
    ) -> ConditionError:
        read = {".".join(path): look(scope, path) for path in sorted(self.paths)}
        values = ", ".join(f"{name} = {_short(value)}" for name, value in list(read.items())[:MAX_SHOWN])
        error = fault(self.source, column, f"{reason}; it read {values}" if values else reason, hint)
        error.where["values"] = {name: value for name, value in read.items() if value is not ABSENT}
        return error


@functools.lru_cache(maxsize=1024)
def compile_condition(source: str) -> CompiledCondition:
    """The condition of `source`. Raises `ConditionError` with the column for what is wrong whatever the names are."""
    node = parse(source)
    faults = check_node(node, {name: ANY for name, *_ in _paths(node, frozenset())})
    if faults:
        raise fault(source, faults[0].column, faults[0].message, faults[0].hint)
    return CompiledCondition(source, node)


def _paths(node: Node, bound: frozenset[str]) -> set[tuple[str, ...]]:
    segments = path(node)
    if segments is not None:
        return set() if segments[0] in bound else {segments}
    if isinstance(node, Macro):
        inner = bound | {node.variable}
        return _paths(node.over, bound).union(*(_paths(part, inner) for part in node.body))
    return set().union(*(_paths(child, bound) for child in children(node)))


def _short(value: Any) -> str:
    if value is ABSENT:
        return "nothing"
    import json

    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:59] + "…"
