"""Two drivers that both believe they drive a run: no attempt is begun twice, and nothing that is done is done again."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from ropewalk.core import commands as c
from ropewalk.core.events import Event, NotePublished, StepStarted
from ropewalk.core.plan import Call, EndCall
from ropewalk.core.state import State
from ropewalk.core.work import Failure, Outcome
from ropewalk.definition.policy import Limits
from ropewalk.definition.workflow import Step, Workflow
from ropewalk.errors import LeaseHeld, StoreBusy, StoreError
from ropewalk.ownership import Life
from ropewalk.runtime.host import RunHandle
from ropewalk.runtime.patience import HOST
from ropewalk.store.memory import MemoryStore
from ropewalk.store.port import Append, Appended, Lease
from ropewalk.testing.clock import ManualClock, settle
from tests.runtime.conftest import Bench, noop


class Pair:
    """Two engines on one store, each with what it believes of the other."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = ManualClock()
        self.life: Life = "unknown"
        self.one, self.two = (Bench(self.store, self.clock, judge=lambda name: self.life) for _ in range(2))

    async def taken_from_one(self, run: str) -> None:
        """The lease of a driver that gives no sign goes to the other, which never meets it."""
        held = await self.store.lease(run)
        assert held is not None
        await self.store.acquire(Lease(run, self.two.engine.owner), held)

    async def started(self, run: str) -> Counter[tuple[str, int]]:
        events = [record.event for record in await self.store.read(run)]
        return Counter((one.step, one.attempt) for one in events if isinstance(one, StepStarted))


@pytest.fixture
def pair() -> Pair:
    return Pair()


async def test_the_start_of_an_attempt_names_its_driver(bench: Bench) -> None:
    run = await bench.begin(noop("a"))
    await bench.engine.drive(run)
    (started,) = [one.event for one in await bench.store.read(run) if isinstance(one.event, StepStarted)]
    assert started.owner == bench.engine.owner


async def test_an_attempt_that_another_driver_began_is_not_begun_here(pair: Pair) -> None:
    pair.one.work.does["a"] = "hold"
    run = await pair.one.begin(noop("a"), noop("b", "a"))
    first = pair.one.drive(run)
    await settle()
    await pair.taken_from_one(run)
    second = pair.two.drive(run)
    await settle()
    assert (await second).status == "completed"
    assert [brief.spot.attempt for brief in pair.two.work.briefs if brief.spot.step == "a"] == [2]
    assert [(spot.step, spot.attempt) for spot in pair.two.work.abandoned] == [("a", 1)]
    await pair.clock.advance(5)
    assert (await first).status in {"running", "completed"}
    assert pair.one.work.cancelled == ["a"]
    assert set((await pair.started(run)).values()) == {1}


async def test_a_driver_that_lost_its_run_begins_nothing_more(pair: Pair) -> None:
    run = await pair.one.begin(noop("a"), noop("b", "a"))

    async def loses(assignment: object, link: object) -> Outcome:
        await pair.taken_from_one(run)
        return Outcome()

    pair.one.work.does["a"] = loses
    state = await pair.one.engine.drive(run)
    assert state.status == "running"
    assert pair.one.work.done == ["a"]
    assert (await pair.two.engine.drive(run)).status == "completed"
    assert [brief.spot.step for brief in pair.two.work.briefs] == ["b"]


async def test_an_attempt_that_a_stale_driver_put_on_record_after_all_is_lost(pair: Pair) -> None:
    pair.one.work.does["a"] = "hold"
    run = await pair.one.begin(noop("a"), noop("b"), limits=Limits(parallel=1))
    driving = pair.one.drive(run)
    await settle()
    version = (await pair.one.engine.fold(run)).version
    await pair.store.append([Append(run, version, [StepStarted("b", attempt=1, owner="stale")], 1.0)])
    pair.one.work.release("a")
    state = await driving
    assert (state.status, state.steps["b"].attempt) == ("completed", 2)
    assert [(brief.spot.step, brief.spot.attempt) for brief in pair.one.work.briefs] == [("a", 1), ("b", 2)]
    assert [(spot.step, spot.attempt) for spot in pair.one.work.abandoned] == [("b", 1)]


