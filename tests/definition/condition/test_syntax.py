"""The parser: CEL's grammar, columns for faults, and limits on depth and size."""

from __future__ import annotations

import pytest

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
)
from ropewalk.definition.condition.syntax import MAX_DEPTH, parse
from ropewalk.errors import ConditionError


def shape(node: Node) -> object:
    """The tree without its columns, as nested tuples."""
    match node:
        case Literal(value=value):
            return value
        case Name(name=name):
            return name
        case Member(of=of, field=field):
            return (shape(of), ".", field)
        case Has(member=member):
            return ("has", shape(member))
        case Index(of=of, key=key):
            return (shape(of), "[]", shape(key))
        case CallNode(name=name, target=target, args=args):
            return (name, shape(target) if target else None, [shape(arg) for arg in args])
        case Macro(kind=kind, over=over, variable=variable, body=body):
            return (kind, shape(over), variable, [shape(part) for part in body])
        case ListOf(items=items):
            return [shape(item) for item in items]
        case MapOf(entries=entries):
            return {shape(key): shape(value) for key, value in entries}
        case Unary(sign=sign, of=of):
            return (sign, shape(of))
        case Binary(sign=sign, left=left, right=right):
            return (shape(left), sign, shape(right))
        case Logic(sign=sign, parts=parts):
            return (sign, [shape(part) for part in parts])
        case Ternary(test=test, yes=yes, no=no):
            return ("?", shape(test), shape(yes), shape(no))
    raise AssertionError(node)


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        ("a || b && c || d", ("||", ["a", ("&&", ["b", "c"]), "d"])),
        ("a + b * c - d", (("a", "+", ("b", "*", "c")), "-", "d")),
        ("a < b == c", (("a", "<", "b"), "==", "c")),
        ("!a.b", ("!", ("a", ".", "b"))),
        ("!!a", ("!", ("!", "a"))),
        ("-1 - -2.5", (-1, "-", -2.5)),
        ("-a", ("-", "a")),
        ("a in [1, 2,]", ("a", "in", [1, 2])),
        ("{'a': null, 'b': true,}", {"a": None, "b": True}),
        ("{}", {}),
        ("a ? b : c ? d : e", ("?", "a", "b", ("?", "c", "d", "e"))),
        ("(a ? b : c) ? d : e", ("?", ("?", "a", "b", "c"), "d", "e")),
        ("a.b['c'].d(1)[0]", (("d", (("a", ".", "b"), "[]", "c"), [1]), "[]", 0)),
        ("size(a)", ("size", None, ["a"])),
        ("f()", ("f", None, [])),
        ("has(a.b)", ("has", ("a", ".", "b"))),
        ("a.map(x, x > 1, x * 2)", ("map", "a", "x", [("x", ">", 1), ("x", "*", 2)])),
        ("a.package", ("a", ".", "package")),
        ("a.all", ("a", ".", "all")),
    ],
)
def test_the_grammar_is_that_of_cel(source, tree):
    assert shape(parse(source)) == tree


@pytest.mark.parametrize(
    ("source", "column", "said"),
    [
        ("", 0, "it is empty"),
        ("${{ }}", 4, "it is empty"),
        ("a b", 2, "the end was expected, `b` stands here"),
        ("a and b", 2, "`and` is no operator"),
        ("not a", 0, "`not` is no operator"),
        ("(a", 2, "`)` was expected, the end stands here"),
        ("a..b", 2, "a name after `.` was expected"),
        ("a.in", 2, "`in` cannot follow `.`"),
        ("1 +", 3, "a value was expected, the end stands here"),
        ("f(1,)", 4, "an argument was expected"),
        ("a ? b", 5, "`:` was expected"),
        ("[1, 2", 5, "`]` was expected"),
        ("{'a' 1}", 5, "`:` was expected"),
        ("{'a': 1", 7, "`}` was expected"),
        ("a[1", 3, "`]` was expected"),
        ("package == 1", 0, "`package` is a reserved word"),
        ("a.all(x)", 2, "`all` takes a name and a test, 1 argument(s) are given"),
        ("a.all(1, true)", 6, "the first argument of `all` is a new name"),
        ("has(a)", 0, "`has` asks for one field"),
        ("has(a.b, c.d)", 0, "`has` asks for one field"),
        ("==", 0, "a value was expected"),
    ],
)
def test_a_fault_is_told_with_its_column(source, column, said):
    with pytest.raises(ConditionError, match=r"^The condition") as error:
        parse(source)
    assert error.value.column == column
    assert said in error.value.where["reason"]


@pytest.mark.parametrize(
    "source",
    [
        "(" * 40 + "a" + ")" * 40,
        "[" * 300 + "]" * 300,
        "!" * 40 + "a",
        "a" + ".b" * 40,
        "a" + " + a" * 40,
        "a ? b : " * 40 + "c",
    ],
)
def test_deep_nesting_is_refused(source):
    with pytest.raises(ConditionError, match=f"nested deeper than {MAX_DEPTH} levels"):
        parse(source)


def test_a_long_chain_is_not_a_deep_one():
    assert len(parse(" && ".join(["a"] * 200)).parts) == 200  # type: ignore[attr-defined]


def test_too_many_parts_are_refused():
    with pytest.raises(ConditionError, match="more than 500 parts"):
        parse("[" + ",".join(["1"] * 501) + "]")


def test_a_long_condition_is_shortened_in_its_error():
    with pytest.raises(ConditionError) as error:
        parse("a b" + " " * 300 + "c")
    assert error.value.where["expression"].endswith("…")
