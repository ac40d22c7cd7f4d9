"""A tree to Python closures that give its value. They count their steps, so that no condition can hang.

`&&`, `||`, `all` and `exists` are CEL's: an error on one side is forgotten when the other side decides alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ropewalk.definition.condition.arithmetic import OPERATORS, negative
from ropewalk.definition.condition.env import Env, Run, Slots, missing, wrong
from ropewalk.definition.condition.macros import macro
from ropewalk.definition.condition.nodes import (
    Binary,
    CallNode,
    Has,
    Index,
    ListOf,
    Literal,
    Logic,
    Macro,
    MapOf,
    Member,
    Name,
    Node,
    Ternary,
    Unary,
    path,
)
from ropewalk.definition.condition.texts import FUNCTIONS_AT_WORK
from ropewalk.definition.condition.values import ABSENT, before, inside, item, kind_of, length, look, same
from ropewalk.errors import ConditionError

_PATTERN = 100
"""Steps for one pattern: it is compiled each time."""
Closure = Callable[[Any, Slots], Run]


def closure(node: Node, slots: Slots) -> Run:
    """What gives the value of `node`; raises `ConditionError` only."""
    segments = path(node)
    if segments is not None and segments[0] not in slots:
        return _path(node.at, segments)
    return _RULES[type(node)](node, slots)


def _path(at: int, segments: tuple[str, ...]) -> Run:
    def run(env: Env) -> Any:
        value: Any = env.scope
        try:
            for segment in segments:
                value = value[segment]
        except (LookupError, TypeError):
            raise wrong(at, missing(env.scope, segments)) from None
        return value

    return run


def _literal(node: Literal, slots: Slots) -> Run:
    value = node.value
    return lambda env: value


def _name(node: Name, slots: Slots) -> Run:
    slot = slots[node.name]
    return lambda env: env.bound[slot]


def _member(node: Member, slots: Slots) -> Run:
    of, field, at = closure(node.of, slots), node.field, node.at

    def run(env: Env) -> Any:
        owner = of(env)
        value = look(owner, (field,))
        if value is ABSENT:
            raise wrong(at, f"{kind_of(owner)} has no `{field}`")
        return value

    return run


def _has(node: Has, slots: Slots) -> Run:
    segments = path(node.member)
    if segments is None:
        of, field = closure(node.member.of, slots), node.member.field
        return lambda env: look(of(env), (field,)) is not ABSENT
    if segments[0] not in slots:
        return lambda env: look(env.scope, segments) is not ABSENT
    slot, rest = slots[segments[0]], segments[1:]
    return lambda env: look(env.bound[slot], rest) is not ABSENT


def _index(node: Index, slots: Slots) -> Run:
    of, key, at = closure(node.of, slots), closure(node.key, slots), node.at

    def run(env: Env) -> Any:
        try:
            return item(of(env), key(env))
        except ValueError as error:
            raise wrong(at, str(error)) from None

    return run


def _call(node: CallNode, slots: Slots) -> Run:
    operands = node.args if node.target is None else (node.target, *node.args)
    parts = [closure(part, slots) for part in operands]
    do, at = FUNCTIONS_AT_WORK[node.name], node.at
    cost = _PATTERN if node.name == "matches" else 1

    def run(env: Env) -> Any:
        values = [part(env) for part in parts]
        env.spend(cost + sum(map(length, values)) // 4, at)
        try:
            made = do(*values)
        except ValueError as error:
            raise wrong(at, str(error)) from None
        env.spend(_cost(made), at)
        return made

    return run


def _list(node: ListOf, slots: Slots) -> Run:
    parts = [closure(part, slots) for part in node.items]
    return lambda env: [part(env) for part in parts]


def _map(node: MapOf, slots: Slots) -> Run:
    entries = [(closure(key, slots), closure(value, slots)) for key, value in node.entries]
    at = node.at

    def run(env: Env) -> Any:
        mapping = {}
        for key, value in entries:
            name = key(env)
            if not isinstance(name, str):
                raise wrong(at, f"a key is a text, not {kind_of(name)}")
            mapping[name] = value(env)
        return mapping

    return run


def _unary(node: Unary, slots: Slots) -> Run:
    of, at = closure(node.of, slots), node.at
    if node.sign == "!":
        test = _test(node.of, slots, "`!`")
        return lambda env: not test(env)

    def run(env: Env) -> Any:
        try:
            return negative(of(env))
        except ValueError as error:
            raise wrong(at, str(error)) from None

    return run


def _binary(node: Binary, slots: Slots) -> Run:
    left, right, sign, at = closure(node.left, slots), closure(node.right, slots), node.sign, node.at
    if sign in {"==", "!="}:
        return _equality(left, right, sign == "==", at)
    do = OPERATORS.get(sign) or (lambda first, second: before(sign, first, second))

    def run(env: Env) -> Any:
        first, second = left(env), right(env)
        try:
            if sign == "in":
                is_inside, steps = inside(first, second, env.left)
                env.spend(steps, at)
                return is_inside
            if type(first) not in _SMALL:
                env.spend(_cost(first) + _cost(second), at)
            return do(first, second)
        except ValueError as error:
            raise wrong(at, str(error)) from None

    return run


def _cost(value: Any) -> int:
    """The steps that it takes to copy a text or a list."""
    return length(value) // 64 if isinstance(value, str) else length(value) // 4


_SMALL = frozenset({int, float, bool, type(None)})


def _equality(left: Run, right: Run, wanted: bool, at: int) -> Run:
    def run(env: Env) -> Any:
        first, second = left(env), right(env)
        if type(first) is type(second) and type(first) in _SMALL:
            return (first == second) is wanted
        is_same, steps = same(first, second, env.left)
        env.spend(steps, at)
        return is_same is wanted

    return run


def _test(node: Node, slots: Slots, place: str) -> Run:
    of, at = closure(node, slots), node.at

    def run(env: Env) -> Any:
        value = of(env)
        if value is True or value is False:
            return value
        raise wrong(at, f"{place} needs true or false, this is {kind_of(value)}")

    return run


def _logic(node: Logic, slots: Slots) -> Run:
    parts = [_test(part, slots, f"`{node.sign}`") for part in node.parts]
    decides = node.sign == "||"

    def run(env: Env) -> Any:
        first: ConditionError | None = None
        for part in parts:
            try:
                if part(env) is decides:
                    return decides
            except ConditionError as error:
                if env.left < 0:
                    raise
                first = first or error
        if first is not None:
            raise first
        return not decides

    return run


def _ternary(node: Ternary, slots: Slots) -> Run:
    test = _test(node.test, slots, "`?`")
    yes, no = closure(node.yes, slots), closure(node.no, slots)
    return lambda env: yes(env) if test(env) else no(env)


def _macro(node: Macro, slots: Slots) -> Run:
    slot = 1 + max(slots.values(), default=-1)
    inner = {**slots, node.variable: slot}
    *tests, last = node.body
    place = f"`{node.kind}`"
    return macro(
        node,
        slot,
        closure(node.over, slots),
        [_test(test, inner, place) for test in tests],
        closure(last, inner) if node.kind == "map" else _test(last, inner, place),
    )


_RULES: dict[type[Node], Closure] = {
    Literal: _literal,
    Name: _name,
    Member: _member,
    Has: _has,
    Index: _index,
    CallNode: _call,
    Macro: _macro,
    ListOf: _list,
    MapOf: _map,
    Unary: _unary,
    Binary: _binary,
    Logic: _logic,
    Ternary: _ternary,
}