async def test_what_somebody_begins_who_drives_nothing_is_taken_by_the_driver_and_once(pair: Pair) -> None:
    run = await pair.one.begin(noop("a"), noop("b"))
    await pair.one.engine.tell(run, c.Pause())
    await pair.one.engine.tell(run, c.Resume())
    await pair.one.engine.tell(run, c.Pause())
    await pair.two.engine.tell(run, c.ExecuteStep(step="a"))
    pair.one.work.does["a"] = "hold"
    first = pair.one.drive(run)
    await settle()
    await pair.taken_from_one(run)
    state = await pair.two.engine.drive(run)
    assert [brief.spot.attempt for brief in pair.one.work.briefs] == [1]
    assert pair.two.work.briefs == []
    assert (state.steps["a"].status, [spot.attempt for spot in pair.two.work.abandoned]) == ("pending", [1])
    await pair.clock.advance(5)
    await first
    await pair.two.engine.tell(run, c.ExecuteStep(step="a"))
    assert (await pair.two.engine.drive(run)).steps["a"].status == "succeeded"
    assert [brief.spot.attempt for brief in pair.two.work.briefs] == [2]


async def test_a_step_that_is_executed_by_the_driver_itself_is_begun_once(bench: Bench) -> None:
    run = await bench.begin(noop("a"), noop("b"))
    await bench.engine.tell(run, c.Pause())
    await bench.engine.tell(run, c.Resume())
    await bench.engine.tell(run, c.Pause())
    driving = bench.drive(run, resting=lambda state: state.steps["a"].status == "succeeded")
    await settle()
    await bench.engine.tell(run, c.ExecuteStep(step="a"))
    await driving
    assert [brief.spot.step for brief in bench.work.briefs] == ["a"]
    (started,) = [one.event for one in await bench.store.read(run) if isinstance(one.event, StepStarted)]
    assert started.owner == bench.engine.owner


async def test_a_living_driver_keeps_its_run_however_long_it_is_silent(pair: Pair) -> None:
    pair.life = "alive"
    pair.one.work.does["a"] = "hold"
    run = await pair.one.begin(noop("a"))
    driving = pair.one.drive(run)
    await settle()
    await pair.clock.advance(3_600)
    with pytest.raises(LeaseHeld):
        await pair.two.engine.drive(run)
    pair.one.work.release("a")
    assert (await driving).status == "completed"


async def test_a_clock_that_is_set_loses_nobody_a_run(pair: Pair) -> None:
    pair.one.work.does["a"] = "hold"
    run = await pair.one.begin(noop("a"))
    driving = pair.one.drive(run)
    await settle()
    for seconds in (60, -60, 3_600, -3_600):
        pair.clock.set(seconds)
        other = asyncio.create_task(pair.two.engine.drive(run))
        await pair.clock.advance(5)
        with pytest.raises(LeaseHeld):
            await other
    pair.one.work.release("a")
    assert (await driving).status == "completed"
    assert await pair.started(run) == {("a", 1): 1}


async def test_a_report_that_waits_to_be_written_starts_no_attempt_again(bench: Bench) -> None:
    """An attempt may end while the events of another are on their way into the store."""
    bench.work.does |= {"a": "hold", "b": "hold"}
    run = await bench.begin(noop("a"), noop("b"), noop("c", "a"))
    append, gate = bench.store.append, asyncio.Event()

    async def slow(appends: list[Append]) -> list[Appended]:
        await gate.wait()
        return await append(appends)

    driving = bench.drive(run)
    await settle()
    bench.store.append = slow  # type: ignore[method-assign, assignment]
    bench.work.release("a")
    await settle()
    bench.work.release("b")
    await settle()
    gate.set()
    assert (await driving).status == "completed"
    assert sorted(bench.work.done) == ["a", "b", "c"]


