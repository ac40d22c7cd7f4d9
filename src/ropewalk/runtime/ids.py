"""Ids of runs: they sort by time and never collide, also not between two processes in the same millisecond."""

from __future__ import annotations

import os

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_last = 0


def new_run_id(now: float) -> str:
    """Nine letters of time (milliseconds, never the same twice in a process), a dash, eight of chance."""
    global _last
    _last = max(int(now * 1000), _last + 1)
    return f"{_letters(_last, 9)}-{_letters(int.from_bytes(os.urandom(5)), 8)}"


def _letters(number: int, length: int) -> str:
    letters = []
    for _ in range(length):
        number, rest = divmod(number, 32)
        letters.append(_ALPHABET[rest])
    return "".join(reversed(letters))
