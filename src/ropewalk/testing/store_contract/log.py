"""Promises about the log: versions, conflicts, what is read is what was written, and hashes that everybody gets alike."""

from __future__ import annotations

import pytest

from ropewalk.core.events import NotePublished, RunCreated, RunStarted, StepStarted
from ropewalk.errors import NoSuchRun, StoreError
from ropewalk.store import BODY_BYTES, GENESIS
from ropewalk.store.port import Append, Appended, Store
from ropewalk.testing.store_contract.given import append, begin


class LogContract:
    """`store` is fresh."""

    async def test_what_is_read_is_what_was_appended(self, store: Store) -> None:
        events = [
            RunCreated(workflow="build", digest="d", inputs={"n": [1, 2.5, None, "é\0\n"]}),
            RunStarted(),
        ]
        done = await store.append([Append("r", 0, events, 12.25, actor="ann", cause="cli")])
        records = await store.read("r")
        assert done == [Appended("r", 2, records[-1].position)]
        assert [record.event for record in records] == events
        assert [
            (record.run, record.version, record.at, record.kind, record.actor, record.cause, record.id)
            for record in records
        ] == [
            ("r", 1, 12.25, "run.created", "ann", "cli", "r/1"),
            ("r", 2, 12.25, "run.started", "ann", "cli", "r/2"),
        ]

    async def test_another_version_than_expected_changes_nothing_and_is_told(self, store: Store) -> None:
        await append(store, "r", 0, RunStarted(), RunStarted())
        for expected in (0, 1, 3, 7):
            done = await append(store, "r", expected, StepStarted(step="late"))
            assert done == Appended("r", 2, 0, conflict=True)
        assert await append(store, "never", 1, RunStarted()) == Appended("never", 0, 0, conflict=True)
        assert len(await store.read("r")) == len(await store.feed()) == 2

    async def test_a_conflict_leaves_the_other_appends_of_its_transaction_standing(
        self, store: Store
    ) -> None:
        await append(store, "b", 0, RunStarted())
        done = await store.append(
            [Append(run, 0, [RunStarted(), StepStarted(step="x")], 1.0) for run in ("a", "b", "c")]
        )
        assert [(appended.run, appended.version, appended.conflict) for appended in done] == [
            ("a", 2, False),
            ("b", 1, True),
            ("c", 2, False),
        ]
        assert [record.id for record in await store.feed()] == ["b/1", "a/1", "a/2", "c/1", "c/2"]
        assert await store.verify() == []

    async def test_appends_of_one_transaction_to_one_run_stand_on_each_other(self, store: Store) -> None:
        steps = [StepStarted(step=name) for name in "abc"]
        done = await store.append([Append("r", n, [step], 1.0) for n, step in enumerate(steps)])
        assert [record.version for record in done] == [1, 2, 3]
        assert [record.event for record in await store.read("r")] == steps
        assert await store.verify() == []

    async def test_an_append_without_events_only_looks_at_the_version(self, store: Store) -> None:
        await append(store, "r", 0, RunStarted())
        assert await append(store, "r", 1) == Appended("r", 1, await store.position())
        assert await append(store, "r", 0) == Appended("r", 1, 0, conflict=True)
        assert await store.append([]) == []
        assert await append(store, "never", 0) == Appended("never", 0, await store.position())
        with pytest.raises(NoSuchRun):
            await store.read("never")
        with pytest.raises(NoSuchRun):
            await store.write_output("never", "plan/1.1", b"x")
        assert len(await store.feed()) == 1

    @pytest.mark.parametrize(
        "bad",
        [
            Append("r", 0, [NotePublished(name="n", data={"x": object()})], 1.0),
            Append("r", 0, [NotePublished(name="\ud800")], 1.0),
            Append("r", 0, [NotePublished(name="n", data={"x": "x" * (BODY_BYTES + 1)})], 1.0),
            Append("r", 0, [RunStarted()], float("nan")),
            Append("r", 0, [RunStarted()], float("inf")),
            Append("", 0, [RunStarted()], 1.0),
            Append("r", 0, [RunStarted()], 1.0, actor="\udfff"),
        ],
        ids=["no JSON", "half a character", "no end", "no time", "no end of time", "no run", "half an actor"],
    )
    async def test_what_could_not_be_given_back_as_it_was_is_refused_whole(
        self, store: Store, bad: Append
    ) -> None:
        with pytest.raises(StoreError, match="cannot be stored"):
            await store.append([Append("good", 0, [RunStarted()], 1.0), bad])
        assert await store.feed() == []
        assert not (await append(store, "good", 0, RunStarted())).conflict

    async def test_a_history_is_read_in_parts(self, store: Store) -> None:
        await append(store, "r", 0, *[StepStarted(step=str(n)) for n in range(5)])
        assert [record.version for record in await store.read("r", after=3)] == [4, 5]
        assert [record.version for record in await store.read("r", after=1, limit=2)] == [2, 3]
        assert await store.read("r", after=5) == await store.read("r", limit=0) == []

    async def test_a_run_that_is_not_there_is_said_to_be_missing(self, store: Store) -> None:
        with pytest.raises(NoSuchRun, match="no run r in"):
            await store.read("r")
        with pytest.raises(NoSuchRun):
            await store.read("r", after=3)

    async def test_every_hash_covers_the_record_and_the_hash_before_it(self, store: Store) -> None:
        await begin(store, "before")
        await begin(store, "r", StepStarted(step="a"))
        hash_ = GENESIS
        for record in await store.read("r"):
            hash_ = record.hash_after(hash_)
            assert record.hash == hash_.hex()

    async def test_an_event_of_a_megabyte_comes_back(self, store: Store) -> None:
        event = NotePublished(name="long", data={"text": "x" * 1_000_000})
        await append(store, "r", 0, event)
        assert (await store.read("r"))[0].event == event