async def test_a_store_that_is_busy_is_waited_for_and_the_attempts_live_on(bench: Bench) -> None:
    heard: list[tuple[str, str]] = []
    bench.engine.hears = lambda doing, reason: heard.append((doing, reason))
    bench.work.does |= {"a": "hold", "b": "hold"}
    run = await bench.begin(noop("a"), noop("b"), noop("c", "a"))
    driving = bench.drive(run)
    await settle()
    append = bench.store.append

    async def busy(appends: list[Append]) -> list[Appended]:
        raise StoreBusy(store="it", reason="it is locked")

    bench.store.append = busy  # type: ignore[method-assign, assignment]
    bench.work.release("a")
    await bench.clock.advance(60)
    assert not driving.done()
    assert bench.work.cancelled == []
    bench.store.append = append  # type: ignore[method-assign]
    await bench.clock.advance(20)
    bench.work.release("b")
    assert (await driving).status == "completed"
    assert [reason for _, reason in heard] == ["The store it cannot be used now: it is locked.", ""]
    assert sorted(bench.work.done) == ["a", "b", "c"]


async def test_who_is_stopped_does_not_wait_for_a_busy_store(bench: Bench) -> None:
    bench.work.does["a"] = "hold"
    run = await bench.begin(noop("a"))
    driving = bench.drive(run)
    await settle()

    async def busy(appends: list[Append]) -> list[Appended]:
        raise StoreBusy(store="it", reason="it is locked")

    bench.store.append = busy  # type: ignore[method-assign, assignment]
    bench.work.release("a")
    await bench.clock.advance(5)
    bench.engine.drivers[run].stop()
    await bench.clock.advance(60)
    with pytest.raises(StoreBusy):
        await driving


async def test_an_attempt_that_the_host_has_no_room_for_waits_and_nothing_is_counted(bench: Bench) -> None:
    full = Outcome(failure=Failure(kind="transient", message="no", report={HOST: "the disk is full"}))
    outcomes = iter([full, full, Outcome()])

    async def waits(assignment: object, link: object) -> Outcome:
        return next(outcomes)

    bench.work.does["a"] = waits
    run = await bench.begin(noop("a"))
    driving = bench.drive(run)
    await settle()
    st = (await bench.engine.fold(run)).steps["a"]
    assert (st.status, st.on, st.detail, st.attempts, st.tries) == (
        "waiting",
        "host",
        "the disk is full",
        0,
        0,
    )
    assert bench.engine.slots.taken == 0
    await bench.clock.advance(60)
    state = await driving
    assert (state.status, state.steps["a"].attempt, state.steps["a"].attempts) == ("completed", 3, 1)
    assert state.spent.attempts == 1


async def test_an_error_of_the_host_under_an_attempt_waits_too(bench: Bench) -> None:
    errors = iter([OSError(24, "Too many open files"), StoreBusy(store="it", reason="locked")])

    async def fails(assignment: object, link: object) -> Outcome:
        for error in errors:
            raise error
        return Outcome()

    bench.work.does["a"] = fails
    run = await bench.begin(noop("a"))
    driving = bench.drive(run)
    await bench.clock.advance(60)
    state = await driving
    assert (state.status, state.steps["a"].tries) == ("completed", 0)


async def test_a_called_run_that_somebody_else_drives_is_waited_for(bench: Bench) -> None:
    flow = Workflow(name="child", steps=(noop("inner"),))
    bench.workflows["child"] = flow
    other = Bench(bench.store, bench.clock)
    other.work.does["inner"] = "hold"
    run = await bench.begin(Step(id="sub", kind="call", args={"workflow": "child"}))
    state = await bench.engine.fold(run)
    child = f"{run}.sub"
    bench.work.does["inner"] = "hold"
    driving = bench.drive(run)
    await settle()
    called = (await bench.engine.fold(run)).steps["sub"].child
    assert called
    assert child
    assert state.version == 1
    await _hand_over(bench, other, called)
    theirs = other.drive(called)
    await settle()
    await bench.clock.advance(5)
    assert not driving.done()
    other.work.release("inner")
    await theirs
    await bench.clock.advance(5)
    ended = await driving
    assert ended.status == "completed"


