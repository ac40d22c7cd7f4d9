"""What a policy may answer: joined, in dispute, or not its kind of file; and how its places in dispute are known again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct


class Hunk(Struct, frozen=True, omit_defaults=True):
    """One place where both sides changed: a line, key or section, and the text of each; None where a side has nothing. A place that
    can be settled alone has an `id`."""

    where: str
    base: str | None = None
    ours: str | None = None
    theirs: str | None = None
    id: str = ""


class Picks:
    """What was settled hunk by hunk, by id: `ours`, `theirs`, or bytes to stand there. A hunk is known by what it says, since
    lines move while others are settled; equal ones are told apart by their order. One object serves one pass over a file."""

    def __init__(self, chosen: Mapping[str, bytes | str | None] | None = None) -> None:
        self._chosen = chosen or {}
        self._seen: Counter[bytes] = Counter()

    def hunk(self, where: str, base: str | None, ours: str | None, theirs: str | None) -> Hunk:
        """The next place in dispute of the file."""
        texts = msgspec.json.encode([base, ours, theirs])
        self._seen[texts] += 1
        name = sha256(b"%d %s" % (self._seen[texts], texts)).hexdigest()[:16]
        return Hunk(where, base, ours, theirs, name)

    def of(self, hunk: Hunk) -> bytes | str | None:
        """What is to stand there; None while that is open."""
        return self._chosen.get(hunk.id)


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
