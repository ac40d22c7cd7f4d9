"""A name with a dash (`outputs.write-tests.ok`) reads as a subtraction: tell that, instead of two names nobody wrote."""

from __future__ import annotations

from collections.abc import Mapping

from ropewalk.definition.condition.faults import ConditionFault
from ropewalk.definition.condition.nodes import Binary, Node, Unary, path, path_text
from ropewalk.definition.condition.types import Type


def dashed(node: Binary, names: Mapping[str, Type]) -> ConditionFault | None:
    """The one fault for `owner.some-name.rest` where `owner` has the field `some-name` and not `some`."""
    parts = _operands(node)
    if parts is None:
        return None
    first, *middle, last = parts
    field = "-".join([first[-1], *(segments[0] for segments in middle), last[0]])
    owner = _owner(first[:-1], names)
    if owner is None or first[-1] in owner.fields or field not in owner.fields:
        return None
    hint = f"write `{path_text(first[0], [*first[1:-1], field, *last[1:]])}`"
    return ConditionFault(_start(node), "a name with a dash needs brackets", field, hint)


def _operands(node: Node) -> list[tuple[str, ...]] | None:
    rights: list[tuple[str, ...]] = []
    while isinstance(node, Binary):
        right = path(node.right)
        if node.sign != "-" or right is None or (rights and len(right) > 1):
            return None
        rights.append(right)
        node = node.left
    first = path(node.of if isinstance(node, Unary) else node)
    if first is None or len(first) < 2 or not rights:
        return None
    return [first, *reversed(rights)]


def _owner(segments: tuple[str, ...], names: Mapping[str, Type]) -> Type | None:
    owner = names.get(segments[0])
    for segment in segments[1:]:
        owner = owner.fields.get(segment) if owner is not None else None
    return owner


def _start(node: Node) -> int:
    while isinstance(node, Binary | Unary):
        node = node.left if isinstance(node, Binary) else node.of
    return node.at
