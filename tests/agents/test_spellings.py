"""A secret is known again however it is written."""

import base64
import html
import json
import shlex
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ropewalk.agents.spellings import (
    SHORTEST,
    places,
    places_bytes,
    spellings,
    squeezed_bytes,
    without_spaces,
)

SECRET = "p@ss/w+rd \"0'123$x<&"

WRITTEN = {
    "as it is": SECRET,
    "backwards": SECRET[::-1],
    "folded": SECRET[:9] + "\n" + SECRET[9:],
    "json": json.dumps(SECRET),
    "json in json": json.dumps(json.dumps(SECRET)),
    "json with slashes": json.dumps(SECRET).replace("/", "\\/"),
    "a url": quote(SECRET, safe=""),
    "a url in small letters": quote(SECRET, safe="").lower().replace("p%40", "p%40"),
    "a form": quote_plus(SECRET),
    "a page": html.escape(SECRET),
    "a shell": shlex.quote(SECRET),
    "python": repr(SECRET),
    "hex": SECRET.encode().hex(),
    "hex in capitals": SECRET.encode().hex().upper(),
    "hex with gaps": SECRET.encode().hex(" "),
    "wrapped base64": base64.encodebytes(b"x" * 60 + SECRET.encode() * 2).decode(),
    "base64 in json": json.dumps(base64.encodebytes(b"x" * 60 + SECRET.encode()).decode()),
    **{f"base64 after {n}": base64.b64encode(b"x" * n + SECRET.encode() + b"yz").decode() for n in range(4)},
    **{
        f"url base64 after {n}": base64.urlsafe_b64encode(b"\xff" * n + SECRET.encode()).decode()
        for n in range(4)
    },
    **{f"base32 after {n}": base64.b32encode(b"x" * n + SECRET.encode() + b"yz").decode() for n in range(6)},
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_it_is_found(text):
    tight = without_spaces(text)
    assert any(one in tight for one in spellings(SECRET))
    assert any(one.encode() in squeezed_bytes(text.encode()) for one in spellings(SECRET))


def test_each_line_of_a_key_counts_but_not_its_armour():
    key = (
        "-----BEGIN KEY-----\n"
        + "\n".join(f"line-{n}-of-the-key" for n in range(9))
        + "\nshort\n-----END KEY-----\n"
    )
    found = spellings(key)
    assert "line-4-of-the-key" in found
    assert "short" not in found
    assert not any(one.startswith("-----") and len(one) < 40 for one in found)


def test_a_part_of_a_very_long_value_counts():
    value = "".join(chr(97 + (n * n + n // 7) % 26) for n in range(2000))
    found = spellings(value)
    assert max(map(len, found)) < 2 * len(value)
    assert all(any(value[at : at + 300].find(one) >= 0 for one in found) for at in range(0, 1600, 100))


def test_no_spelling_is_so_short_that_it_is_a_word():
    assert all(len(one) >= SHORTEST for one in spellings("12345678"))


@given(st.text(alphabet="ab\\nr \n\x85\u2003", max_size=60))
def test_each_sign_of_a_squeezed_text_has_its_place(text):
    assert "".join(text[at] for at in places(text)) == without_spaces(text)


@given(st.text(alphabet="ab\\nr \n\x0b", max_size=60).map(str.encode))
def test_each_byte_of_squeezed_data_has_its_place(data):
    assert bytes(data[at] for at in places_bytes(data)) == squeezed_bytes(data)
