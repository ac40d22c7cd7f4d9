"""Promises about the run list: it says what the events say, however late it is asked, page by page."""

from __future__ import annotations

import pytest

from ropewalk.core import Failure, Usage
from ropewalk.core.events import (
    AskAnswered,
    AskOpened,
    AskWithdrawn,
    AttemptFailed,
    Event,
    Outcome,
    PhaseStarted,
    RoundOpened,
    RunAborted,
    RunClosing,
    RunCompleted,
    RunCreated,
    RunFailed,
    RunPaused,
    RunReopened,
    RunResumed,
    RunStarted,
    StepAborted,
    StepFailed,
    StepProduced,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepSucceeded,
)
from ropewalk.errors import NoSuchRun
from ropewalk.store.port import RunQuery, RunRow, Store
from ropewalk.testing.store_contract.given import append, begin, finish


def paid(
    cost: float | None, agent: str = "claude", rehearsed: bool = False, cached_from: str = ""
) -> Outcome:
    return Outcome(usage=Usage(cost_usd=cost), agent=agent, rehearsed=rehearsed, cached_from=cached_from)


BROKEN = Failure(kind="permanent", message="it broke")


class ListingContract:
    """`store` is fresh."""

    async def test_a_row_says_what_the_events_say(self, store: Store) -> None:
        await store.put_blob(b"something else")
        version = await begin(store, "r", labels={"team": "blue"}, parent="p")
        done = await append(
            store,
            "r",
            version,
            PhaseStarted(phase="Build"),
            StepStarted(step="plan"),
            StepSucceeded("plan"),
            at=12.0,
        )
        assert await store.row("r") == RunRow(
            run="r",
            workflow="build",
            status="running",
            reason="",
            created_at=10.0,
            updated_at=12.0,
            ended_at=None,
            steps_total=3,
            steps_done=1,
            steps_failed=0,
            asks_open=0,
            cost_usd=0.0,
            cost_unknown=False,
            parent="p",
            phase="Build",
            error="",
            version=done.version,
            labels={"team": "blue"},
        )

    @pytest.mark.parametrize(
        ("events", "status", "reason", "ended"),
        [
            ([], "running", "", False),
            ([RunPaused(reason="quota", until=99.0)], "paused", "quota", False),
            ([RunPaused(reason="asked"), RunResumed()], "running", "", False),
            ([RunClosing(status="failed", reason="a step")], "running", "", False),
            ([RunCompleted(reason="early")], "completed", "early", True),
            ([RunFailed(reason="a step")], "failed", "a step", True),
            ([RunAborted(reason="by ann")], "aborted", "by ann", True),
            ([RunFailed(reason="a step"), RunReopened()], "running", "", False),
        ],
    )
    async def test_the_status_is_that_of_the_last_event(
        self, store: Store, events: list[Event], status: str, reason: str, ended: bool
    ) -> None:
        await begin(store, "r", *events)
        row = await store.row("r")
        assert (row.status, row.reason, row.ended_at) == (status, reason, 10.0 if ended else None)

    async def test_a_run_that_was_only_created_is_pending(self, store: Store) -> None:
        await append(store, "r", 0, RunCreated(workflow="build", digest="unknown"))
        row = await store.row("r")
        assert (row.status, row.steps_total) == ("pending", 0)

    @pytest.mark.parametrize(
        ("events", "counted"),
        [
            ([StepSucceeded("plan"), StepSkipped("code"), StepSucceeded("end")], (2, 0)),
            ([StepSucceeded("plan[a]"), StepFailed("plan[b]"), StepSucceeded("unknown")], (0, 0)),
            ([StepFailed("plan", failure=BROKEN), StepAborted("code")], (0, 2)),
            ([StepFailed("plan", failure=BROKEN), StepRetried("plan")], (0, 0)),
            ([StepFailed("plan", failure=BROKEN), StepRetried("plan"), StepSucceeded("plan")], (1, 0)),
            (
                [
                    StepSucceeded("plan"),
                    StepSucceeded("code"),
                    RoundOpened("check", "code", ("code", "check"), 1),
                ],
                (1, 0),
            ),
            ([StepSucceeded("plan"), StepSucceeded("plan", round=2)], (1, 0)),
        ],
    )
    async def test_steps_are_counted_as_they_stand_now(
        self, store: Store, events: list[Event], counted: tuple[int, int]
    ) -> None:
        await begin(store, "r", *events)
        row = await store.row("r")
        assert (row.steps_done, row.steps_failed, row.steps_total) == (*counted, 3)

    async def test_the_first_failure_is_the_error_until_it_is_tried_again(self, store: Store) -> None:
        version = await begin(
            store, "r", StepFailed("plan", failure=BROKEN), StepFailed("code", failure=BROKEN)
        )
        assert (await store.row("r")).error == "plan: it broke"
        done = await append(store, "r", version, RunFailed(reason="two steps failed"))
        assert (await store.row("r")).error == "plan: it broke"
        await append(store, "r", done.version, RunReopened(), StepRetried("plan"), RunFailed(reason="again"))
        assert (await store.row("r")).error == "again"

    @pytest.mark.parametrize(
        ("events", "cost", "unknown"),
        [
            (
                [StepSucceeded("plan", result=paid(0.5)), AttemptFailed("code", usage=Usage(cost_usd=0.25))],
                0.75,
                False,
            ),
            ([StepProduced("plan", result=paid(0.5)), StepSucceeded("plan", result=paid(0.5))], 0.5, False),
            (
                [
                    StepProduced("plan", result=paid(0.5)),
                    StepProduced("code", result=paid(0.5)),
                    StepSucceeded("plan", attempt=2, result=paid(0.5)),
                ],
                1.5,
                False,
            ),
            ([StepSucceeded("plan", result=paid(None))], 0.0, True),
            ([StepSucceeded("plan", result=Outcome(usage=Usage(tokens_out=9)))], 0.0, True),
            ([StepSucceeded("plan", result=paid(None, agent=""))], 0.0, False),
            ([StepSucceeded("plan", result=paid(None, rehearsed=True))], 0.0, False),
            ([StepSucceeded("plan", result=paid(9.0, cached_from="other"))], 0.0, False),
            ([AttemptFailed("plan", agent="claude")], 0.0, True),
        ],
    )
    async def test_every_attempt_is_paid_for_once(
        self, store: Store, events: list[Event], cost: float, unknown: bool
    ) -> None:
        await begin(store, "r", *events)
        row = await store.row("r")
        assert (row.cost_usd, row.cost_unknown) == (cost, unknown)

    async def test_open_asks_are_listed_oldest_first(self, store: Store) -> None:
        await begin(
            store, "a", AskOpened("plan", ask="1"), AskOpened("code", ask="2"), AskOpened("check", ask="3")
        )
        await begin(store, "b", AskOpened("plan", ask="1"))
        assert (await store.row("a")).asks_open == 3
        await append(store, "a", 5, AskAnswered("plan", ask="1"), AskWithdrawn("check", ask="3"))
        assert [(run, record.id) for run, record in await store.asks()] == [("a", "a/4"), ("b", "b/3")]
        assert [record.event for _, record in await store.asks()][1] == AskOpened("plan", ask="1")
        await finish(store, "b", event=RunAborted())
        assert [run for run, _ in await store.asks()] == ["a"]
        assert (await store.row("b")).asks_open == 0

    async def test_a_row_that_is_read_early_is_folded_on(self, store: Store) -> None:
        version = await begin(store, "r")
        for step in ("plan", "code", "check"):
            await store.runs()
            version = (await append(store, "r", version, StepSucceeded(step))).version
        assert (await store.row("r")).steps_done == 3

    async def test_runs_are_listed_newest_first_and_page_by_page(self, store: Store) -> None:
        for number in range(7):
            await begin(store, f"r{number}", at=float(number // 2))
        pages = []
        after = ""
        while rows := await store.runs(RunQuery(limit=3, after=after)):
            pages.append([row.run for row in rows])
            after = rows[-1].run
        assert pages == [["r6", "r5", "r4"], ["r3", "r2", "r1"], ["r0"]]
        with pytest.raises(NoSuchRun):
            await store.runs(RunQuery(after="gone"))

    async def test_the_run_list_is_filtered(self, store: Store) -> None:
        await begin(store, "a", at=1.0, workflow="build")
        await begin(
            store, "b", RunPaused(reason="by request"), at=2.0, workflow="Größe", labels={"team": "Blue"}
        )
        await begin(store, "c", RunFailed(reason="Disk 100% full"), at=3.0, workflow="build", parent="a")
        await begin(store, "d", RunCompleted(), at=4.0, workflow="ship")
        for query, expected in (
            (RunQuery(), "dcba"),
            (RunQuery(status=("failed", "paused")), "cb"),
            (RunQuery(status=("failed", "paused", "completed"), limit=2), "dc"),
            (RunQuery(status=("failed", "running"), after="c"), "a"),
            (RunQuery(workflow="build"), "ca"),
            (RunQuery(workflow="build", status=("running",)), "a"),
            (RunQuery(since=2.0, until=3.0), "cb"),
            (RunQuery(since=4.5), ""),
            (RunQuery(until=1.0), "a"),
            (RunQuery(parent="a"), "c"),
            (RunQuery(parent=""), "dba"),
            (RunQuery(text="100% FULL"), "c"),
            (RunQuery(text="GRÖSSE"), "b"),
            (RunQuery(text="team=blue"), "b"),
            (RunQuery(text="build", limit=1), "c"),
            (RunQuery(text="%"), "c"),
            (RunQuery(text="nothing"), ""),
        ):
            assert "".join(row.run for row in await store.runs(query)) == expected, query

    async def test_what_is_unfinished_comes_oldest_first(self, store: Store) -> None:
        await begin(store, "z", at=1.0)
        await begin(store, "a", RunPaused(reason="asked"), at=2.0)
        await append(store, "m", 0, RunCreated(workflow="build", digest=""), at=1.5)
        await begin(store, "done", RunCompleted(), at=0.5)
        assert await store.unfinished() == ["z", "m", "a"]
        await finish(store, "z")
        assert await store.unfinished() == ["m", "a"]

    async def test_a_run_is_found_by_the_beginning_of_its_id(self, store: Store) -> None:
        for run in ("abc1", "abd1", "abd1.call.1", "abd1.call.1.deep.1", "b"):
            await append(store, run, 0, RunStarted())
        assert await store.find("abc") == "abc1"
        assert await store.find("abd") == "abd1"
        assert await store.find("abd1.c") == "abd1.call.1"
        assert await store.find("b") == "b"
        for beginning in ("ab", ""):
            with pytest.raises(NoSuchRun, match="several runs: abc1"):
                await store.find(beginning)
        for beginning in ("x", "abc11", "ABC"):
            with pytest.raises(NoSuchRun, match="no run"):
                await store.find(beginning)

    async def test_a_row_that_is_not_there_is_said_to_be_missing(self, store: Store) -> None:
        with pytest.raises(NoSuchRun):
            await store.row("r")
        assert [*await store.runs(), *await store.unfinished(), *await store.asks()] == []
