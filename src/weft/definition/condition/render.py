"""A tree to the text that the compiled evaluator gets, where each path that is read has become one variable.

So only what is read is handed over, a missing value is known by its whole path, and `has` never fails half way.
"""

from __future__ import annotations

import json

from msgspec import Struct

from weft.definition.condition.arithmetic import FUNCTIONS
from weft.definition.condition.nodes import (
    Binary,
    Call,
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
    Scalar,
    Ternary,
    Unary,
    path,
)


class Read(Struct, frozen=True):
    """One path from the scope. `how`: its value, its keys if it is a map (`each`), or whether it is there (`has`)."""

    path: tuple[str, ...]
    how: str


class Rendered(Struct, frozen=True):
    """The text, its variables (`reads[i]` is `v<i>`), and the functions of ours it calls."""

    text: str
    reads: tuple[Read, ...]
    functions: frozenset[str]


FUNCTION_NAMES = {name: f"f{number}" for number, name in enumerate(FUNCTIONS)}


def render(node: Node) -> Rendered:
    """The whole tree; total for every tree that the parser gives."""
    renderer = _Renderer()
    text = renderer.text(node, {})
    return Rendered(text, tuple(renderer.reads), frozenset(renderer.functions))


class _Renderer:
    def __init__(self) -> None:
        self.reads: dict[Read, int] = {}
        self.functions: set[str] = set()
        self.variables = 0

    def read(self, segments: tuple[str, ...], how: str) -> str:
        return f"v{self.reads.setdefault(Read(segments, how), len(self.reads))}"

    def ours(self, name: str, *args: str) -> str:
        self.functions.add(name)
        return f"{FUNCTION_NAMES[name]}({', '.join(args)})"

    def text(self, node: Node, bound: dict[str, str]) -> str:
        segments = path(node)
        if segments is not None and segments[0] not in bound:
            return self.read(segments, "value")
        match node:
            case Literal(value=value):
                return _literal(value)
            case Name(name=name):
                return bound[name]
            case Member(of=of, field=field):
                return f"{self.text(of, bound)}[{_literal(field)}]"
            case Has(member=member):
                return self.has(member, bound)
            case Index(of=of, key=key):
                return f"{self.text(of, bound)}[{self.text(key, bound)}]"
            case Call():
                return self.call(node, bound)
            case Macro():
                return self.macro(node, bound)
            case ListOf(items=items):
                return f"[{', '.join(self.text(item, bound) for item in items)}]"
            case MapOf(entries=entries):
                pairs = (f"{self.text(key, bound)}: {self.text(value, bound)}" for key, value in entries)
                return f"{{{', '.join(pairs)}}}"
            case Unary(sign="!", of=of):
                return f"!({self.text(of, bound)})"
            case Unary(of=of):
                return self.ours("negative", self.text(of, bound))
            case Binary(sign=sign, left=left, right=right) if sign in FUNCTIONS:
                return self.ours(sign, self.text(left, bound), self.text(right, bound))
            case Binary(sign=sign, left=left, right=right):
                return f"({self.text(left, bound)} {sign} {self.text(right, bound)})"
            case Logic(sign=sign, parts=parts):
                return f"({f' {sign} '.join(self.text(part, bound) for part in parts)})"
            case Ternary(test=test, yes=yes, no=no):
                return f"({self.text(test, bound)} ? {self.text(yes, bound)} : {self.text(no, bound)})"
        raise AssertionError(node)

    def has(self, member: Member, bound: dict[str, str]) -> str:
        segments = path(member)
        if segments is not None and segments[0] not in bound:
            return self.read(segments, "has")
        return f"({_literal(member.field)} in {self.text(member.of, bound)})"

    def call(self, node: Call, bound: dict[str, str]) -> str:
        given = node.args if node.target is None else (node.target, *node.args)
        args = [self.text(part, bound) for part in given]
        if node.name in FUNCTION_NAMES:
            return self.ours(node.name, *args)
        return f"{args[0]}.{node.name}({', '.join(args[1:])})"

    def macro(self, node: Macro, bound: dict[str, str]) -> str:
        segments = path(node.over)
        if segments is not None and segments[0] not in bound:
            over = self.read(segments, "each")
        else:
            over = self.text(node.over, bound)
            if node.kind in {"map", "filter"} and not isinstance(node.over, ListOf | Macro):
                over = self.ours("each", over)
        inner = {**bound, node.variable: f"x{self.variables}"}
        self.variables += 1
        body = ", ".join(self.text(part, inner) for part in node.body)
        return f"{over}.{node.kind}({inner[node.variable]}, {body})"


def _literal(value: Scalar) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return f"({text})" if text.startswith("-") else text
