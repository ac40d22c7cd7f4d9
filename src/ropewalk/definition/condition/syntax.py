"""The parser: a condition's text to its tree, or one `ConditionError` with the column. It never looks at types."""

from __future__ import annotations

from collections.abc import Callable

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
    walk,
)
from ropewalk.definition.condition.tokens import Token, fault, tokens

MAX_DEPTH = 32
"""Levels of nesting in one condition; a chain of `&&` or `||` counts as one."""
MAX_NODES = 500
"""Parts of one condition."""

COMPARE = frozenset({"==", "!=", "<", "<=", ">", ">=", "in"})
_LEVELS = (COMPARE, frozenset("+-"), frozenset("*/%"))
_CONSTANTS = {"null": None, "true": True, "false": False}
_MACROS = {"all": (2, 2), "exists": (2, 2), "exists_one": (2, 2), "filter": (2, 2), "map": (2, 3)}
_RESERVED = frozenset(
    [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ]
)
_WORDS = {"and": "&&", "or": "||", "not": "!", "AND": "&&", "OR": "||", "NOT": "!", "is": "=="}


def parse(source: str) -> Node:
    """The tree of `source`. Raises `ConditionError` (`where`: expression, reason, column, hint), and nothing else."""
    parser = _Parser(source)
    node = parser.whole()
    for count, (part, depth) in enumerate(walk(node), 1):
        if depth > MAX_DEPTH:
            raise parser.too_deep(part.at)
        if count > MAX_NODES:
            raise fault(
                source, part.at, f"it has more than {MAX_NODES} parts", "split it, or let a step work it out"
            )
    return node


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.next = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.next]

    def whole(self) -> Node:
        if self.token.kind == "end":
            raise fault(self.source, self.token.at, "it is empty", "write `true` if it always holds")
        node = self.expression()
        if self.token.kind != "end":
            raise self.unexpected("the end")
        return node

    def too_deep(self, column: int) -> Exception:
        return fault(
            self.source, column, f"it is nested deeper than {MAX_DEPTH} levels", "split it into several steps"
        )

    def unexpected(self, wanted: str) -> Exception:
        token = self.token
        if token.kind == "name" and token.text in _WORDS:
            return fault(
                self.source, token.at, f"`{token.text}` is no operator", f"write `{_WORDS[token.text]}`"
            )
        got = f"`{token.text}`" if token.kind != "end" else "the end"
        return fault(self.source, token.at, f"{wanted} was expected, {got} stands here")

    def take(self, *signs: str) -> Token | None:
        token = self.token
        if token.kind in {"sign", "name"} and token.text in signs:
            self.next += 1
            return token
        return None

    def need(self, sign: str) -> Token:
        token = self.take(sign)
        if token is None:
            raise self.unexpected(f"`{sign}`")
        return token

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.too_deep(self.token.at)
        node = self.either()
        if mark := self.take("?"):
            yes = self.either()
            self.need(":")
            node = Ternary(mark.at, node, yes, self.expression())
        self.depth -= 1
        return node

    def either(self) -> Node:
        return self.chain("||", lambda: self.chain("&&", lambda: self.binary(0)))

    def chain(self, sign: str, part: Callable[[], Node]) -> Node:
        first = part()
        mark = self.take(sign)
        if mark is None:
            return first
        parts = [first, part()]
        while self.take(sign):
            parts.append(part())
        return Logic(mark.at, sign, tuple(parts))

    def binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self.unary()
        node = self.binary(level + 1)
        while mark := self.take(*_LEVELS[level]):
            node = Binary(mark.at, mark.text, node, self.binary(level + 1))
        return node

    def unary(self) -> Node:
        signs: list[Token] = []
        while mark := self.take("!", "-"):
            signs.append(mark)
        node = self.postfix()
        for mark in reversed(signs):
            if mark.text == "-" and isinstance(node, Literal) and type(node.value) in {int, float}:
                node = Literal(mark.at, -node.value)  # type: ignore[operator]
            else:
                node = Unary(mark.at, mark.text, node)
        return node

    def postfix(self) -> Node:
        node = self.primary()
        while mark := self.take(".", "["):
            if mark.text == "[":
                node = Index(mark.at, node, self.expression())
                self.need("]")
            else:
                node = self.member(node)
        return node

    def member(self, of: Node) -> Node:
        token = self.token
        if token.kind != "name":
            raise self.unexpected("a name after `.`")
        if token.text in _CONSTANTS or token.text == "in":
            raise fault(
                self.source, token.at, f"`{token.text}` cannot follow `.`", f'write `["{token.text}"]`'
            )
        self.next += 1
        if not self.take("("):
            return Member(token.at, of, token.text)
        args = self.items(")")
        if token.text in _MACROS:
            return self.macro(token, of, args)
        return CallNode(token.at, token.text, of, args)

    def macro(self, token: Token, over: Node, args: tuple[Node, ...]) -> Node:
        least, most = _MACROS[token.text]
        if not least <= len(args) <= most:
            raise fault(
                self.source,
                token.at,
                f"`{token.text}` takes a name and a test, {len(args)} argument(s) are given",
                f"write `.{token.text}(x, …)`",
            )
        name = args[0]
        if not isinstance(name, Name):
            raise fault(
                self.source, name.at, f"the first argument of `{token.text}` is a new name", "write `x`"
            )
        return Macro(token.at, token.text, over, name.name, args[1:])

    def items(self, close: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while not self.take(close):
            items.append(self.expression())
            if not self.take(","):
                self.need(close)
                break
            if close == ")" and self.token.text == ")":
                raise self.unexpected("an argument")
        return tuple(items)

    def entries(self) -> tuple[tuple[Node, Node], ...]:
        entries: list[tuple[Node, Node]] = []
        while not self.take("}"):
            key = self.expression()
            self.need(":")
            entries.append((key, self.expression()))
            if not self.take(","):
                self.need("}")
                break
        return tuple(entries)

    def primary(self) -> Node:
        token = self.token
        match token.kind, token.text:
            case (("int" | "float" | "string"), _):
                self.next += 1
                return Literal(token.at, token.value)
            case "name", text if text in _CONSTANTS:
                self.next += 1
                return Literal(token.at, _CONSTANTS[text])
            case "name", text if text in _RESERVED:
                raise fault(self.source, token.at, f"`{text}` is a reserved word", "a name may not be one")
            case "name", text if text != "in" and text not in {"not", "NOT"}:
                self.next += 1
                return self.call(token) if self.take("(") else Name(token.at, text)
            case "sign", "(":
                self.next += 1
                node = self.expression()
                self.need(")")
                return node
            case "sign", "[":
                self.next += 1
                return ListOf(token.at, self.items("]"))
            case "sign", "{":
                self.next += 1
                return MapOf(token.at, self.entries())
        raise self.unexpected("a value")

    def call(self, token: Token) -> Node:
        args = self.items(")")
        if token.text != "has":
            return CallNode(token.at, token.text, None, args)
        if len(args) == 1 and isinstance(args[0], Member):
            return Has(token.at, args[0])
        raise fault(
            self.source, token.at, "`has` asks for one field", 'write `has(x.field)`, or `"key" in x`'
        )
