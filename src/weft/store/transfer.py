"""A run on its way from one store to another: JSON lines, a heading first, each blob before the record that names it.

The events travel as the very bytes that were hashed, so that the chain holds in the new store too.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from hashlib import sha256
from typing import Protocol

import msgspec
from msgspec import Raw, Struct

from weft.errors import NoSuchBlob, StoreError
from weft.store.chain import GENESIS, link
from weft.store.port import Record, RunRow
from weft.store.views import digests_in

PAGE = 500


class Heading(Struct, frozen=True, tag="run", tag_field="line"):
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


class Parcel(Struct):
    """What came: the heading, the blobs by digest, and the records with position 0, their chain checked."""

    heading: Heading
    blobs: dict[str, bytes]
    records: list[Record]


class Source(Protocol):
    """As much of a store as sending needs."""

    async def row(self, run: str) -> RunRow: ...
    async def read(self, run: str, after: int = 0, limit: int | None = None) -> list[Record]: ...
    async def get_blob(self, digest: str) -> bytes: ...


async def send(store: Source, run: str) -> AsyncIterator[bytes]:
    """The lines of a run. Raises NoSuchRun, Corrupted."""
    version = (await store.row(run)).version
    (last,) = await store.read(run, version - 1, 1)
    yield _line(Heading(run, version, last.hash))
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
    decode = msgspec.json.Decoder(Heading | Blob | Written).decode
    parcel: Parcel | None = None
    number = 0
    async for line in lines:
        number += 1
        try:
            said = decode(line)
            if parcel is None:
                parcel = _begin(said)
            else:
                _add(parcel, said)
        except ValueError as error:
            raise StoreError(f"Line {number} is not what `weft export` writes: {error}.") from error
    if parcel is None:
        raise StoreError("There is no run in this file: it is empty.")
    found = parcel.records[-1].hash if parcel.records else ""
    if found != parcel.heading.hash:
        raise StoreError(
            f"The file ends too early: run {parcel.heading.run} has {parcel.heading.version} records, "
            f"{len(parcel.records)} are here."
        )
    return parcel


def _begin(said: Heading | Blob | Written) -> Parcel:
    if not isinstance(said, Heading):
        raise ValueError("a heading must come first")
    if said.format != 1:
        raise ValueError(f"format {said.format} is newer than this weft")
    return Parcel(said, {}, [])


def _add(parcel: Parcel, said: Heading | Blob | Written) -> None:
    if isinstance(said, Blob):
        if sha256(said.data).hexdigest() != said.digest:
            raise ValueError(f"blob {said.digest} was changed")
        parcel.blobs[said.digest] = said.data
    elif isinstance(said, Written):
        parcel.records.append(_checked(parcel, said))
    else:
        raise ValueError("a second heading")


def _checked(parcel: Parcel, said: Written) -> Record:
    run, version = parcel.heading.run, len(parcel.records) + 1
    before = bytes.fromhex(parcel.records[-1].hash) if parcel.records else GENESIS
    body = bytes(said.event)
    found = link(before, run, said.version, said.at, said.kind, said.actor, said.cause, body)
    if said.version != version or found.hex() != said.hash:
        raise ValueError(f"version {said.version} of run {run} was changed, or one before it is missing")
    return Record(0, run, said.version, said.at, said.kind, said.actor, said.cause, body, said.hash)


def _line(said: Struct) -> bytes:
    return msgspec.json.encode(said) + b"\n"
