"""What the checker says reads as a sentence: the article, the nearest name, and a hint that can be followed."""

from __future__ import annotations

import pytest

from ropewalk.definition.condition.faults import ConditionFault, a, as_test, nearest_to, unknown, unquoted
from ropewalk.definition.condition.nodes import Literal, Name
from ropewalk.definition.condition.types import (
    ANY,
    BOOL,
    COLLECTION,
    DOUBLE,
    INT,
    NULL,
    STRING,
    list_of,
    map_of,
    object_of,
)


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (ConditionFault(0, "it is so"), "it is so"),
        (ConditionFault(0, "it is so", "near", "do this"), "it is so (do this)"),
        (ConditionFault(9, "it is so", "near"), "it is so"),
    ],
)
def test_a_fault_reads_as_one_line(fault: ConditionFault, line: str):
    assert str(fault) == line


@pytest.mark.parametrize(
    ("type_", "words"),
    [
        (INT, "an integer"),
        (DOUBLE, "a number"),
        (BOOL, "a boolean"),
        (STRING, "a string"),
        (NULL, "null"),
        (ANY, "anything"),
        (COLLECTION, "a list or map"),
        (object_of({}), "an object"),
        (map_of(INT), "a map of integer"),
        (list_of(list_of(STRING)), "a list of list of string"),
        (list_of(), "a list"),
    ],
)
def test_a_type_is_named_as_a_sentence_needs_it(type_, words: str):
    assert a(type_) == words


@pytest.mark.parametrize(
    ("type_", "hint"),
    [
        (INT, "compare it, for example `… > 0`"),
        (DOUBLE, "compare it, for example `… > 0`"),
        (list_of(), "ask for its size, for example `size(…) > 0`"),
        (object_of({}), "ask for its size, for example `size(…) > 0`"),
        (STRING, 'compare it, for example `… == "text"`'),
        (NULL, ""),
        (BOOL, ""),
    ],
)
def test_a_value_that_is_no_test_is_told_how_to_become_one(type_, hint: str):
    assert as_test(type_) == hint


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("cuont", ["count", "rate"], "count"),
        ("COUNT", ["count"], "count"),
        ("count", ["Count"], "Count"),
        ("zzz", ["count"], ""),
        ("", ["count"], ""),
        ("count", [], ""),
    ],
)
def test_the_nearest_name_is_a_close_one_or_none(name: str, known: list[str], expected: str):
    assert nearest_to(name, known) == expected


def test_an_unknown_name_asks_whether_the_nearest_was_meant():
    assert unknown(3, "no `cuont`", "cuont", ["count"]) == ConditionFault(
        3, "no `cuont`", "count", "did you mean `count`?"
    )
    assert unknown(3, "no `zzz`", "zzz", ["count"]) == ConditionFault(3, "no `zzz`")


def test_a_hint_of_its_own_goes_before_the_nearest_name():
    assert unknown(0, "no `True`", "True", ["true"], "write `true`").hint == "write `true`"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("5", "write 5 without quotes"),
        ("-5", "write -5 without quotes"),
        ("1.5", "write 1.5 without quotes"),
        ("TRUE", "write true without quotes"),
        ("false", "write false without quotes"),
        ("", ""),
        ("-", ""),
        ("five", ""),
        ("1.2.3", ""),
        ("5.", ""),
        ("²", ""),
        ("٣", ""),
        ("null", ""),
    ],
)
def test_only_a_text_that_spells_a_number_or_a_truth_value_is_to_lose_its_quotes(text: str, hint: str):
    assert unquoted(Name(0, "a"), Literal(5, text)) == hint
    assert unquoted(Literal(0, text), Literal(5, 1)) == hint


def test_what_is_written_without_quotes_gets_no_such_hint():
    assert unquoted(Literal(0, 5), Literal(3, True), Literal(6, None), Name(9, "a")) == ""
