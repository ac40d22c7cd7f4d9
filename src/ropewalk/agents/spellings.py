"""How a secret may be written: as it is, as JSON, a URL, a shell or a page write it, in base64, base32 and hex, and backwards.

White space never counts, neither in the secret nor in the text: what is wrapped, folded or printed line by line is the same.
"""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import AnyStr, Final
from urllib.parse import quote, quote_plus

SHORTEST: Final = 8
"""A shorter value is a word that stands in texts for other reasons."""

_WHITE = b" \t\n\r\x0b\x0c"
_LONGEST = 512
_PIECE = 256
_FEW = 4
_ARMOUR = "-----"


def without_spaces(text: str) -> str:
    """The text without white space, and without line breaks that are written out."""
    return "".join(text.split()).replace("\\n", "").replace("\\r", "")


def squeezed_bytes(data: bytes) -> bytes:
    """The same of bytes."""
    return data.translate(None, _WHITE).replace(b"\\n", b"").replace(b"\\r", b"")


def places(text: str) -> Sequence[int]:
    """Where in a text each sign of `squeezed(text)` stands."""
    kept = array("L", (at for at, sign in enumerate(text) if not sign.isspace()))
    return _without("".join(text.split()), kept, ("\\n", "\\r"))


def places_bytes(data: bytes) -> Sequence[int]:
    """The same of bytes."""
    kept = array("L", (at for at, sign in enumerate(data) if sign not in _WHITE))
    return _without(data.translate(None, _WHITE), kept, (b"\\n", b"\\r"))


def _without(tight: AnyStr, kept: array[int], breaks: Iterable[AnyStr]) -> array[int]:
    for separator in breaks:
        rest, start = array("L"), 0
        while (at := tight.find(separator, start)) >= 0:
            rest += kept[start:at]
            start = at + len(separator)
        kept = rest + kept[start:]
        tight = tight.replace(separator, separator[:0])
    return kept


def cut_out(text: AnyStr, tight: AnyStr, where: Sequence[int], needle: AnyStr, sign: AnyStr) -> AnyStr:
    """The text with `sign` in each place where `needle` stands in it squeezed: `tight` is that, `where` are its places."""
    parts: list[AnyStr] = []
    done = start = 0
    while (at := tight.find(needle, start)) >= 0:
        start = at + len(needle)
        parts += [text[done : where[at]], sign]
        done = where[start - 1] + 1
    parts.append(text[done:])
    return text[:0].join(parts)


def spellings(value: str) -> set[str]:
    """Every spelling, squeezed, of the value and, where it has several lines or is long, of each part of it."""
    parts = list(_parts(value))
    spelled = {
        without_spaces(spelling) for part in parts for spelling in _of(part, all_of_them=len(parts) <= _FEW)
    }
    return {spelling for spelling in spelled if len(spelling) >= SHORTEST}


def _parts(value: str) -> Iterator[str]:
    """The whole, then its lines; of what is very long pieces. The armour of keys and certificates says nothing."""
    if len(value) <= _LONGEST:
        yield value
    lines = [line.strip() for line in value.splitlines()]
    for line in lines if len(lines) > 1 or len(value) > _LONGEST else ():
        if line.startswith(_ARMOUR):
            continue
        for start in range(0, max(len(line) - SHORTEST, 1), _PIECE):
            yield line[start : start + _PIECE + SHORTEST]


def _of(part: str, *, all_of_them: bool) -> Iterator[str]:
    raw = part.encode("utf-8", "surrogateescape")
    yield part
    yield part[::-1]
    yield raw.hex()
    yield raw.hex().upper()
    yield from _base64(raw)
    yield from _url(part)
    in_json = json.dumps(part, ensure_ascii=False)[1:-1]
    yield in_json
    yield json.dumps(part)[1:-1]
    if not all_of_them:
        return
    yield in_json.replace("/", "\\/")
    yield json.dumps(in_json)[1:-1]
    yield html.escape(part)
    yield repr(part)[1:-1]
    yield shlex.quote(part).strip("'")
    yield part.replace("'", "'\\''")
    yield re.sub(r"([^\w@%+=:,./-])", r"\\\1", part)
    yield from _base32(raw)


def _url(part: str) -> Iterator[str]:
    text = part.encode("utf-8", "surrogateescape")
    for coded in (quote(text, safe=""), quote(text), quote_plus(text)):
        yield coded
        yield re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), coded)


def _base64(raw: bytes) -> Iterator[str]:
    """At each of the three offsets; what depends on neighbours is left out at both ends."""
    for offset in range(3):
        for code in (base64.b64encode, base64.urlsafe_b64encode):
            coded = code(b"\0" * offset + raw).decode().rstrip("=")
            yield coded[offset + 1 if offset else 0 : -1]


def _base32(raw: bytes) -> Iterator[str]:
    for offset in range(5):
        coded = base64.b32encode(b"\0" * offset + raw).decode().rstrip("=")
        yield coded[-(-offset * 8 // 5) : -1]
