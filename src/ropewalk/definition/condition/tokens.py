"""Text of a condition to tokens. The columns are those of the text as written, also inside the friendly `${{ … }}`."""

from __future__ import annotations

import re

from msgspec import Struct

from ropewalk.errors import ConditionError

MAX_LENGTH = 2_000
"""Characters of one condition."""


class Token(Struct, frozen=True):
    """`kind` is int, float, string, bytes, name, sign or end; `value` is the decoded literal or the text itself."""

    kind: str
    text: str
    at: int
    value: str | int | float = ""


_TOKEN = re.compile(
    r"""(?P<space>(?:[ \t\n\f\r]|//[^\n\ud800-\udfff]*)+)
    |(?P<float>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)
    |(?P<int>0x[0-9a-fA-F]+|[0-9]+)
    |(?P<string>[bBrR]{0,2}(?:\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}
        |"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'))
    |(?P<name>[_a-zA-Z][_a-zA-Z0-9]*)
    |(?P<sign>&&|\|\||[=!<>]=|[-+*/%<>!?:.,()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)
_SPACE = " \t\n\f\r"
"""What the language takes for a blank; a no-break space that came along with pasted text is none."""
_RAW = re.compile(r"[rR](?:\"{3}.*?\"{3}|'{3}.*?'{3}|\"[^\"\n]*\"|'[^'\n]*')", re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:(?P<plain>[abfnrtv\\'\"`?])|[xX](?P<hex>[0-9a-fA-F]{2})|u(?P<u4>[0-9a-fA-F]{4})"
    r"|U(?P<u8>[0-9a-fA-F]{8})|(?P<octal>[0-3][0-7]{2})|(?P<wrong>.))",
    re.DOTALL,
)
_PLAIN = dict(zip("abfnrtv\\'\"`?", "\a\b\f\n\r\t\v\\'\"`?", strict=True))
_MISTAKES = {
    "===": "write `==`",
    "!==": "write `!=`",
    "=": "write `==` to compare",
    "&": "write `&&`",
    "|": "write `||`",
    "{{": "write the condition itself, or wrap it whole in `${{ … }}`",
    "$": "wrap the condition whole in `${{ … }}`, or write the name alone",
    '"': 'close the text with `"`',
    "'": "close the text with `'`",
}


def fault(source: str, column: int, reason: str, hint: str = "") -> ConditionError:
    """The one error for a condition that cannot be read; `where` has `column` (0-based) and `hint`."""
    shown = source if len(source) <= 200 else source[:199] + "…"
    return ConditionError(expression=shown, reason=reason, column=column, hint=hint)


def tokens(source: str) -> list[Token]:
    """All tokens and a closing `end`; raises `ConditionError`."""
    if len(source) > MAX_LENGTH:
        raise fault(
            source,
            MAX_LENGTH,
            f"it has {len(source)} characters, {MAX_LENGTH} are allowed",
            "let a step work it out and give it as an output",
        )
    at, stop = _inside(source)
    if source[at:].lstrip(_SPACE).startswith("{{"):  # as in a template; no map begins so
        raise _unreadable(source, source.index("{{", at))
    result: list[Token] = []
    while at < stop:
        raw = _RAW.match(source, at, stop)
        token = raw or _TOKEN.match(source, at, stop)
        if token is None or source.startswith(("===", "!=="), at):
            raise _unreadable(source, at)
        kind = "string" if raw else str(token.lastgroup)
        if kind != "space":
            result.append(_decoded(source, kind, token.group(), at))
        at = token.end()
    result.append(Token("end", "", stop))
    return result


def _inside(source: str) -> tuple[int, int]:
    start, stop = 0, len(source.rstrip(_SPACE))
    lead = len(source) - len(source.lstrip(_SPACE))
    if source.startswith("${{", lead) and source.endswith("}}", 0, stop) and stop - lead >= 5:
        return lead + 3, stop - 2
    return start, stop


def _unreadable(source: str, at: int) -> ConditionError:
    for wrong, hint in _MISTAKES.items():
        if source.startswith(wrong, at):
            mistake = "a text that is not closed" if wrong in "\"'" else f"`{wrong}`"
            return fault(source, at, f"{mistake} cannot stand here", hint)
    if "\ud800" <= source[at] <= "\udfff":  # no UTF-8 has it, so the compiled extension could not read it
        return fault(source, at, "half a character (a surrogate) stands here")
    if source[at].isspace() or not source[at].isprintable():
        return fault(source, at, f"the character U+{ord(source[at]):04X} cannot stand here", "write a space")
    return fault(source, at, f"`{source[at]}` cannot stand here")


def _decoded(source: str, kind: str, text: str, at: int) -> Token:
    if kind == "int":
        number = int(text, 16 if text.startswith("0x") else 10)
        if number >= 2**63:
            raise fault(source, at, f"{text} is too large", "whole numbers go up to 9223372036854775807")
        return Token("int", text, at, number)
    if kind == "float":
        number_ = float(text)
        if number_ == float("inf"):
            raise fault(source, at, f"{text} is too large")
        return Token("float", text, at, number_)
    if kind == "string":
        return Token("string", text, at, _text(source, text, at))
    return Token(kind, text, at, text)


def _text(source: str, text: str, at: int) -> str:
    prefix = len(text) - len(text.lstrip("bBrR"))
    marks = text[:prefix].lower()
    if marks not in {"", "r"}:
        raise fault(source, at, "bytes are not known here", "leave the `b` before the text out")
    quote = 3 if text[prefix:].startswith(('"""', "'''")) and len(text) >= prefix + 6 else 1
    inner, start = text[prefix + quote : -quote], at + prefix + quote
    if not marks:
        inner = _ESCAPE.sub(lambda match: _unescaped(source, match, start), inner)
    if any("\ud800" <= letter <= "\udfff" for letter in inner):
        raise fault(source, at, "half a character (a surrogate) stands in this text")
    return inner


def _unescaped(source: str, match: re.Match[str], start: int) -> str:
    column = start + match.start()
    if match["plain"]:
        return _PLAIN[match["plain"]]
    if match["wrong"]:
        raise fault(
            source,
            column,
            f"`\\{match['wrong']}` is no known escape",
            'write `\\\\` for one backslash, or r"…"',
        )
    digits = match["hex"] or match["u4"] or match["u8"]
    code = int(digits, 16) if digits else int(match["octal"], 8)
    if code > 0x10FFFF:
        raise fault(source, column, f"`{match.group()}` is no character")
    return chr(code)
