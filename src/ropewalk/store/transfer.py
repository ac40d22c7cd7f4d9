"""A run on its way from one store to another: JSON lines, a heading first, each blob before the record that names it.

The events travel as the very bytes that were hashed, so that the chain holds in the new store too. What comes is data of
somebody else's making: sizes are bounded, ids and kinds are checked, and a `Judge` says whether it may come in.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from hashlib import sha256
from math import copysign
from typing import Protocol

import msgspec
from msgspec import Raw, Struct

from ropewalk.core import RUN_ID_RULE, is_run_id
from ropewalk.errors import NoSuchBlob, StoreError, Unreadable
from ropewalk.nesting import RECORD_DEPTH, TooDeep, is_deep
from ropewalk.store.chain import BODY_BYTES, GENESIS
from ropewalk.store.port import Parcel, Record, RunRow
from ropewalk.store.views import digests_in

PAGE = 500
LINE_BYTES = 4 * BODY_BYTES
"""A blob in base64, or an event with its hash, is never longer."""
PARCEL_BYTES = 2 * 1024**3


class ExportHeading(Struct, frozen=True, tag="run", tag_field="line"):
    """The run, how long its history is, and the hash at its end (hex)."""

    run: str
    version: int
    hash: str
    format: int = 1


class Blob(Struct, frozen=True, tag="blob", tag_field="line"):
    """`data` in base64."""

    digest: str
    data: bytes


class Written(Struct, frozen=True, tag="record", tag_field="line"):
    """A record without its position, which is the new store's to give."""

    version: int
    at: float
    kind: str
    actor: str
    cause: str
    hash: str
    event: Raw


class Source(Protocol):
    """As much of a store as sending needs."""

    async def row(self, run: str) -> RunRow: ...
    async def read(self, run: str, after: int = 0, limit: int | None = None) -> list[Record]: ...
    async def get_blob(self, digest: str) -> bytes: ...


async def send(store: Source, run: str) -> AsyncIterator[bytes]:
    """The lines of a run. Raises NoSuchRun, Corrupted."""
    version = (await store.row(run)).version
    (last,) = await store.read(run, version - 1, 1)
    yield _line(ExportHeading(run, version, last.hash))
    sent: set[str] = set()
    after = 0
    while after < version:
        for record in await store.read(run, after, min(PAGE, version - after)):
            for digest in digests_in(record.body):
                if digest not in sent:
                    sent.add(digest)
                    try:
                        yield _line(Blob(digest, await store.get_blob(digest)))
                    except NoSuchBlob:
                        continue  # not everything that looks like a digest names a blob of this store
            after = record.version
            yield _line(
                Written(
                    after,
                    record.at,
                    record.kind,
                    record.actor,
                    record.cause,
                    record.hash,
                    Raw(record.body),
                )
            )


async def receive(lines: AsyncIterable[bytes]) -> Parcel:
    """Read and check every line. Raises StoreError that names the line."""
    decode = msgspec.json.Decoder(ExportHeading | Blob | Written).decode
    parcel: Parcel | None = None
    number = total = 0
    async for line in lines:
        number += 1
        total += len(line)
        try:
            if len(line) > LINE_BYTES or total > PARCEL_BYTES:
                raise ValueError(f"it is larger than {LINE_BYTES} bytes a line, {PARCEL_BYTES} in all")
            if is_deep(line, RECORD_DEPTH + 2):
                raise TooDeep(RECORD_DEPTH)
            content = decode(line)
            if parcel is None:
                parcel = _begin(content)
            else:
                _add(parcel, content)
        except (ValueError, RecursionError, Unreadable) as error:
            raise StoreError(f"Line {number} is not what `ropewalk export` writes: {error}.") from error
    if parcel is None:
        raise StoreError("There is no run in this file: it is empty.")
    if not parcel.records or parcel.records[-1].hash != parcel.hash:
        raise StoreError(
            f"The file ends too early: run {parcel.run} has {parcel.version} records, "
            f"{len(parcel.records)} are here."
        )
    return parcel


def _begin(heading: ExportHeading | Blob | Written) -> Parcel:
    if not isinstance(heading, ExportHeading):
        raise ValueError("a heading must come first")
    if heading.format != 1:
        raise ValueError(f"format {heading.format} is newer than this ropewalk")
    if not is_run_id(heading.run):
        raise ValueError(f"{heading.run!r:.80} is no name for a run: {RUN_ID_RULE}")
    return Parcel(heading.run, heading.version, heading.hash, {}, [])


def _add(parcel: Parcel, content: ExportHeading | Blob | Written) -> None:
    if isinstance(content, Blob):
        if sha256(content.data).hexdigest() != content.digest:
            raise ValueError(f"blob {content.digest} was changed")
        parcel.blobs[content.digest] = content.data
    elif isinstance(content, Written):
        parcel.records.append(_checked(parcel, content))
    else:
        raise ValueError("a second heading")


def _checked(parcel: Parcel, written: Written) -> Record:
    run, version = parcel.run, len(parcel.records) + 1
    before = bytes.fromhex(parcel.records[-1].hash) if parcel.records else GENESIS
    body = bytes(written.event)
    record = Record(
        0, run, written.version, written.at, written.kind, written.actor, written.cause, body, written.hash
    )
    if written.version != version or record.hash_after(before).hex() != written.hash:
        raise ValueError(f"version {written.version} of run {run} was changed, or one before it is missing")
    if copysign(1.0, written.at) < 0:
        raise ValueError("it was written before all time")
    if len(body) > BODY_BYTES:
        raise ValueError(f"an event holds at most {BODY_BYTES} bytes")
    _ = record.event  # one that this ropewalk cannot read is refused here, not when somebody looks at the run
    return record


def _line(content: Struct) -> bytes:
    return msgspec.json.encode(content) + b"\n"
