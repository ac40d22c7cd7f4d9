"""Hypothesis strategies: expressions with the type they have, scopes that fit the names, and any text at all."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ropewalk.definition.condition import BOOL, DOUBLE, INT, STRING, list_of, map_of, object_of

NAMES = {
    "i": INT,
    "d": DOUBLE,
    "s": STRING,
    "b": BOOL,
    "li": list_of(INT),
    "ls": list_of(STRING),
    "m": map_of(INT),
    "o": object_of({"n": INT, "t": STRING, "inner": object_of({"ok": BOOL})}),
}

WHOLE = st.integers(-(2**40), 2**40)
FRACTION = st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 3)) | st.integers(-99, 99)
WORD = st.text("abcXYZ é_-1", max_size=5)

SCOPES = st.fixed_dictionaries(
    {
        "i": WHOLE,
        "d": FRACTION,
        "s": WORD,
        "b": st.booleans(),
        "li": st.lists(WHOLE, max_size=4),
        "ls": st.lists(WORD, max_size=4),
        "m": st.dictionaries(WORD, WHOLE, max_size=3),
        "o": st.fixed_dictionaries(
            {"n": WHOLE, "t": WORD, "inner": st.fixed_dictionaries({"ok": st.booleans()})}
        ),
    }
)


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _operators(left: Any, signs: list[str], right: Any) -> Any:
    return st.tuples(left, st.sampled_from(signs), right).map(lambda parts: f"({' '.join(parts)})")


def _ternary(test: Any, branch: Any) -> Any:
    return st.tuples(test, branch, branch).map(lambda parts: f"({parts[0]} ? {parts[1]} : {parts[2]})")


@st.composite
def typed(draw: Any, kind: str = "bool", depth: int = 2) -> str:
    """An expression of that kind over `NAMES`: int, number, string, bool, ints or strings."""
    return str(draw(_leaf(kind) if depth == 0 else _leaf(kind) | _inner(kind, depth - 1)))


def _leaf(kind: str) -> Any:
    return {
        "int": st.sampled_from(["i", "o.n", "size(s)", "li.size()", "size(m)"])
        | st.integers(-9, 99).map(str),
        "number": st.sampled_from(["d", "i", "1.5", "80", "-2.25"]),
        "string": st.sampled_from(["s", "o.t", "o['t']"]) | WORD.map(quoted),
        "bool": st.sampled_from(["b", "true", "false", "o.inner.ok", "has(o.inner)", "('a' in m)"]),
        "ints": st.sampled_from(["li", "[1, 2]", "[i]"]),
        "strings": st.sampled_from(["ls", "['a', s]", "m.map(k, k)"]),
    }[kind]


def _inner(kind: str, depth: int) -> Any:
    def of(other: str) -> Any:
        return typed(other, depth)

    tables: dict[str, list[Any]] = {
        "int": [_operators(of("int"), ["+", "-"], of("int")), of("ints").map(lambda x: f"size({x})")],
        "number": [_operators(of("number"), ["+", "-"], of("number")), of("number").map(lambda x: f"-({x})")],
        "string": [_operators(of("string"), ["+"], of("string")), of("int").map(lambda x: f"string({x})")],
        "bool": [
            _operators(of("bool"), ["&&", "||", "==", "!="], of("bool")),
            _operators(of("number"), ["<", "<=", ">", ">=", "==", "!="], of("number")),
            _operators(of("string"), ["<", "==", "!="], of("string")),
            _operators(of("int"), ["in"], of("ints")),
            of("bool").map(lambda x: f"!{x}"),
            st.tuples(of("ints"), st.sampled_from(["all", "exists", "exists_one"]), of("int")).map(
                lambda p: f"{p[0]}.{p[1]}(x, x > {p[2]})"
            ),
            st.tuples(
                of("string"), st.sampled_from(["startsWith", "endsWith", "contains"]), of("string")
            ).map(lambda p: f"{p[0]}.{p[1]}({p[2]})"),
        ],
        "ints": [
            _operators(of("ints"), ["+"], of("ints")),
            st.tuples(of("ints"), of("int")).map(lambda p: f"{p[0]}.map(x, x + {p[1]})"),
            st.tuples(of("ints"), of("bool")).map(lambda p: f"{p[0]}.filter(x, x > 0 || {p[1]})"),
        ],
        "strings": [of("strings").map(lambda x: f"{x}.map(x, x + '!')")],
    }
    return st.one_of(*tables[kind], _ternary(of("bool"), of(kind)))


PIECES = st.sampled_from(
    [
        *(
            [
                "a",
                "b.c",
                "o.n",
                "ls",
                "1",
                "2.5",
                "0x1F",
                ".5",
                "true",
                "null",
                "in",
                "has",
                "all",
                "map(",
                "x,",
                ")",
                "(",
                "]",
                "[",
                "{",
                "}",
                ":",
                "?",
                ",",
                ".",
                "&&",
                "||",
                "!",
                "-",
                "+",
                "*",
                "/",
                "%",
                "==",
                "!=",
                "<",
                ">=",
                "=",
            ]
        ),
        *(
            [
                "===",
                "&",
                "${{",
                "}}",
                "'x'",
                '"y"',
                "'''z'''",
                "r'\\d'",
                "'unclosed",
                "\\",
                "//",
                "#",
                "é",
                "$",
                "package",
                "1e9",
                "1e999",
                "99999999999999999999",
                "has(a.b)",
            ]
        ),
        " ",
        "\n",
        "\ud800",
        "b'x'",
        "'\\q'",
    ]
)
NOISE = (
    st.lists(PIECES, max_size=40).map(" ".join)
    | st.lists(PIECES, max_size=40).map("".join)
    | st.text(max_size=60)
)
"""Anything at all, mostly of the right pieces."""
