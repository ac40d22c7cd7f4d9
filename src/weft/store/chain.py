"""How an event becomes bytes, and how a run's records hang together: each hash covers the whole record and the hash
before it, so that no byte of a history changes unseen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from math import isfinite
from zlib import crc32

import msgspec

from weft.core.events import AnyEvent, Event
from weft.errors import StoreError

GENESIS = bytes(32)
"""The hash before a run's first record."""

_json = msgspec.json.Encoder().encode
_pack = msgspec.msgpack.Encoder().encode


def packed(run: str, at: float, actor: str, cause: str, events: Sequence[Event]) -> list[tuple[str, bytes]]:
    """Kind and JSON of each event. Raises StoreError for what no store could give back as it was."""
    try:
        if not run or not isfinite(at):
            raise ValueError("it needs a run and a time")
        f"{run}{actor}{cause}".encode()
        return [(kind_of(event), _json(event)) for event in events]
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        kinds = ", ".join(sorted({kind_of(event) for event in events}))
        raise StoreError(f"What run {run!r} is to be told ({kinds}) cannot be stored: {error}.") from error


def unpack(body: bytes) -> Event:
    """Raises msgspec's errors, all of them ValueErrors, for an event that is not known here."""
    return _decoder()(body)


@cache
def _decoder() -> Callable[[bytes], Event]:
    """Made when first needed: reading thirty-odd types takes a while."""
    return msgspec.json.Decoder(AnyEvent).decode


def moment(at: float) -> float:
    """A time as every store gives it back: a float, and no negative zero, which SQLite would lose."""
    return float(at) + 0.0


def kind_of(event: Event) -> str:
    """`step.started` for a StepStarted."""
    return str(type(event).__struct_config__.tag)


def link(
    previous: bytes, run: str, version: int, at: float, kind: str, actor: str, cause: str, body: bytes
) -> bytes:
    """The hash of a record: sha256 over a MessagePack array of the hash before it and its columns, then its body."""
    return sha256(_pack((previous, run, version, at, kind, actor, cause)) + body).digest()


def seal(position: int, digest: bytes) -> int:
    """Binds a record to its place in the feed, which differs from store to store and so stays out of the hash."""
    return crc32(digest + position.to_bytes(8, "big", signed=True))
