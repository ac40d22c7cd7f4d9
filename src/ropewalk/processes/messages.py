"""What the engine and a keeper say to each other: one request with its length before it, then lines and single letters.

No text of a request can hold a NUL, for the system's own calls cannot take one; so NUL parts them, and nothing is parsed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

DEDICATED = b"d"
"""To the fork server: fork a keeper for one command, with its socket and its three files (and a lock)."""

SHARED = b"s"
"""To the fork server: fork a keeper that takes many commands by the socket that comes along."""

COMMAND = b"c"
"""To a shared keeper: a command, with its socket and its three files."""

TERMINATE = b"t"
KILL = b"k"

HEADER_BYTES = 4


class Request:
    """What a keeper shall start: all in bytes, and the limits by the system's numbers."""

    __slots__ = ("argv", "environment", "folder", "limits")

    def __init__(
        self,
        argv: list[bytes],
        environment: Mapping[bytes, bytes],
        folder: bytes,
        limits: Sequence[tuple[int, int]],
    ) -> None:
        self.argv = argv
        self.environment = environment
        self.folder = folder
        self.limits = limits


def encode(
    argv: Iterable[str], environment: Mapping[str, str], folder: str, limits: Iterable[tuple[int, int]] = ()
) -> bytes:
    """A request as it goes over the socket. Raises ValueError for what no program can be given."""
    words = [os.fsencode(word) for word in argv]
    pairs = []
    for name, value in environment.items():
        if not name or "=" in name:
            raise ValueError(f"{name!r} cannot be the name of a variable")
        pairs.append(os.fsencode(name) + b"=" + os.fsencode(value))
    if not words or not words[0]:
        raise ValueError("a command needs a program")
    limited = b",".join(b"%d=%d" % pair for pair in limits)
    parts = [b"%d" % len(words), limited, os.fsencode(folder), *words, *pairs]
    if any(b"\0" in part for part in parts):
        raise ValueError("embedded null byte: neither a command nor its environment can hold one")
    body = b"\0".join(parts)
    return len(body).to_bytes(HEADER_BYTES, "big") + body


def decode(body: bytes) -> Request:
    """The request of a body (what follows the header)."""
    count, limited, folder, *rest = body.split(b"\0")
    words, pairs = rest[: int(count)], rest[int(count) :]
    environment = {name: value for name, _, value in (pair.partition(b"=") for pair in pairs)}
    limits = []
    for pair in limited.split(b",") if limited else ():
        which, _, value = pair.partition(b"=")
        limits.append((int(which), int(value)))
    return Request(words, environment, folder, limits)
