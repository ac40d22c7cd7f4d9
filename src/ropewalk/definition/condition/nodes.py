"""The tree of a condition: frozen nodes, each with the column (0-based, in the text as written) that a fault points at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

Scalar = None | bool | int | float | str

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_MEMBERS: Final = frozenset({"in", "true", "false", "null"})


class Node(Struct, frozen=True):
    """What all nodes have: where in the text they are best pointed at."""

    at: int


class Literal(Node, frozen=True):
    """`null`, `true`, `5`, `0.5`, `"text"`."""

    value: Scalar


class Name(Node, frozen=True):
    """A name that the caller gives (`outputs`), or the variable of a macro around it."""

    name: str


class Member(Node, frozen=True):
    """`of.field`."""

    of: Node
    field: str


class Has(Node, frozen=True):
    """`has(of.field)`: the one way to ask for something that may be absent."""

    member: Member


class Index(Node, frozen=True):
    """`of[key]`."""

    of: Node
    key: Node


class CallNode(Node, frozen=True):
    """`name(args)`, or `target.name(args)`."""

    name: str
    target: Node | None
    args: tuple[Node, ...]


class Macro(Node, frozen=True):
    """`over.kind(variable, body…)`: all, exists, exists_one, filter with one body; map with one, or a filter and one."""

    kind: str
    over: Node
    variable: str
    body: tuple[Node, ...]


class ListOf(Node, frozen=True):
    """`[a, b]`."""

    items: tuple[Node, ...]


class MapOf(Node, frozen=True):
    """`{"key": value}`."""

    entries: tuple[tuple[Node, Node], ...]


class Unary(Node, frozen=True):
    """`!x` or `-x`."""

    sign: str
    of: Node


class Binary(Node, frozen=True):
    """`left sign right` for comparison, `in` and arithmetic."""

    sign: str
    left: Node
    right: Node


class Logic(Node, frozen=True):
    """`a && b && c` or `a || b`, as one flat node: a long chain is not a deep one."""

    sign: str
    parts: tuple[Node, ...]


class Ternary(Node, frozen=True):
    """`test ? yes : no`."""

    test: Node
    yes: Node
    no: Node


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below, in written order."""
    match node:
        case Member(of=of) | Unary(of=of):
            return (of,)
        case Has(member=member):
            return (member,)
        case Index(of=of, key=key):
            return (of, key)
        case CallNode(target=target, args=args):
            return args if target is None else (target, *args)
        case Macro(over=over, body=body):
            return (over, *body)
        case ListOf(items=items) | Logic(parts=items):
            return items
        case MapOf(entries=entries):
            return tuple(part for entry in entries for part in entry)
        case Binary(left=left, right=right):
            return (left, right)
        case Ternary(test=test, yes=yes, no=no):
            return (test, yes, no)
        case _:
            return ()


def walk(node: Node) -> Iterator[tuple[Node, int]]:
    """Every node with its depth (1 for the top), without recursion: a tree that is too deep can still be measured."""
    waiting = [(node, 1)]
    while waiting:
        current, depth = waiting.pop()
        yield current, depth
        waiting.extend((child, depth + 1) for child in reversed(children(current)))


def path(node: Node) -> tuple[str, ...] | None:
    """`outputs.build["exit_code"]` as its segments; None for anything that is not a plain path from a name."""
    segments: list[str] = []
    while True:
        match node:
            case Name(name=name):
                return (name, *reversed(segments))
            case Member(of=of, field=field):
                segments.append(field)
                node = of
            case Index(of=of, key=Literal(value=str() as field)):
                segments.append(field)
                node = of
            case _:
                return None


def path_text(root: str, segments: Sequence[str]) -> str:
    """The reverse of `path`: `root` and the segments as a condition writes them, in brackets what is no identifier."""
    import json

    text = root
    for segment in segments:
        plain = _IDENTIFIER.fullmatch(segment) and segment not in _NOT_MEMBERS
        text += f".{segment}" if plain else f"[{json.dumps(segment, ensure_ascii=False)}]"
    return text
