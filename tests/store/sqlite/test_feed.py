"""What is read of the log is what was written, in the order of commits, and what was changed stops its own run only."""

from __future__ import annotations

import pytest

from ropewalk.core.events import RunStarted, StepDue
from ropewalk.errors import Corrupted, NoSuchRun, StoreError
from ropewalk.store.sqlite import SqliteStore
from ropewalk.store.sqlite.feed import as_stored, record
from ropewalk.testing.store_contract.given import append

ROW = (7, "r", 3, 1.5, "step.due", "ann", "cli", b'{"type":"step.due"}', b"\x01\x02")


def spoil(store: SqliteStore, sql: str, *values: object) -> None:
    with store.file.writing() as db:
        db.execute(sql, values)


async def written(store: SqliteStore, run: str = "r", count: int = 4) -> None:
    await append(store, run, 0, RunStarted(), *[StepDue(step=str(n)) for n in range(count - 1)])


async def test_positions_of_many_runs_lead_to_the_right_place_of_each(store: SqliteStore):
    for version in range(30):
        for run in ("a", "b", "c"):
            await append(store, run, version, RunStarted())
    everything = await store.feed()
    for after in range(0, 91, 7):
        expected = [entry for entry in everything if entry.run == "b" and entry.position > after]
        assert await store.feed(after=after, run="b") == expected
    assert await store.feed(after=90, run="b") == []
    assert await store.feed(run="nobody") == []


@pytest.mark.parametrize(
    ("sql", "values", "version", "why"),
    [
        ("UPDATE records SET actor = 'eve' WHERE version = ?", (2,), 2, "changed after it was written"),
        (
            "UPDATE records SET body = ? WHERE version = 2",
            (b'{"type":"run.started","x":1}',),
            2,
            "changed after",
        ),
        ("UPDATE records SET body = 'text' WHERE version = ?", (3,), 3, "holds no bytes"),
        ("DELETE FROM records WHERE version = ?", (2,), 3, "version 2 is missing"),
    ],
)
async def test_a_history_that_was_changed_is_not_read_past_that_place(
    store: SqliteStore, sql: str, values: tuple[object, ...], version: int, why: str
):
    await written(store)
    await written(store, "other")
    spoil(store, f"{sql} AND run = 'r'" if "WHERE" in sql else sql, *values)
    with pytest.raises(Corrupted, match=why) as corrupted:
        await store.read("r")
    assert corrupted.value.where["version"] == version
    assert len(await store.read("other")) == 4


async def test_the_record_before_is_looked_at_where_reading_begins_later(store: SqliteStore):
    await written(store)
    spoil(store, "DELETE FROM records WHERE run = 'r' AND version = 1")
    with pytest.raises(Corrupted, match="the record before it is missing"):
        await store.read("r", after=1)


async def test_a_run_that_is_not_there_has_a_name(store: SqliteStore):
    with pytest.raises(NoSuchRun):
        await store.read("r")


async def test_a_version_that_is_no_number_is_damage(store: SqliteStore):
    await written(store, count=1)
    spoil(store, "UPDATE records SET version = 'x'")
    with pytest.raises(StoreError, match="records"):
        await store.feed(run="r")


def test_a_row_that_is_whole_is_a_record_as_it_stands():
    whole = record(ROW)
    assert (whole.position, whole.run, whole.version, whole.at) == (7, "r", 3, 1.5)
    assert (whole.kind, whole.actor, whole.cause, whole.hash) == ("step.due", "ann", "cli", "0102")
    assert whole == as_stored(ROW)


@pytest.mark.parametrize("column", range(1, 9))
@pytest.mark.parametrize("damage", [None, 5, "text", b"\xff", 2.5])
def test_a_row_that_is_damaged_is_of_the_right_types_all_the_same(column: int, damage: object):
    row = list(ROW)
    row[column] = damage
    damaged = record(row)
    types = (int, str, int, float, str, str, str, bytes, str)
    values = (
        damaged.run,
        damaged.version,
        damaged.at,
        damaged.kind,
        damaged.actor,
        damaged.cause,
        damaged.body,
        damaged.hash,
    )
    assert tuple(map(type, values)) == types[1:]
