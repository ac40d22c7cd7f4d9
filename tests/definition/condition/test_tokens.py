"""Tokens: columns of the text as written, decoded literals, and a hint for each common slip."""

from __future__ import annotations

import pytest

from ropewalk.definition.condition.tokens import MAX_LENGTH, tokens
from ropewalk.errors import ConditionError


def values(source: str) -> list[object]:
    return [token.value for token in tokens(source)[:-1]]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('"a\\n\\x41\\u00e9\\U0001F600\\101\\\\"', "a\nAé😀A\\"),
        ("'it\"s'", 'it"s'),
        ("r'\\d+'", "\\d+"),
        ('R"""a\n\\"""', "a\n\\"),
        ("'''a'b\nc'''", "a'b\nc"),
        ('""', ""),
        ("12", 12),
        ("0xff", 255),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        ("2e-1", 0.2),
        ("9223372036854775807", 2**63 - 1),
    ],
)
def test_a_literal_is_decoded(source, value):
    assert values(source) == [value]


def test_spaces_and_remarks_are_passed_over_and_columns_kept():
    found = tokens("  a // why\n == 1")
    assert [(token.text, token.at) for token in found] == [("a", 2), ("==", 12), ("1", 15), ("", 16)]


def test_the_friendly_wrapper_is_taken_off_and_columns_kept():
    assert [(token.text, token.at) for token in tokens(" ${{ a }} ")] == [("a", 5), ("", 7)]


@pytest.mark.parametrize(
    ("source", "column", "hint"),
    [
        ("a = 1", 2, "write `==` to compare"),
        ("a === 1", 2, "write `==`"),
        ("a !== 1", 2, "write `!=`"),
        ("a & b", 2, "write `&&`"),
        ("a | b", 2, "write `||`"),
        ("x == 'open", 5, "close the text with `'`"),
        ('x == "open', 5, 'close the text with `"`'),
        ("$x", 0, "wrap the condition whole in `${{ … }}`, or write the name alone"),
        ("b'x'", 0, "leave the `b` before the text out"),
        ("'a\\q'", 2, 'write `\\\\` for one backslash, or r"…"'),
        ("'\\U00110000'", 1, ""),
        ("'\\ud800'", 0, ""),
        ("a // \ud800", 5, ""),
        ("99999999999999999999", 0, "whole numbers go up to 9223372036854775807"),
        ("1e999", 0, ""),
        ("a # b", 2, ""),
        ("a" * (MAX_LENGTH + 1), MAX_LENGTH, "let a step work it out and give it as an output"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_column(source, column, hint):
    with pytest.raises(ConditionError) as error:
        tokens(source)
    assert (error.value.column, error.value.where["hint"]) == (column, hint)


@pytest.mark.parametrize("blank", ["\u00a0", "\u2003", "\x0b", "\x1d", "\u200b"])
def test_a_blank_that_is_no_space_is_named_by_its_number(blank):
    with pytest.raises(
        ConditionError, match=rf"the character U\+{ord(blank):04X} cannot stand here"
    ) as refused:
        tokens(f"1 =={blank}1")
    assert (refused.value.column, refused.value.where["hint"]) == (4, "write a space")
