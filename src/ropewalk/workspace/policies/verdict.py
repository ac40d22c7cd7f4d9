"""What a policy may answer: joined, in dispute, or not its kind of file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct


class Hunk(Struct, frozen=True, omit_defaults=True):
    """One place where both sides changed: a line, key or section, and the text of each; None where a side has nothing."""

    where: str
    base: str | None = None
    ours: str | None = None
    theirs: str | None = None


class MergedContent(Struct, frozen=True):
    """Both sides are in `content`. `value` is what it means, for a policy that works on meaning."""

    content: bytes
    value: Any = None


class Clash(Struct, frozen=True):
    """The sides disagree, here."""

    hunks: tuple[Hunk, ...]


class Unfit(Struct, frozen=True):
    """The policy cannot read these files."""

    reason: str


Verdict = MergedContent | Clash | Unfit
Policy = Callable[[bytes | None, bytes, bytes], Verdict]
"""`policy(base, ours, theirs)`; base None when both sides created the file. Pure."""


def settled(base: bytes | None, ours: bytes, theirs: bytes) -> bytes | None:
    """The answer when only one side changed, or both alike; None when there is something to join."""
    if ours == theirs or base == theirs:
        return ours
    return theirs if base == ours else None
