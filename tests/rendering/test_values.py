"""Values in texts: as JSON writes them, and texts as they are."""

from __future__ import annotations

import pytest

from ropewalk.rendering.values import as_text, as_written


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, ""),
        ("it's", "it's"),
        (1.5, "1.5"),
        ([1, "a"], '[1,"a"]'),
        ({"a": None}, '{"a":null}'),
        ({}, "{}"),
        ("", ""),
        (0, "0"),
        ([1, "é"], '[1,"é"]'),
    ],
)
def test_a_value_is_written_as_json_writes_it_and_a_text_as_it_is(value, text):
    assert as_text(value) == text
    assert str(as_written(value)) == text
