"""Which operators fit which types. Each rule gives what it finds wrong; a side of unknown type is never a fault."""

from __future__ import annotations

from collections.abc import Iterator

from ropewalk.definition.condition.faults import ConditionFault, a, unknown, unquoted
from ropewalk.definition.condition.nodes import Binary, ListOf, Literal, Node
from ropewalk.definition.condition.types import ANY, DOUBLE, INT, STRING, Type, comparable, joined, list_of


def comparison(node: Binary, left: Type, right: Type) -> Iterator[ConditionFault]:
    """The faults of `==`, `!=`, `<`, `<=`, `>`, `>=` and `in` between these types."""
    if node.sign == "in":
        yield from _membership(node, left, right)
    elif node.sign in {"==", "!="}:
        yield from _equality(node, left, right)
    elif not _ordered(left, right):
        hint = unquoted(node.left, node.right)
        if isinstance(node.left, Binary) and left.kind == "bool":
            hint = f"write `a {node.left.sign} b && b {node.sign} c`"
        yield ConditionFault(node.at, f"`{node.sign}` cannot order {a(left)} and {a(right)}", "", hint)


def arithmetic(node: Binary, left: Type, right: Type) -> Type | ConditionFault:
    """What `+ - * / %` give, or why they do not fit."""
    kinds = {left.kind, right.kind}
    if left.number and right.number:
        return INT if kinds == {"int"} else DOUBLE
    if node.sign == "+" and kinds == {"string"}:
        return STRING
    if node.sign == "+" and kinds == {"list"}:
        return list_of(joined(left.element, right.element))
    fit = {"int", "double", "string", "list"} if node.sign == "+" else {"int", "double"}
    if "any" in kinds and kinds - {"any"} <= fit:
        return ANY
    hint = unquoted(node.left, node.right)
    if not hint and node.sign == "+" and "string" in kinds and (left.number or right.number):
        hint = "write `string(…)` around the number"
    return ConditionFault(node.at, f"`{node.sign}` does not take {a(left)} and {a(right)}", "", hint)


def _equality(node: Binary, left: Type, right: Type) -> Iterator[ConditionFault]:
    if not comparable(left, right):
        outcome = "never" if node.sign == "==" else "always"
        text = f"{a(left)} and {a(right)} are unlike: `{node.sign}` is {outcome} true"
        yield ConditionFault(node.at, text, "", unquoted(node.left, node.right))
    elif not isinstance(node.left, Literal):
        yield from _choice(node.right, left.choices)
    elif not isinstance(node.right, Literal):
        yield from _choice(node.left, right.choices)


def _choice(written: Node, choices: tuple[str, ...]) -> Iterator[ConditionFault]:
    if not (choices and isinstance(written, Literal) and isinstance(written.value, str)):
        return
    if written.value not in choices:
        listed = ", ".join(f'"{choice}"' for choice in choices[:8])
        text = f'"{written.value}" is none of the possible values: {listed}'
        yield unknown(written.at, text, written.value, choices)


def _membership(node: Binary, left: Type, right: Type) -> Iterator[ConditionFault]:
    if right.kind == "list":
        if not comparable(left, right.element):
            yield ConditionFault(node.at, f"{a(left)} is never in {a(right)}")
        elif isinstance(node.right, ListOf) and not isinstance(node.left, Literal):
            for item in node.right.items:
                yield from _choice(item, left.choices)
    elif right.kind in {"map", "object"}:
        if left.kind not in {"string", "any"}:
            yield ConditionFault(node.at, f"the keys of {a(right)} are texts, not {a(left)}")
    elif right.kind != "any":
        hint = "write `text.contains(part)`" if right.kind == "string" else ""
        yield ConditionFault(node.at, f"`in` needs a list or a map, not {a(right)}", "", hint)


def _ordered(left: Type, right: Type) -> bool:
    kinds = {left.kind, right.kind}
    if "any" in kinds:
        return kinds <= {"any", "int", "double", "string", "bool"}
    return (left.number and right.number) or (left.kind == right.kind and left.kind in {"string", "bool"})
