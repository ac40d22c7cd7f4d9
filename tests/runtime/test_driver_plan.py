"""The driver does what the plan says and nothing else, whatever the plan says."""

from __future__ import annotations

import asyncio

import pytest

from ropewalk.agents.port import Permission
from ropewalk.core import commands as c
from ropewalk.core.plan import Call, Effect, EndCall, Perform, Wake, plan
from ropewalk.core.work import Outcome
from ropewalk.definition.policy import Limits, Timeouts
from ropewalk.definition.workflow import Step, Workflow
from ropewalk.runtime import driver
from ropewalk.runtime.assignment import Assignment, Link
from ropewalk.testing.clock import settle
from tests.runtime.conftest import Bench, noop


async def test_a_driver_begins_what_the_plan_owes_and_stops_what_it_does_not_owe_any_more(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.work.does["a"] = "hold"
    run = await bench.begin(noop("a"))
    owed: list[Effect] = []
    monkeypatch.setattr(driver, "plan", lambda state: list(owed))
    driving = bench.drive(run)
    await settle()
    assert [brief.spot.step for brief in bench.work.briefs] == []
    owed.append(Perform("a", 1, 1))
    bench.engine.drivers[run].nudge()
    await settle()
    assert [brief.spot.step for brief in bench.work.briefs] == ["a"]
    owed.clear()
    bench.engine.drivers[run].nudge()
    await settle()
    assert bench.work.cancelled == ["a"]
    monkeypatch.undo()
    driving.cancel()
    await asyncio.wait([driving])


@pytest.mark.parametrize("kind", [(), Call, EndCall, Wake])
async def test_a_driver_that_ignored_a_kind_of_what_is_owed_would_get_no_run_to_its_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, kind: type[Effect] | tuple[()]
) -> None:
    monkeypatch.setattr(
        driver, "plan", lambda state: [one for one in plan(state) if not isinstance(one, kind)]
    )
    bench.work.does |= {"inner": "hold", "late": "hold"}
    bench.workflows["child"] = Workflow(name="child", steps=(noop("inner"),))
    late = noop("late", timeout=Timeouts(step_seconds=5.0), on_failure="continue")
    run = await bench.begin(Step("sub", "call", args={"workflow": "child"}), late)
    driving = bench.drive(run)
    await settle()
    if kind is EndCall:
        await bench.engine.tell(run, c.Abort())
    elif kind is not Call:
        bench.work.release("inner")
    await bench.clock.advance(20)
    await settle()
    state = await bench.engine.fold(run)
    assert (state.ended and not state.unwanted) == (kind == ())
    driving.cancel()
    await asyncio.wait([driving])


async def test_an_attempt_that_asks_is_put_to_rest_and_goes_on_with_the_answer(bench: Bench) -> None:
    heard: list[tuple[int, str]] = []

    async def do(assignment: Assignment, link: Link) -> Outcome:
        await link.note({"session": {"id": "s", "attempt": assignment.spot.attempt}})
        try:
            verdict = await link.ask(Permission("Run make", "execute", (), ("approve", "reject")))
        finally:
            heard.append((assignment.spot.takes_over, f"rests: {await link.rests()}"))
        heard.append((assignment.spot.attempt, verdict))
        return Outcome()

    bench.work.does["a"] = do
    run = await bench.begin(noop("a"))
    driving = bench.drive(run)
    await settle()
    assert (await bench.engine.fold(run)).status == "paused"
    await bench.clock.advance(29)
    assert not driving.done()
    await bench.clock.advance(1)
    state = await driving
    assert (state.status, state.reason, list(state.asks)) == ("paused", "asked", ["a.1.1-1"])
    assert heard == [(0, "rests: True")]
    await bench.engine.tell(run, c.Answer("a.1.1-1", "approve", by="ann"))
    assert (await bench.engine.drive(run)).status == "completed"
    assert heard[1:] == [(1, "rests: False"), (2, "approve")]


