"""What a key takes, and what stands there instead, is said in the words of a person who writes the file."""

from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta, Struct, inspect

from ropewalk.formats.native.keys.document import DocumentKeys
from ropewalk.formats.native.keys.step import StepKeys
from ropewalk.formats.native.keys.words import Amount, Command, Count, Duration, Names, Positive, Text
from ropewalk.formats.native.wording import (
    KNOWN_AS,
    PATTERNS,
    alternatives,
    either,
    expected,
    hint,
    kind_in_words,
    plural,
)

Colour = Literal["red", "green"]


class Shape(Struct):
    """Any mapping."""


def kind(of: Any) -> Any:
    return inspect.type_info(of)


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (str, "text"),
        (Text, "text"),
        (bool, "true or false"),
        (int, "a whole number"),
        (Count, "a whole number"),
        (Positive, "a whole number of at least 1"),
        (Amount, "a number"),
        (Annotated[float, Meta(ge=1.5)], "a number of at least 1.5"),
        (Colour, "`green` or `red`"),
        (Literal[1], "`1`"),
        (list[str], "a list of texts"),
        (list[str | Shape], "a list of texts or mappings"),
        (list[list[int]], "a list of lists"),
        (dict[str, int], "a mapping"),
        (Shape, "a mapping"),
        (Names, "text or a list of texts"),
        (Command, "text or a list of texts or values"),
        (Duration, "a duration such as 90s, 5m or 1h30m or a number of seconds"),
        (Duration | Shape, "a duration such as 90s, 5m or 1h30m, a number of seconds or a mapping"),
        (Colour | list[Colour], "`green` or `red`, or a list of them"),
        (str | None, "text"),
        (bool | Positive | Shape, "true or false, a whole number of at least 1 or a mapping"),
    ],
)
def test_what_a_key_takes_is_the_end_of_a_sentence(of, words):
    assert expected(kind(of)) == words


def test_every_pattern_of_a_key_has_words_of_its_own():
    """A pattern that is written otherwise than its words know it would be explained as any text."""
    patterned = [
        alternative
        for struct in (StepKeys, DocumentKeys)
        for field in kind(struct).fields
        for alternative in alternatives(field.type)
        if isinstance(alternative, inspect.StrType) and alternative.pattern
    ]
    words = {expected(alternative) for alternative in patterned}
    assert words == {text for _, text in PATTERNS}


def test_a_union_in_a_union_is_one_list_of_alternatives_without_notes_for_the_schema():
    of = Annotated[Annotated[str, Meta(description="x")] | Annotated[int, Meta(ge=1)], Meta(title="y")] | None
    assert [type(alternative) for alternative in alternatives(kind(of))] == [
        inspect.StrType,
        inspect.IntType,
        inspect.NoneType,
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")],
)
def test_alternatives_are_joined_as_one_says_them(words, sentence):
    assert either(words) == sentence


def test_kinds_of_items_are_each_named_once():
    assert plural(kind(int | float | str)) == "values or texts"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "true"),
        (False, "false"),
        (0, "the number 0"),
        (1.5, "the number 1.5"),
        ("", "the text ``"),
        ("x" * 40, f"the text `{'x' * 40}`"),
        ("x" * 41, f"the text `{'x' * 37}...`"),
        ("é" * 1_000_000, f"the text `{'é' * 37}...`"),
        ([], "a list"),
        ([[None]], "a list"),
        ({}, "a mapping"),
    ],
)
def test_what_stands_there_is_named_and_a_long_text_is_cut(value, words):
    assert kind_in_words(value) == words


@pytest.mark.parametrize(
    ("of", "value", "advice"),
    [
        (Text, None, "write a value, or remove the key"),
        (Text, True, "put it in quotes"),
        (Names, 1.5, "put it in quotes"),
        (list[str], 5, ""),
        (bool, "Yes", "write true or false"),
        (bool, "off", "write true or false"),
        (bool, "maybe", ""),
        (bool, "1", ""),
        (Positive, "on", ""),
        (Positive, "3", "remove the quotes"),
        (Positive, "-3", "remove the quotes"),
        (Positive, "3.5", ""),
        (Positive, "3\n", ""),
        (Positive, "9" * 5_000, "remove the quotes"),
        (Amount, "3.5", "remove the quotes"),
        (Amount, "1e5", "remove the quotes"),
        (Amount, "nan", ""),
        (Amount, "infinity", ""),
        (Amount, "1_000", ""),
        (Amount, "٣", ""),
        (Literal[1], "1", "remove the quotes"),
        (Literal[1], "2", ""),
        (Colour, "red", ""),
        (Shape, "5", ""),
        (Names, "5", ""),
    ],
)
def test_the_hint_is_given_only_where_following_it_would_help(of, value, advice):
    assert hint(kind(of), value) == advice


def test_what_other_systems_call_a_key_leads_to_a_key_that_exists():
    keys = {field.encode_name for of in (StepKeys, DocumentKeys) for field in kind(of).fields}
    assert set(KNOWN_AS.values()) <= keys
    assert not KNOWN_AS.keys() & {field.encode_name for field in kind(StepKeys).fields}
