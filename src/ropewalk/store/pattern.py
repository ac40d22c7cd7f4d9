"""Patterns over kinds of events: `*` stands for any run of characters, everything else for itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence


def kind_matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Whether a kind matches one of the patterns; no pattern at all lets everything through."""
    if not patterns:
        return lambda kind: True
    whole = "|".join(".*".join(map(re.escape, pattern.split("*"))) for pattern in patterns)
    fits = re.compile(whole, re.DOTALL).fullmatch
    return lambda kind: fits(kind) is not None


def glob(pattern: str) -> str:
    """The same as SQLite's GLOB writes it, where `?` and `[` have a meaning too."""
    return re.sub(r"[?\[]", r"[\g<0>]", pattern)