async def test_an_attempt_begins_again_only_when_the_one_before_it_is_gone(bench: Bench) -> None:
    order: list[str] = []
    gone = asyncio.Event()

    async def do(assignment: Assignment, link: Link) -> Outcome:
        number = assignment.spot.attempt
        order.append(f"{number} begins")
        try:
            await link.ask(Permission("Run make", "execute", (), ("approve", "reject")))
        except asyncio.CancelledError:
            await gone.wait()
            raise
        finally:
            order.append(f"{number} ends")
        return Outcome()

    bench.work.does["a"] = do
    run = await bench.begin(noop("a"))
    driving = bench.drive(run)
    await settle()
    await bench.clock.advance(30)
    await bench.engine.tell(run, c.Answer("a.1.1-1", "approve", by="ann"))
    await settle()
    assert order == ["1 begins"]
    gone.set()
    assert (await driving).status == "completed"
    assert order == ["1 begins", "1 ends", "2 begins", "2 ends"]


async def test_a_run_whose_called_run_asks_ends_its_driving_too(bench: Bench) -> None:
    async def do(assignment: Assignment, link: Link) -> Outcome:
        return Outcome(
            outputs={"verdict": await link.ask(Permission("Run make", choices=("approve", "reject")))}
        )

    bench.work.does["a"] = do
    bench.workflows["leaf"] = Workflow("leaf", (noop("a"),))
    run = await bench.begin(Step("sub", "call", args={"workflow": "leaf"}))
    driving = bench.drive(run)
    await settle()
    await bench.clock.advance(30)
    state = await driving
    assert (state.status, state.reason) == ("paused", "asked")
    child = state.steps["sub"].child
    assert [brief.spot.attempt for brief in bench.work.briefs] == [1]
    await bench.engine.tell(child, c.Answer("a.1.1-1", "approve", by="ann"))
    assert (await bench.engine.drive(run)).status == "completed"
    assert [brief.spot.attempt for brief in bench.work.briefs] == [1, 2]


async def asks(assignment: Assignment, link: Link) -> Outcome:
    await link.note({"session": {"id": "s", "attempt": assignment.spot.attempt}})
    return Outcome(outputs={"v": await link.ask(Permission("Run make", choices=("approve", "reject")))})


async def test_a_slot_of_an_attempt_that_rests_comes_back_once_in_a_run_that_was_paused_by_hand(
    bench: Bench,
) -> None:
    bench.work.does |= {"a": asks, "b": "hold"}
    run = await bench.begin(noop("a"), noop("b"), noop("c", "b"), limits=Limits(parallel=2))
    bench.drive(run)
    await settle()
    await bench.engine.tell(run, c.Pause(by="ann"))
    await settle()
    bench.work.release("b")
    await settle()
    await bench.clock.advance(31)
    await settle()
    assert bench.engine.slots.taken == 0


async def test_a_run_whose_attempt_rests_while_another_run_has_its_slot_goes_on_when_that_comes_free() -> (
    None
):
    bench = Bench(slots=1)
    bench.work.does |= {"a": asks, "y": "hold"}
    other = await bench.begin(noop("y"))
    run = await bench.begin(noop("a"), noop("b"), limits=Limits(parallel=1))
    driving = [bench.drive(run)]
    await settle()
    driving.append(bench.drive(other))
    await settle()
    await bench.clock.advance(31)
    await settle()
    bench.work.release("y")
    await settle()
    assert (await bench.engine.fold(run)).steps["b"].status == "succeeded"
    for one in driving:
        one.cancel()
    await asyncio.wait(driving)


async def test_an_attempt_rests_also_where_the_answer_comes_while_it_is_being_ended(bench: Bench) -> None:
    rests: list[bool] = []
    gone = asyncio.Event()

    async def slowly(assignment: Assignment, link: Link) -> Outcome:
        try:
            return await asks(assignment, link)
        except asyncio.CancelledError:
            await gone.wait()
            rests.append(await link.rests())
            raise

    bench.work.does["a"] = slowly
    run = await bench.begin(noop("a"))
    driving = bench.drive(run)
    await settle()
    await bench.clock.advance(30)
    await bench.engine.tell(run, c.Answer("a.1.1-1", "approve", by="ann"))
    await settle()
    gone.set()
    await driving
    assert rests == [True]
