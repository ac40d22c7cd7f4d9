"""Data that is nested without end is told in a sentence, whatever else is in it; what people write is read as it is."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import msgspec
import pytest

from ropewalk.nesting import MAX_DEPTH, TooDeep, holds_deep, is_deep, read_json, read_toml

FAR = 100_000


def nested(depth: int, last: str = "1") -> str:
    return "[" * depth + last + "]" * depth


@pytest.mark.parametrize(
    "text",
    [
        nested(FAR),
        "[" * FAR,
        '{"a":' * FAR + "1" + "}" * FAR,
        '[{"a": "]}", "b":' * FAR,
        nested(MAX_DEPTH + 1),
        nested(900),
    ],
)
def test_what_is_nested_too_deep_is_told_so(text: str):
    for given in (text, text.encode()):
        with pytest.raises(TooDeep, match=f"deeper than {MAX_DEPTH} levels"):
            read_json(given)
    assert is_deep(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        nested(MAX_DEPTH),
        "[" + ", ".join(["[[[1]]]"] * 1000) + "]",
        json.dumps({"text": "[{" * FAR}),
        json.dumps(["\\", '"[', '\\"[[', "é[["] * 100),
    ],
)
def test_what_is_flat_is_read_as_it_is(text: str):
    assert read_json(text) == json.loads(text)
    assert not is_deep(text.encode())


def test_other_faults_are_told_as_they_are():
    with pytest.raises(msgspec.DecodeError, match="malformed"):
        read_json("] [" * 200)
    with pytest.raises(msgspec.DecodeError, match="truncated"):
        read_json("[1")
    with pytest.raises(msgspec.ValidationError):
        read_json('{"a": "b"}', dict[str, int])


def test_a_text_that_never_ends_is_looked_at_once():
    assert not is_deep(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1) + b'"\\"' * FAR, MAX_DEPTH + 1)


def test_tables_are_bounded_like_objects():
    assert read_toml("a = [[1]]") == {"a": [[1]]}
    with pytest.raises(tomllib.TOMLDecodeError):
        read_toml("a = [")
    for depth in (MAX_DEPTH, 300, FAR):
        with pytest.raises(TooDeep):
            read_toml(f"a = {nested(depth)}")
    with pytest.raises(TooDeep):
        read_toml("a" + ".a" * 300 + " = 1")


def test_data_that_holds_itself_is_deep():
    ring: list[Any] = []
    ring.append(ring)
    assert holds_deep(ring)
    assert not holds_deep(read_json(nested(MAX_DEPTH)))
    assert holds_deep([read_json(nested(MAX_DEPTH))])
    assert not holds_deep("[" * FAR)
