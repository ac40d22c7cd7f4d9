"""How deep data from outside may be nested: JSON and TOML of any door are read here, so that nothing deeper than MAX_DEPTH
levels comes in, whatever a person, a file, an agent or another program sends."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

import msgspec

MAX_DEPTH: Final = 64
"""Lists and objects inside each other. What people and agents write has ten at most."""

RECORD_DEPTH: Final = 2 * MAX_DEPTH
"""The same for an event, in which such values stand inside others."""

# A string that is not closed reaches to the end: each character is looked at once.
_STRINGS: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_OTHERS: Final = bytes(sorted({*range(256)} - {*b"[]{}"}))


class TooDeep(msgspec.DecodeError):
    """Lists and objects inside each other, more of them than are read."""

    def __init__(self, limit: int = MAX_DEPTH) -> None:
        super().__init__(f"it is nested deeper than {limit} levels; make it flatter")


def is_deep(data: bytes, limit: int = MAX_DEPTH) -> bool:
    """Whether a JSON text is nested deeper than this, found without reading it. Of what is no JSON nothing is said."""
    if data.count(b"[") + data.count(b"{") <= limit:
        return False
    left = _STRINGS.sub(b"", data).translate(None, _OTHERS)
    # Each pass takes the innermost brackets away.
    for _ in range(limit):
        shorter = left.replace(b"[]", b"").replace(b"{}", b"")
        if len(shorter) == len(left):
            break
        left = shorter
    return bool(left)


def read_json(text: str | bytes, kind: Any = Any) -> Any:
    """The value of a JSON text. Raises msgspec.DecodeError, a ValueError, also when it is nested too deep."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH and is_deep(data) and not _is_broken(data):
        raise TooDeep
    try:
        return msgspec.json.decode(data, type=kind)
    except RecursionError as error:
        raise TooDeep from error


def _is_broken(data: bytes) -> bool:
    """Whether brackets that do not fit each other, and not their number, are what is wrong."""
    try:
        msgspec.json.decode(data)
    except RecursionError:
        return False
    except msgspec.DecodeError:
        return True
    return False


def read_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises a ValueError (TOMLDecodeError, TooDeep)."""
    try:
        tables = tomllib.loads(text)
    except RecursionError as error:
        raise TooDeep from error
    if holds_deep(tables):
        raise TooDeep
    return tables


def holds_deep(value: Any, limit: int = MAX_DEPTH) -> bool:
    """Whether plain data is nested deeper than this; also data that holds itself."""
    level = [value]
    for _ in range(limit + 1):
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list | tuple)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return False
    return True
