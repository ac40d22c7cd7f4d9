"""Secrets that an attempt holds never leave by what it says: known values are replaced in every spelling of them.

It is a net, not a wall: the wall is that only the attempt that names a secret holds it, and confinement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from weft.agents.spellings import GAP, SHORTEST, spellings, squeezed

_EDGE = 6
_GAPS = 4


class Redactor:
    """Replaces values by `[redacted NAME]`; `secrets` are values by name. Without any it changes nothing."""

    def __init__(self, secrets: Mapping[str, str] | None = None) -> None:
        self.values = {name: one for name, one in (secrets or {}).items() if len(squeezed(one)) >= SHORTEST}
        self.names: dict[str, str] = {}
        """Each spelling, squeezed, with the name of its secret."""
        self.plain: dict[str, str] = {}
        """The lines of each, as they are but squeezed, with its name."""
        for name, value in self.values.items():
            self.names |= dict.fromkeys(spellings(value), name)
            self.plain |= dict.fromkeys(map(squeezed, value.splitlines()), name)
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
        for spelling in self.within(squeezed(text)) if self._order else ():
            text = _pattern(spelling).sub(f"[redacted {self.names[spelling]}]", text)
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
        half = window.endswith("\\")
        tight = squeezed(window[:-1] if half else window)[-self._longest :]
        for at, sign in enumerate(tight):
            rest = tight[at:]
            if any(spelling.startswith(rest) for spelling in self._by_first.get(sign, ())):
                return _before(text, len(rest), len(text) - half)
        return len(text)

    def _cut(self, text: str) -> str:
        text = self.text(text)
        tight = squeezed(text[: _GAPS * self._longest])
        end = squeezed(text[-_GAPS * self._longest :])
        for plain in self.plain:
            for length in range(len(plain) - 1, _EDGE - 1, -1):
                if tight.startswith(plain[-length:]):
                    text = _pattern(plain[-length:]).sub("[redacted]", text, count=1)
                    break
            for length in range(len(plain) - 1, _EDGE - 1, -1):
                if end.endswith(plain[:length]):
                    at = list(_pattern(plain[:length]).finditer(text))[-1]
                    text = f"{text[: at.start()]}[redacted]{text[at.end() :]}"
                    break
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


def _before(text: str, count: int, at: int) -> int:
    """Where the last `count` characters before `at` begin; white space is not counted."""
    while count:
        at -= 1
        if text[at].isspace():
            continue
        if text[at] in "nr" and at and text[at - 1] == "\\":
            at -= 1
            continue
        count -= 1
    return at


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


@lru_cache(maxsize=4096)
def _pattern(spelling: str) -> re.Pattern[str]:
    return re.compile(GAP.join(map(re.escape, spelling)))
