"""How an event becomes bytes, and how a run's records hang together: each hash covers the whole record and the hash
before it, so that no byte of a history changes unseen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from math import isfinite
from typing import get_args
from zlib import crc32

import msgspec

from ropewalk.core import EVENT_BYTES
from ropewalk.core.events import AnyEvent, Event
from ropewalk.errors import Unrecordable
from ropewalk.nesting import RECORD_DEPTH, TooDeep, is_deep

GENESIS = bytes(32)
"""The hash before a run's first record."""

BODY_BYTES = EVENT_BYTES

_json = msgspec.json.Encoder().encode
_decoders: dict[str, Callable[[bytes], Event]] = {}
_pack = msgspec.msgpack.Encoder().encode


def packed(run: str, at: float, actor: str, cause: str, events: Sequence[Event]) -> list[tuple[str, bytes]]:
    """Kind and JSON of each event. Raises Unrecordable for what no store could give back as it was."""
    try:
        if not run or not isfinite(at):
            raise ValueError("it needs a run and a time")
        f"{run}{actor}{cause}".encode()
        done = [(kind_of(event), _json(event)) for event in events]
        if any(len(body) > BODY_BYTES for _, body in done):
            raise ValueError(f"an event holds at most {BODY_BYTES} bytes; put what is long in a blob")
        if any(is_deep(body, RECORD_DEPTH) for _, body in done):
            raise TooDeep(RECORD_DEPTH)
        return done
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        kinds = ", ".join(sorted({kind_of(event) for event in events}))
        raise Unrecordable(run=run, what=kinds, reason=error) from error


def unpack(kind: str, body: bytes) -> Event:
    """Raises a ValueError, which msgspec's errors are too, for an event that is not known here."""
    return (_decoders.get(kind) or _decoder(kind))(body)


def _decoder(kind: str) -> Callable[[bytes], Event]:
    """Made when a kind is first met: reading all the types takes longer than reading a short history."""
    known = next((event for event in get_args(AnyEvent) if event.__struct_config__.tag == kind), None)
    if known is None:
        raise ValueError("no event of this kind is known")
    decode: Callable[[bytes], Event] = msgspec.json.Decoder(known).decode
    _decoders[kind] = decode
    return decode


def moment(at: float) -> float:
    """A time as every store gives it back: a float, and no negative zero, which SQLite would lose."""
    return float(at) + 0.0


def kind_of(event: Event) -> str:
    """`step.started` for a StepStarted."""
    return str(type(event).__struct_config__.tag)


def record_hash(
    previous: bytes, run: str, version: int, at: float, kind: str, actor: str, cause: str, body: bytes
) -> bytes:
    """The hash of a record: sha256 over a MessagePack array of the hash before it and its columns, then its body."""
    return sha256(_pack((previous, run, version, at, kind, actor, cause)) + body).digest()


def seal_of(*columns: object) -> bytes:
    """What a row next to the log is sealed with, over its columns in the order of the table."""
    return sha256(_pack(columns)).digest()


def seal(position: int, digest: bytes) -> int:
    """Binds a record to its place in the feed, which differs from store to store and so stays out of the hash."""
    return crc32(digest + position.to_bytes(8, "big", signed=True))
