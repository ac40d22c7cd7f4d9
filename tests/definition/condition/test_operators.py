"""Operators fit types or are a fault at load; a side of unknown type never is, as nobody can tell."""

from __future__ import annotations

from itertools import product

import pytest

from ropewalk.definition.condition import check
from ropewalk.definition.condition.faults import ConditionFault
from ropewalk.definition.condition.nodes import Binary, ListOf, Literal, Name, Node
from ropewalk.definition.condition.operators import arithmetic, comparison
from ropewalk.definition.condition.types import (
    ANY,
    BOOL,
    DOUBLE,
    INT,
    NULL,
    STRING,
    Type,
    list_of,
    map_of,
    object_of,
)

KINDS = {
    "null": NULL,
    "bool": BOOL,
    "int": INT,
    "double": DOUBLE,
    "string": STRING,
    "list": list_of(STRING),
    "map": map_of(INT),
    "object": object_of({"a": INT}),
}
CHOICE = Type("string", choices=("PASS", "FAIL"))


LEFT, RIGHT = Name(0, "a"), Name(5, "b")


def between(sign: str, left: Node = LEFT, right: Node = RIGHT) -> Binary:
    return Binary(2, sign, left, right)


def faults(sign: str, left: Type, right: Type, node: Binary | None = None) -> list[str]:
    return [str(fault) for fault in comparison(node or between(sign), left, right)]


@pytest.mark.parametrize(
    ("sign", "left", "right", "result"),
    [
        ("+", INT, INT, INT),
        ("+", INT, DOUBLE, DOUBLE),
        ("%", DOUBLE, DOUBLE, DOUBLE),
        ("/", INT, INT, INT),
        ("+", STRING, STRING, STRING),
        ("+", CHOICE, STRING, STRING),
        ("+", list_of(INT), list_of(DOUBLE), list_of(DOUBLE)),
        ("+", list_of(INT), list_of(STRING), list_of(ANY)),
        ("+", ANY, STRING, ANY),
        ("+", ANY, list_of(INT), ANY),
        ("-", INT, ANY, ANY),
        ("*", ANY, ANY, ANY),
    ],
)
def test_what_arithmetic_gives_is_known_as_far_as_its_sides_are(
    sign: str, left: Type, right: Type, result: Type
):
    assert arithmetic(between(sign), left, right) == result


@pytest.mark.parametrize("sign", "+-*/%")
def test_arithmetic_takes_numbers_and_only_plus_takes_texts_and_lists(sign: str):
    fits = {
        (left, right)
        for left, right in product(KINDS, KINDS)
        if isinstance(arithmetic(between(sign), KINDS[left], KINDS[right]), Type)
    }
    numbers = set(product(("int", "double"), repeat=2))
    assert fits == numbers | ({("string", "string"), ("list", "list")} if sign == "+" else set())


@pytest.mark.parametrize(
    ("sign", "left", "right", "hint"),
    [
        ("+", STRING, INT, "write `string(…)` around the number"),
        ("+", DOUBLE, STRING, "write `string(…)` around the number"),
        ("-", STRING, INT, ""),
        ("+", STRING, BOOL, ""),
        ("-", ANY, STRING, ""),
        ("+", ANY, NULL, ""),
    ],
)
def test_a_text_and_a_number_are_told_how_to_be_joined(sign: str, left: Type, right: Type, hint: str):
    fault = arithmetic(between(sign), left, right)
    assert isinstance(fault, ConditionFault)
    assert (fault.column, fault.hint) == (2, hint)


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
def test_only_numbers_texts_and_truth_values_have_an_order(sign: str):
    fits = {
        (left, right) for left, right in product(KINDS, KINDS) if not faults(sign, KINDS[left], KINDS[right])
    }
    numbers = set(product(("int", "double"), repeat=2))
    assert fits == numbers | {("string", "string"), ("bool", "bool")}


@pytest.mark.parametrize("sign", ["==", "!="])
def test_unlike_values_are_never_equal_and_everything_may_be_null(sign: str):
    fits = {
        (left, right) for left, right in product(KINDS, KINDS) if not faults(sign, KINDS[left], KINDS[right])
    }
    like = {(kind, kind) for kind in KINDS} | set(product(("int", "double"), repeat=2))
    like |= set(product(("map", "object"), repeat=2))
    assert fits == like | {pair for pair in product(KINDS, KINDS) if "null" in pair}


def test_in_needs_a_list_or_a_map_with_texts_for_keys():
    fits = {
        (left, right) for left, right in product(KINDS, KINDS) if not faults("in", KINDS[left], KINDS[right])
    }
    assert fits == {("string", "list"), ("null", "list"), ("string", "map"), ("string", "object")}


@pytest.mark.parametrize("sign", ["==", "!=", "<", "<=", ">", ">=", "in"])
def test_two_sides_of_unknown_type_are_no_fault(sign: str):
    assert faults(sign, ANY, ANY) == []


@pytest.mark.parametrize("kind", ["int", "double", "string", "bool"])
def test_what_may_have_an_order_is_no_fault_next_to_an_unknown_side(kind: str):
    assert faults("<", KINDS[kind], ANY) == faults(">", ANY, KINDS[kind]) == []


@pytest.mark.parametrize("kind", ["null", "list", "map", "object"])
def test_what_never_has_an_order_is_a_fault_next_to_an_unknown_side(kind: str):
    assert len(faults("<", KINDS[kind], ANY)) == len(faults(">", ANY, KINDS[kind])) == 1


@pytest.mark.parametrize(
    ("node", "left", "right", "count"),
    [
        (between("==", right=Literal(5, "PASS")), CHOICE, STRING, 0),
        (between("==", right=Literal(5, "NO")), CHOICE, STRING, 1),
        (between("!=", left=Literal(0, "pass")), STRING, CHOICE, 1),
        (
            between("==", left=Literal(0, "a"), right=Literal(5, "b")),
            Type("string", choices=("a",)),
            STRING,
            0,
        ),
        (between("in", right=ListOf(5, (Literal(6, "PASS"), Literal(9, "NO")))), CHOICE, list_of(STRING), 1),
        (between("in", right=ListOf(5, (Literal(6, "NO"), Name(9, "x")))), STRING, list_of(STRING), 0),
        (between("in", right=ListOf(5, (Literal(6, "n"), Literal(9, "m")))), CHOICE, list_of(STRING), 2),
    ],
)
def test_a_text_that_is_none_of_the_choices_is_told_where_it_stands(
    node, left: Type, right: Type, count: int
):
    assert len(faults(node.sign, left, right, node)) == count


def test_of_many_choices_only_the_first_are_listed():
    many = Type("string", choices=tuple(f"c{number}" for number in range(500)))
    (fault,) = faults("==", many, STRING, between("==", right=Literal(5, "zzzz")))
    assert fault == '"zzzz" is none of the possible values: ' + ", ".join(f'"c{n}"' for n in range(8))


def test_a_chain_of_comparisons_is_told_how_to_be_written():
    (fault,) = check("a < b <= c", {"a": INT, "b": INT, "c": INT})
    assert fault.hint == "write `a < b && b <= c`"
