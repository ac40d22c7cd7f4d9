"""A name with a dash (`outputs.write-tests.ok`) reads as a subtraction: tell that, instead of two names nobody wrote."""

from __future__ import annotations

from collections.abc import Mapping

from ropewalk.definition.condition.faults import ConditionFault
from ropewalk.definition.condition.nodes import Binary, Node, Unary, path
from ropewalk.definition.condition.types import Type


def dashed(node: Binary, names: Mapping[str, Type]) -> ConditionFault | None:
    """The one fault for `owner.some-name.rest` where `owner` has the field `some-name` and not `some`."""
    parts = _operands(node)
    if parts is None:
        return None
    first, *middle, last = parts
    field = "-".join([first[-1], *(one[0] for one in middle), last[0]])
    owner = _owner(first[:-1], names)
    if owner is None or first[-1] in owner.fields or field not in owner.fields:
        return None
    before, after = ".".join(first[:-1]), "".join(f".{one}" for one in last[1:])
    hint = f'write `{before}["{field}"]{after}`'
    return ConditionFault(_start(node), "a name with a dash needs brackets", field, hint)


def _operands(node: Node) -> list[tuple[str, ...]] | None:
    found: list[tuple[str, ...]] = []
    while isinstance(node, Binary):
        right = path(node.right)
        if node.sign != "-" or right is None or (found and len(right) > 1):
            return None
        found.append(right)
        node = node.left
    first = path(node.of if isinstance(node, Unary) else node)
    if first is None or len(first) < 2 or not found:
        return None
    return [first, *reversed(found)]


def _owner(segments: tuple[str, ...], names: Mapping[str, Type]) -> Type | None:
    here = names.get(segments[0])
    for segment in segments[1:]:
        here = here.fields.get(segment) if here is not None else None
    return here


def _start(node: Node) -> int:
    while isinstance(node, Binary | Unary):
        node = node.left if isinstance(node, Binary) else node.of
    return node.at