@pytest.mark.parametrize("kind", ["noop", "call"])
async def test_a_run_that_is_aborted_before_what_it_owes_has_begun_ends_and_gives_its_places_back(
    bench: Bench, kind: str
) -> None:
    flow = Workflow(name="child", steps=(noop("inner"),))
    bench.workflows["child"] = flow
    run = await bench.begin(Step(id="a", kind=kind, args={"workflow": "child"} if kind == "call" else {}))

    def abort_at_the_start(state: State, events: list[Event]) -> None:
        if any(isinstance(event, StepStarted) for event in events):
            bench.engine.drivers[run].submit(c.Abort(reason="too late"))

    state = await asyncio.wait_for(bench.engine.drive(run, listener=abort_at_the_start), 5)
    assert state.status == "aborted"
    assert (bench.engine.slots.taken, bench.work.done) == (0, [])


async def test_a_called_run_whose_end_waits_to_be_written_is_not_called_again(bench: Bench) -> None:
    bench.workflows["child"] = Workflow(name="child", steps=(noop("inner"),))
    run = await bench.begin(Step(id="sub", kind="call", args={"workflow": "child"}))
    make, made = bench.engine.call, []

    async def counted(parent: RunHandle, call: Call | EndCall) -> c.ReportChild | None:
        made.append(call)
        report = await make(parent, call)
        parent.submit(c.Publish((NotePublished("a turn is being written when the call ends"),)))
        await asyncio.sleep(0)
        return report

    bench.engine.call = counted  # type: ignore[method-assign]
    assert (await asyncio.wait_for(bench.engine.drive(run), 5)).status == "completed"
    assert len(made) == 1


async def _hand_over(bench: Bench, other: Bench, run: str) -> None:
    held = await bench.store.lease(run)
    assert held is not None
    await bench.store.acquire(Lease(run, other.engine.owner), held)
    await bench.clock.advance(5)


async def test_folders_that_cannot_be_removed_now_do_not_fail_a_run_that_is_over(bench: Bench) -> None:
    heard: list[str] = []
    bench.engine.hears = lambda doing, reason: heard.append(doing)
    run = await bench.begin(noop("a"))

    async def full(run: str, base: object) -> None:
        raise OSError(28, "No space left on device")

    bench.work.end = full  # type: ignore[method-assign]
    assert (await bench.engine.drive(run)).status == "completed"
    assert heard == [f"clearing up after run {run}"]

    async def broken(run: str, base: object) -> None:
        raise OSError(1, "Operation not permitted")

    bench.work.end = broken  # type: ignore[method-assign]
    with pytest.raises(OSError, match="not permitted"):
        await bench.engine.drive(await bench.begin(noop("a")))


async def test_who_listens_for_others_survives_a_store_that_does_not_answer(bench: Bench) -> None:
    bench.work.does["a"] = "hold"
    run = await bench.begin(noop("a"))
    elsewhere, fails = bench.store.elsewhere, [True]

    async def broken(timeout_seconds: float) -> bool:
        if fails:
            fails.pop()
            raise StoreError(store="it", reason="no")
        return await elsewhere(timeout_seconds)

    bench.store.elsewhere = broken  # type: ignore[method-assign]
    driving = bench.drive(run)
    await bench.clock.advance(2)
    assert not fails
    bench.work.release("a")
    assert (await driving).status == "completed"
    with pytest.raises(Exception, match="completed"):
        await bench.engine.tell(run, c.Pause())
