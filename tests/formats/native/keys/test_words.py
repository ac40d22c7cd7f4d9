"""Reading and the JSON Schema agree on what each shared form takes, so an editor and the program say the same of a file."""

from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from ropewalk.formats.native.keys import words


def is_read(form: Any, value: Any) -> bool:
    try:
        msgspec.convert(value, form)
    except msgspec.ValidationError:
        return False
    return True


def is_valid(form: Any, value: Any) -> bool:
    return Draft202012Validator(msgspec.json.schema(form)).is_valid(value)


@pytest.mark.parametrize(
    ("form", "value", "fits"),
    [
        ("Text", "x", True),
        ("Text", "", False),
        ("Text", "\u202e", True),
        ("Text", None, False),
        ("Names", "x", True),
        ("Names", [], True),
        ("Names", ["x", ""], False),
        ("Names", [["x"]], False),
        ("Duration", "none", True),
        ("Duration", "1h30m", True),
        ("Duration", "1.5h500ms", True),
        ("Duration", 0, True),
        ("Duration", 0.5, True),
        ("Duration", -1, False),
        ("Duration", True, False),
        ("Duration", "", False),
        ("Duration", "5", False),
        ("Duration", "-5s", False),
        ("Duration", " 5s", False),
        ("Duration", "5 s", False),
        ("Duration", "5S", False),
        ("Duration", ".5s", False),
        ("Duration", "5.s", False),
        ("Duration", "none5s", False),
        ("Duration", "٣m", False),
        ("Duration", "9" * 15 + "w", True),
        ("Duration", "9" * 16 + "s", False),
        ("Count", 0, True),
        ("Count", -1, False),
        ("Positive", 1, True),
        ("Positive", 0, False),
        ("Positive", True, False),
        ("Positive", "1", False),
        ("Amount", 0, True),
        ("Amount", -0.01, False),
        ("Value", True, True),
        ("Value", None, False),
        ("Value", [], False),
        ("Command", "x", True),
        ("Command", "", False),
        ("Command", ["x", 1, 0.5, ""], True),
        ("Command", [], False),
        ("Command", [True], False),
        ("Command", [None], False),
        ("SecretNames", {"V": "name"}, True),
        ("SecretNames", {"V": ""}, False),
        ("SecretNames", {"V": ["name"]}, False),
        ("Open", {}, True),
        ("Open", {"a": [{"b": None}]}, True),
        ("Open", [], False),
    ],
)
def test_a_form_is_read_exactly_where_the_schema_takes_it(form, value, fits):
    kind = getattr(words, form)
    assert (is_read(kind, value), is_valid(kind, value)) == (fits, fits)


@pytest.mark.parametrize("name", ["a b", "a.b", "-a", "é", "a" * 101])
def test_a_name_that_cannot_be_one_is_shown_by_the_editor_already(name):
    """Reading takes it, so that the check can say at once all that is wrong with it."""
    assert not is_valid(words.Identifier, name)
    assert is_read(words.Identifier, name)
