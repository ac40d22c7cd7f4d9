"""Every record that is not as it was written is named where it stands, and an honest one after it is not blamed."""

from __future__ import annotations

import msgspec
import pytest

from ropewalk.core.events import RunStarted, StepDue
from ropewalk.store.memory import MemoryStore
from ropewalk.store.port import Record
from ropewalk.store.verify import LogWalk, definition_of, named
from ropewalk.testing.store_contract.given import append, begin


async def history(count: int = 5, run: str = "r") -> list[Record]:
    store = MemoryStore()
    await append(store, run, 0, *[StepDue(step=str(n)) for n in range(count)])
    return await store.read(run)


def changed(record: Record, **fields: object) -> Record:
    return msgspec.structs.replace(record, **fields)


def walked(records: list[Record]) -> list[list[str]]:
    walk = LogWalk()
    return [walk.see(record, bytes.fromhex(record.hash)) for record in records]


async def test_a_history_as_it_was_written_has_no_fault():
    assert walked(await history()) == [[]] * 5


@pytest.mark.parametrize(
    "fields", [{"at": 9.0}, {"actor": "eve"}, {"cause": "x"}, {"kind": "run.aborted"}, {"body": b"{}"}]
)
async def test_only_the_record_that_was_changed_is_named(fields: dict[str, object]):
    records = await history()
    records[2] = changed(records[2], **fields)
    faults = walked(records)
    assert [bool(fault) for fault in faults] == [False, False, True, False, False]
    assert faults[2][0].endswith(
        f"(run r, version 3, {records[2].kind}): it was changed after it was written."
    )


async def test_a_hash_that_was_changed_is_named_and_the_next_is_believed():
    records = await history()
    records[2] = changed(records[2], hash="0" * 64)
    assert [bool(fault) for fault in walked(records)] == [False, False, True, False, False]


async def test_a_gap_is_named_once():
    records = await history()
    del records[2]
    faults = walked(records)
    assert [fault for fault in faults if fault] == [[named(records[2], "version 3 was expected here")]]


async def test_two_runs_do_not_stand_in_each_others_way():
    records = [
        record for pair in zip(await history(run="a"), await history(run="b"), strict=True) for record in pair
    ]
    assert walked(records) == [[]] * 10


async def test_a_record_that_cannot_be_read_at_all_leaves_the_next_unknown():
    records = await history()
    walk = LogWalk()
    walk.see(records[0], bytes.fromhex(records[0].hash))
    walk.skip("r", 2)
    assert walk.see(records[2], bytes.fromhex(records[2].hash)) == []
    assert walk.version("r") == 3
    assert walk.version("nobody") == 0


async def test_a_column_that_holds_anything_is_a_fault_and_no_crash():
    records = await history(2)
    walk = LogWalk()
    faults = walk.see(changed(records[0], version="x", at=b"\xff"), bytes.fromhex(records[0].hash))
    assert faults[0].endswith("version 1 was expected here.")


async def test_a_definition_is_named_by_the_first_record_and_by_no_other():
    store = MemoryStore()
    await begin(store, "r")
    await append(store, "r", len(await store.read("r")), RunStarted())
    first, *others = await store.read("r")
    assert len(definition_of(first)) == 64
    assert [definition_of(record) for record in others] == [""] * len(others)
    assert definition_of(changed(first, body=b"no json")) == ""
