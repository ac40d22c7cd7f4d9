"""Secrets that an attempt holds never leave by what it says: known values are replaced in every spelling of them.

It is a net, not a wall: the wall is that only the attempt that names a secret holds it, and confinement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ropewalk.agents.spellings import SHORTEST, cut_out, places, spellings, without_spaces

_EDGE = 6
_GAPS = 4


class Redactor:
    """Replaces values by `[redacted NAME]`; `secrets` are values by name. Without any it changes nothing."""

    def __init__(self, secrets: Mapping[str, str] | None = None) -> None:
        self.values = {
            name: secret
            for name, secret in (secrets or {}).items()
            if len(without_spaces(secret)) >= SHORTEST
        }
        self.names: dict[str, str] = {}
        """Each spelling, squeezed, with the name of its secret."""
        self.plain: dict[str, str] = {}
        """The lines of each, as they are but squeezed, with its name."""
        for name, value in self.values.items():
            self.names |= dict.fromkeys(spellings(value), name)
            self.plain |= dict.fromkeys(map(without_spaces, value.splitlines()), name)
        self._order = sorted(self.names, key=len, reverse=True)
        self._by_first: dict[str, list[str]] = {}
        for spelling in self._order:
            self._by_first.setdefault(spelling[0], []).append(spelling)
        self._longest = len(self._order[0]) if self._order else 0

    def __bool__(self) -> bool:
        """Whether there is anything to hide."""
        return bool(self._order)

    def text(self, text: str) -> str:
        """The text without the secrets."""
        for spelling in self.within(without_spaces(text)) if self._order else ():
            tight = without_spaces(text)
            if spelling in tight:  # it may have gone with a longer one
                text = cut_out(text, tight, places(text), spelling, f"[redacted {self.names[spelling]}]")
        return text

    def within(self, tight: str) -> list[str]:
        """The spellings that occur in a squeezed text, the longest first."""
        return [spelling for spelling in self._order if spelling in tight]

    def data(self, value: Any) -> Any:
        """Plain data (mappings, lists, texts, Structs) without the secrets, also where a text was cut inside of one."""
        return _mapped(value, self._cut) if self._order else value

    def held_from(self, text: str) -> int:
        """Where the end of the text begins that may become a secret with what comes next."""
        window = text[-_GAPS * self._longest :]
        # A backslash may be half of a line break that is written out.
        window = window[: len(window) - window.endswith("\\")]
        tight = without_spaces(window)
        for at in range(max(len(tight) - self._longest, 0), len(tight)):
            rest = tight[at:]
            if any(spelling.startswith(rest) for spelling in self._by_first.get(rest[0], ())):
                return max(len(text) - _GAPS * self._longest, 0) + places(window)[at]
        return len(text)

    def _cut(self, text: str) -> str:
        text = self.text(text)
        for plain in self.plain:
            text = self._without_end(self._without_start(text, plain), plain)
        return text

    def _without_start(self, text: str, plain: str) -> str:
        """Without the end of a secret with which the text begins."""
        head = text[: _GAPS * self._longest]
        tight = without_spaces(head)
        for length in range(len(plain) - 1, _EDGE - 1, -1):
            if tight.startswith(plain[-length:]):
                where = places(head)
                return f"{text[: where[0]]}[redacted]{text[where[length - 1] + 1 :]}"
        return text

    def _without_end(self, text: str, plain: str) -> str:
        """Without the beginning of a secret with which the text ends."""
        before = max(len(text) - _GAPS * self._longest, 0)
        tight = without_spaces(text[before:])
        for length in range(len(plain) - 1, _EDGE - 1, -1):
            if tight.endswith(plain[:length]):
                where = places(text[before:])
                return f"{text[: before + where[-length]]}[redacted]{text[before + where[-1] + 1 :]}"
        return text


class Stream:
    """A text that comes in pieces: what may be the beginning of a secret is held back until the rest has come."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._held = ""

    def take(self, text: str) -> str:
        """One more piece; gives what can be shown by now."""
        if not self._redactor:
            return text
        text = self._redactor.text(self._held + text)
        at = self._redactor.held_from(text)
        self._held = text[at:]
        return text[:at]

    def close(self) -> str:
        """What was held back; nothing more comes."""
        rest, self._held = self._held, ""
        return rest


def _mapped(value: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(value, msgspec.Struct):
        fields = {name: _mapped(getattr(value, name), clean) for name in value.__struct_fields__}
        return type(value)(**fields)
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {_mapped(key, clean): _mapped(item, clean) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_mapped(item, clean) for item in value)
    return value
