"""The expressions that BMAD files write in `condition`, as CEL. A bare word or a sentence is no expression: it names a fact."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from msgspec import Struct

from ropewalk.definition.condition.nodes import path_text
from ropewalk.errors import ConditionError

Place = Callable[[tuple[str, ...]], str]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"\n]*"|'[^'\n]*')
    |\$\{\s*(?P<held>[A-Za-z_][\w-]*(?:\.[\w-]+)*)\s*\}
    |(?P<sign>===|!==|==|!=|>=|<=|&&|\|\||[<>=!()])
    |(?P<number>-?[0-9]{1,15}(?:\.[0-9]{1,15})?(?![\w.]))
    |(?P<word>[A-Za-z_][\w-]*(?:\.[\w-]+)*))""",
    re.VERBOSE,
)
_SIGNS = {"===": "==", "=": "==", "!==": "!="}
_COMPARE = frozenset({"==", "!=", "<", "<=", ">", ">="})
_LOGIC = {"AND": "&&", "OR": "||", "NOT": "!"}
_CONSTANTS = frozenset({"true", "false", "null"})
MAX_TOKENS = 200
MAX_DEPTH = 16


class _Token(Struct, frozen=True):
    kind: str
    text: str


def translate_expression(text: str, place_of: Place | None = None) -> str | None:
    """CEL for `===`, `!==`, AND/OR/NOT, `${a.b}`, dotted paths, and bare words as texts right of `==`; None: it is a fact.

    `place_of` says where a dotted path lives; by default all are facts (`complexity.result` is `facts.complexity.result`).
    """
    try:
        tokens = _tokens(text)
        if len(tokens) == 1 and tokens[0].kind != "held":
            return tokens[0].text if tokens[0].text in _CONSTANTS else None
        reader = _BmadReader(tokens, place_of or _facts)
        translated = reader.either()
        return translated if reader.next == len(tokens) else None
    except ConditionError:
        return None


def _no_expression() -> ConditionError:
    return ConditionError(expression="", reason="it is no expression")


def _facts(segments: tuple[str, ...]) -> str:
    return path_text("facts", segments)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at, stop = 0, len(text.rstrip())
    while at < stop:
        match = _TOKEN.match(text, at)
        if match is None or len(tokens) == MAX_TOKENS:
            raise _no_expression()
        kind = str(match.lastgroup)
        tokens.append(_Token(kind, _SIGNS.get(match[kind], match[kind])))
        at = match.end()
    loose = any(token.text in _COMPARE or token.kind == "held" for token in tokens)
    return [_logic(token, loose) for token in tokens]


def _logic(token: _Token, loose: bool) -> _Token:
    # In small letters they are operators only where something is compared: "planning and design" is a sentence.
    word = token.text.upper() if loose else token.text
    return _Token("sign", _LOGIC[word]) if token.kind == "word" and word in _LOGIC else token


class _BmadReader:
    def __init__(self, tokens: list[_Token], place_of: Place) -> None:
        self.tokens = tokens
        self.place_of = place_of
        self.next = 0
        self.depth = 0

    def take(self, *signs: str) -> str:
        if self.next < len(self.tokens):
            token = self.tokens[self.next]
            if token.kind == "sign" and token.text in signs:
                self.next += 1
                return token.text
        return ""

    def either(self) -> str:
        text = self.both()
        while self.take("||"):
            text = f"{text} || {self.both()}"
        return text

    def both(self) -> str:
        text = self.denied()
        while self.take("&&"):
            text = f"{text} && {self.denied()}"
        return text

    def denied(self) -> str:
        count = 0
        while self.take("!"):
            count += 1
        text = self.compared()
        plain = re.fullmatch(r"[\w.]+|\(.*\)", text) is not None
        return text if not count else "!" * count + (text if plain else f"({text})")

    def compared(self) -> str:
        path_first = self.next < len(self.tokens) and self.tokens[self.next].kind in {"word", "held"}
        left = self.value(words=False)
        sign = self.take(*_COMPARE)
        if not sign:
            return left
        return f"{left} {sign} {self.value(words=path_first and sign in {'==', '!='})}"

    def value(self, words: bool) -> str:
        if self.take("("):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise _no_expression()
            inner = self.either()
            self.depth -= 1
            if not self.take(")"):
                raise _no_expression()
            return f"({inner})"
        if self.next == len(self.tokens) or self.tokens[self.next].kind == "sign":
            raise _no_expression()
        token = self.tokens[self.next]
        self.next += 1
        match token.kind:
            case "text":
                return json.dumps(token.text[1:-1], ensure_ascii=False)
            case "number":
                return token.text
            case "word" if token.text in _CONSTANTS:
                return token.text
            case "word" if words and "." not in token.text:
                return json.dumps(token.text, ensure_ascii=False)
            case _:
                return self.place_of(tuple(token.text.split(".")))
