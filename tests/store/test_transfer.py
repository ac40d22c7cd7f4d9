"""A run travels as the very bytes that were hashed; whatever is changed, missing, too large or of another making is named by its line."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from ropewalk.core.events import RunStarted, StepDue
from ropewalk.errors import NoSuchRun, StoreError
from ropewalk.store import transfer
from ropewalk.store.memory import MemoryStore
from ropewalk.store.transfer import receive, send
from ropewalk.testing.store_contract.given import append, begin


async def lines_of(store: MemoryStore, run: str = "r") -> list[bytes]:
    return [line async for line in send(store, run)]


async def sent(lines: list[bytes]) -> AsyncIterator[bytes]:
    for line in lines:
        yield line


async def filled() -> MemoryStore:
    store = MemoryStore()
    await begin(store, "r")
    return store


def with_fields(line: bytes, **fields: object) -> bytes:
    return msgspec.json.encode({**msgspec.json.decode(line), **fields}) + b"\n"


def kind_of(line: bytes) -> str:
    return str(msgspec.json.decode(line)["line"])


async def test_what_was_sent_arrives_record_by_record_and_blob_by_blob():
    store = await filled()
    parcel = await receive(sent(await lines_of(store)))
    records = await store.read("r")
    assert (parcel.run, parcel.version, parcel.hash) == ("r", len(records), records[-1].hash)
    assert [(r.version, r.kind, r.at, r.body, r.hash) for r in parcel.records] == [
        (r.version, r.kind, r.at, r.body, r.hash) for r in records
    ]
    for digest, data in parcel.blobs.items():
        assert await store.get_blob(digest) == data


async def test_a_blob_stands_before_the_record_that_names_it_and_once():
    store = await filled()
    await append(store, "r", len(await store.read("r")), RunStarted())
    kinds = [kind_of(line) for line in await lines_of(store)]
    assert kinds[:3] == ["run", "blob", "record"]
    assert kinds.count("blob") == 1


async def test_a_long_history_is_sent_in_pages(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transfer, "PAGE", 3)
    store = MemoryStore()
    await append(store, "r", 0, *[StepDue(step=str(n)) for n in range(10)])
    versions = [msgspec.json.decode(line)["version"] for line in (await lines_of(store))[1:]]
    assert versions == list(range(1, 11))


async def test_a_run_that_is_not_there_cannot_be_sent():
    with pytest.raises(NoSuchRun):
        await lines_of(MemoryStore())


@pytest.mark.parametrize(
    ("field", "damage", "why"),
    [
        ("version", 7, "version 7 of run r was changed"),
        ("at", 99.0, "was changed"),
        ("actor", "eve", "was changed"),
        ("kind", "run.aborted", "was changed"),
        ("hash", "0" * 64, "was changed"),
        ("event", {"type": "run.aborted"}, "was changed"),
    ],
)
async def test_a_record_that_was_changed_is_named_by_its_line(field: str, damage: object, why: str):
    lines = await lines_of(await filled())
    place = next(at for at, line in enumerate(lines) if kind_of(line) == "record")
    lines[place] = with_fields(lines[place], **{field: damage})
    with pytest.raises(StoreError, match=rf"Line {place + 1} .*{why}"):
        await receive(sent(lines))


@pytest.mark.parametrize("left_out", [1, 2])
async def test_a_record_that_is_missing_is_noticed(left_out: int):
    store = MemoryStore()
    await append(store, "r", 0, *[StepDue(step=str(n)) for n in range(4)])
    lines = await lines_of(store)
    with pytest.raises(StoreError, match="one before it is missing"):
        await receive(sent(lines[:left_out] + lines[left_out + 1 :]))
    with pytest.raises(StoreError, match="ends too early: run r has 4 records, 3 are here"):
        await receive(sent(lines[:-1]))


@pytest.mark.parametrize("version", [0, 3])
async def test_a_run_without_any_record_is_none(version: int):
    heading = (await lines_of(await filled()))[0]
    with pytest.raises(StoreError, match=f"ends too early: run r has {version} records, 0 are here"):
        await receive(sent([with_fields(heading, version=version, hash="")]))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"format": 2}, "newer than this ropewalk"),
        ({"run": "../x"}, "no name for a run"),
        ({"run": ""}, "no name for a run"),
        ({"run": "a\u202eb"}, "no name for a run"),
    ],
)
async def test_a_heading_that_cannot_be_is_refused(fields: dict[str, object], why: str):
    lines = await lines_of(await filled())
    with pytest.raises(StoreError, match=rf"Line 1 .*{why}"):
        await receive(sent([with_fields(lines[0], **fields), *lines[1:]]))


async def test_a_blob_that_was_changed_and_a_second_heading_are_refused():
    lines = await lines_of(await filled())
    changed = with_fields(lines[1], data="bm8=")
    with pytest.raises(StoreError, match=r"Line 2 .*was changed"):
        await receive(sent([lines[0], changed, *lines[2:]]))
    with pytest.raises(StoreError, match=r"Line 2 .*a second heading"):
        await receive(sent([lines[0], *lines]))
    with pytest.raises(StoreError, match=r"Line 1 .*a heading must come first"):
        await receive(sent(lines[1:]))


async def test_what_is_too_large_or_too_deep_is_refused(monkeypatch: pytest.MonkeyPatch):
    lines = await lines_of(await filled())
    with pytest.raises(StoreError, match=r"Line 2 "):
        await receive(sent([lines[0], b"[" * 10_000]))
    monkeypatch.setattr(transfer, "PARCEL_BYTES", sum(map(len, lines[:2])))
    with pytest.raises(StoreError, match=r"Line 3 .*it is larger"):
        await receive(sent(lines))
    monkeypatch.setattr(transfer, "LINE_BYTES", 10)
    with pytest.raises(StoreError, match=r"Line 1 .*it is larger"):
        await receive(sent(lines))


@pytest.mark.parametrize("lines", [[], [b""], [b"\xff"], [b"null"], [b'{"line":"else"}']])
async def test_what_is_no_export_is_refused(lines: list[bytes]):
    with pytest.raises(StoreError, match=r"Line 1 is not what|it is empty"):
        await receive(sent(lines))
