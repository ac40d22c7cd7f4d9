"""Promises to operators: a clean store verifies, what is needed is not deleted, and a run moves to another store whole."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from ropewalk.core.events import RunAborted, RunCompleted, RunCreated, RunFailed, RunImported, StepSucceeded
from ropewalk.errors import NoSuchRun, Refused, StoreError
from ropewalk.store import GENESIS, MemoryStore, record_hash
from ropewalk.store.port import Append, Parcel, Store
from ropewalk.testing.store_contract.given import DEFINITION, append, begin, finish

PAST, FUTURE = 0.0, 1e12


async def lines_of(store: Store, run: str) -> list[bytes]:
    return [line async for line in store.export(run)]


async def given_as(lines: list[bytes]) -> AsyncIterator[bytes]:
    for line in lines:
        yield line


def _changed(line: bytes, **fields: str) -> bytes:
    """A record as somebody writes it who knows how hashes are made, and that a blob and a heading stand before it."""
    record = msgspec.json.decode(line) | fields
    body = msgspec.json.encode(record["event"])
    columns = (record["version"], record["at"], record["kind"], record["actor"], record["cause"])
    hash_ = record_hash(GENESIS, "r", *columns, body).hex()
    return msgspec.json.encode({**record, "hash": hash_, "event": msgspec.Raw(body)})


class UpkeepContract:
    """`store` is fresh."""

    async def test_a_store_that_nobody_touched_is_clean(self, store: Store) -> None:
        assert await store.verify() == []
        await begin(store, "a", StepSucceeded("plan"))
        await begin(store, "b")
        await store.put_blob(b"artifact")
        assert await store.verify() == await store.verify("a") == []
        with pytest.raises(NoSuchRun):
            await store.verify("c")

    async def test_a_run_without_its_definition_is_a_fault(self, store: Store) -> None:
        await begin(store, "good")
        await append(store, "r", 0, RunCreated(workflow="build", digest="f" * 64))
        (fault,) = await store.verify()
        assert fault.startswith("Record 3 (run r, version 1, run.created): its definition ffff")
        assert await store.verify("r") == [fault]
        assert await store.verify("good") == []

    async def test_a_deleted_run_is_gone_with_all_that_hung_on_it(self, store: Store) -> None:
        await begin(store, "r")
        await begin(store, "other")
        await store.write_output("r", "plan/1.1", b"said")
        await finish(store, "r")
        await store.delete("r")
        for question in (store.read, store.row, store.find, store.delete, store.verify):
            with pytest.raises(NoSuchRun):
                await question("r")
        assert await store.outputs("r") == []
        assert [record.run for record in await store.feed()] == ["other", "other"]
        assert [row.run for row in await store.runs()] == ["other"]
        assert await store.verify() == []

    async def test_a_deleted_run_may_begin_again(self, store: Store) -> None:
        await begin(store, "r")
        await finish(store, "r")
        await store.delete("r")
        assert (await append(store, "r", 3, RunAborted())).conflict
        assert await begin(store, "r") == 2
        assert (await store.row("r")).status == "running"
        assert await store.verify() == []

    async def test_a_run_under_way_is_not_deleted(self, store: Store) -> None:
        await begin(store, "r")
        with pytest.raises(Refused, match="run r is running; abort it first"):
            await store.delete("r")
        assert (await store.row("r")).version == 2

    @pytest.mark.parametrize(
        ("parts", "complaint"),
        [({"parent": "r"}, "called from r"), ({"forked_from": "r/a"}, "forked from r")],
    )
    async def test_a_run_that_a_living_one_refers_to_is_not_deleted(
        self, store: Store, parts: dict[str, str], complaint: str
    ) -> None:
        await begin(store, "r")
        await finish(store, "r")
        await begin(store, "child", **parts)  # type: ignore[arg-type]
        with pytest.raises(Refused, match=f"run child was {complaint} and goes on"):
            await store.delete("r")
        await finish(store, "child")
        await store.delete("r")
        assert await store.find("child") == "child"

    async def test_pruning_takes_what_ended_long_ago(self, store: Store) -> None:
        for run, at, event in (
            ("a", 20.0, None),
            ("b", 30.0, RunFailed()),
            ("c", 40.0, None),
            ("d", 50.0, None),
        ):
            await begin(store, run)
            await finish(store, run, at=at, event=event)
        await begin(store, "living", parent="c")
        assert await store.prune(20.0) == []
        assert await store.prune(45.0, status=("failed", "aborted")) == ["b"]
        assert await store.prune(45.0) == ["a"]
        assert [row.run for row in await store.runs()] == ["living", "d", "c"]

    async def test_pruning_takes_old_output_of_living_runs(self, store: Store) -> None:
        await begin(store, "r")
        await store.write_output("r", "plan/1.1", b"said")
        assert await store.prune(PAST, output_before=PAST) == []
        assert await store.outputs("r") == [("plan/1.1", 4)]
        assert await store.prune(PAST, output_before=FUTURE) == []
        assert await store.outputs("r") == []

    async def test_pruning_keeps_every_blob_that_is_named_or_young(self, store: Store) -> None:
        young = await store.put_blob(b"young")
        await begin(store, "r")
        await store.prune(FUTURE)
        assert await store.get_blob(young) == b"young"
        assert await store.verify() == []

    async def test_a_run_moves_to_another_store_and_back(self, store: Store) -> None:
        artifact = await store.put_blob(b"an artifact")
        await begin(store, "before")
        await begin(
            store,
            "r",
            StepSucceeded("plan"),
            labels={"artifact": artifact, "again": artifact, "other": "0" * 64},
        )
        lines = await lines_of(store, "r")
        elsewhere = MemoryStore()
        await begin(elsewhere, "elsewhere")
        assert await elsewhere.load(given_as(lines)) == "r"
        assert await lines_of(elsewhere, "r") == lines
        assert await elsewhere.get_blob(artifact) == b"an artifact"
        await finish(store, "r")
        await store.delete("r")
        assert await store.load(given_as(lines)) == "r"
        assert await lines_of(store, "r") == lines
        assert (await store.row("r")).steps_done == 1
        assert await store.verify() == []
        assert (await append(store, "r", 3, RunAborted())).version == 4

    async def test_a_long_run_is_exported_in_written_order(self, store: Store) -> None:
        steps = [StepSucceeded("plan", round=n) for n in range(1, 1203)]
        await begin(store, "r", *steps)
        lines = await lines_of(store, "r")
        assert len(lines) == 2 + 2 + len(steps)
        elsewhere = MemoryStore()
        await elsewhere.load(given_as(lines))
        assert [record.event for record in await elsewhere.read("r", after=2)] == steps

    async def test_a_run_that_is_there_is_not_overwritten(self, store: Store) -> None:
        await begin(store, "r")
        lines = await lines_of(store, "r")
        with pytest.raises(Refused, match="run r is in this store"):
            await store.load(given_as(lines))
        assert len(await store.feed()) == 2

    async def test_an_export_that_was_changed_is_refused_by_its_line(self, store: Store) -> None:
        await begin(store, "r", StepSucceeded("plan"))
        heading, blob, *records = await lines_of(store, "r")
        for lines, complaint in (
            ([], "it is empty"),
            ([b"no json"], "Line 1 "),
            ([blob], "Line 1 .* a heading must come first"),
            ([heading.replace(b'"format":1', b'"format":2')], "Line 1 .* newer than this ropewalk"),
            ([heading, heading], "Line 2 .* a second heading"),
            ([heading, blob.replace(b'"data":"', b'"data":"AAAA')], "Line 2 .* blob .* was changed"),
            (
                [heading, blob, records[0].replace(b"tester", b"nobody")],
                "Line 3 .* version 1 of run r was changed",
            ),
            (
                [heading, blob, records[0].replace(b"build", b"guild")],
                "Line 3 .* version 1 of run r was changed",
            ),
            ([heading, blob, records[1]], "Line 3 .* or one before it is missing"),
            ([heading, blob, *records[:-1]], "ends too early: run r has 3 records, 2 are here"),
            ([heading], "ends too early"),
            ([heading.replace(b'"run":"r"', b'"run":"../r"')], r"Line 1 .* '\.\./r' is no name for a run"),
            ([heading, b"[" * 100_000], "Line 2 "),
            ([heading, blob, _changed(records[0], kind="run.begun")], "Line 3 .* cannot read"),
        ):
            with pytest.raises(StoreError, match=complaint):
                await store.load(given_as(lines))
        assert [row.run for row in await store.runs()] == ["r"]

    async def test_what_a_judge_adds_comes_with_the_run_and_what_it_refuses_leaves_nothing(
        self, store: Store
    ) -> None:
        await begin(store, "r", StepSucceeded("plan"))
        lines = await lines_of(store, "r")
        await finish(store, "r")
        await store.delete("r")
        blobs: list[str] = []

        def accept(parcel: Parcel) -> Append:
            blobs.extend(parcel.blobs)
            return Append(parcel.run, len(parcel.records), (RunImported(by="mia"),), 30.0)

        def refuse(parcel: Parcel) -> Append:
            raise Refused(verb="import", reason="nobody knows it")

        with pytest.raises(Refused, match="nobody knows it"):
            await store.load(given_as(lines), refuse)
        assert await store.runs() == []
        assert await store.load(given_as(lines), accept) == "r"
        row = await store.row("r")
        assert (row.status, row.reason, row.version) == ("paused", "imported", 4)
        assert len(blobs) == 1
        assert await store.verify() == []

    async def test_what_has_ended_stays_ended_when_it_is_imported(self, store: Store) -> None:
        await begin(store, "r", RunCompleted(), RunImported(by="mia"))
        assert (await store.row("r")).status == "completed"

    async def test_the_definition_travels_with_the_run(self, store: Store) -> None:
        await begin(store, "r")
        blobs = [msgspec.json.decode(line) for line in await lines_of(store, "r")]
        assert [blob["digest"] for blob in blobs if blob["line"] == "blob"] == [
            await store.put_blob(DEFINITION)
        ]

    async def test_exporting_what_is_not_there_says_so(self, store: Store) -> None:
        with pytest.raises(NoSuchRun):
            await lines_of(store, "r")

    async def test_a_closed_store_says_so(self, store: Store) -> None:
        await begin(store, "r")
        await store.close()
        await store.close()
        for question in (store.feed, store.position, store.runs, store.unfinished, store.leases):
            with pytest.raises(StoreError, match="closed"):
                await question()
        with pytest.raises(StoreError, match="closed"):
            await append(store, "r", 2, RunAborted())
