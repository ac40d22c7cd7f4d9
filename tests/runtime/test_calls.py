"""Called runs that nobody waits for any more: they are ended, the one who drives next, and their callers hear what they spent."""

from __future__ import annotations

import pytest

from ropewalk.core import commands as c
from ropewalk.core.state import State
from ropewalk.core.work import Outcome, Parent, Usage
from ropewalk.definition.policy import Timeouts
from ropewalk.definition.stored import encode_workflow
from ropewalk.definition.workflow import Step, Workflow
from ropewalk.testing.clock import settle
from tests.runtime.conftest import Bench, noop

SUB = Step(id="sub", kind="call", args={"workflow": "child"})
PAID = Outcome(agent="a", usage=Usage(tokens_in=100, cost_usd=1.0))


async def given_up(bench: Bench, *steps: Step, call: Step = SUB) -> tuple[str, str]:
    """A run whose driver died while a called run was at work, and its called run."""
    bench.workflows["child"] = Workflow(name="child", steps=steps)
    run = await bench.begin(call)
    driving = bench.drive(run)
    await settle()
    child = bench.engine.drivers[run].state.steps["sub"].child
    bench.engine.drivers[run].stop()
    await driving
    return run, child


async def states(bench: Bench, *runs: str) -> list[State]:
    return [await bench.engine.fold(run) for run in runs]


async def test_a_run_whose_caller_was_aborted_while_nobody_drove_is_ended_by_who_drives_it_next(bench: Bench):
    bench.work.does |= {"inner": PAID, "next": "hold"}
    run, child = await given_up(bench, noop("inner", role="dev"), noop("next", "inner"))
    await bench.engine.tell(run, c.Abort())
    again = Bench(bench.store, bench.clock)
    again.workflows |= bench.workflows
    assert (await again.engine.drive(child)).status == "aborted"
    caller, _ = await states(again, run, child)
    assert (caller.status, caller.unwanted, caller.spent.cost_usd) == ("aborted", {}, 1.0)
    assert again.work.done == []


async def test_a_run_that_goes_on_without_what_it_called_ends_that_too_after_its_driver_died(bench: Bench):
    bench.work.does["inner"] = "hold"
    call = Step(
        id="sub", kind="call", args={"workflow": "child"}, timeout=Timeouts(step_seconds=10), on_failure="continue"
    )  # fmt: skip
    run, child = await given_up(bench, noop("inner"), call=call)
    await bench.clock.advance(60)
    state = await bench.engine.drive(run)
    assert (state.steps["sub"].status, state.unwanted) == ("failed", {})
    assert (await bench.engine.fold(child)).status == "aborted"


async def test_its_final_steps_are_done_and_a_person_may_be_asked_in_them(bench: Bench):
    bench.work.does["inner"] = "hold"
    run, child = await given_up(bench, noop("inner"), Step(id="sure", kind="ask", final=True))
    await bench.engine.tell(run, c.Abort())
    state = await bench.engine.drive(run)
    assert list(state.unwanted) == [child]
    assert (await bench.engine.fold(child)).reason == "asked"
    await bench.engine.tell(child, c.Answer(ask="a1", verdict="approve", by="ann"))
    assert (await bench.engine.drive(run)).unwanted == {}


async def test_what_was_given_up_before_it_was_made_needs_no_end(bench: Bench):
    run = await bench.begin(SUB)
    state = await bench.engine.fold(run)
    await bench.engine.tell(run, c.Advance(1))
    await bench.engine.tell(run, c.Abort())
    state = await bench.engine.drive(run)
    assert (state.status, state.unwanted) == ("aborted", {})


async def test_one_that_has_ended_by_then_is_only_told_of(bench: Bench):
    bench.work.does["inner"] = "hold"
    run, child = await given_up(bench, noop("inner", role="dev"))
    await bench.engine.tell(run, c.Abort())
    await bench.engine.tell(child, c.Abort())
    assert (await bench.engine.drive(run)).unwanted == {}


async def test_one_of_whose_end_its_caller_has_heard_meanwhile_is_not_ended_again(bench: Bench):
    bench.work.does["inner"] = "hold"
    run = await bench.begin(noop("inner"))
    driving = bench.drive(run)
    await settle()
    assert await bench.engine.calls.end(bench.engine.drivers[run], "gone") is None
    bench.work.release("inner")
    assert (await driving).status == "completed"


@pytest.mark.parametrize("imported", [False, True])
async def test_no_run_is_ended_because_the_record_of_another_claims_it(bench: Bench, imported: bool):
    run = await bench.begin(SUB)
    await bench.engine.tell(run, c.Advance(1))
    flow = Workflow(name="child", steps=(noop("inner"),))
    parent = Parent(run, "sub", 1, 1) if imported else None
    forged = await bench.engine.create(flow, encode_workflow(flow), run=f"{run}.1.1", parent=parent)
    if imported:
        await bench.engine.tell(forged, c.Import(by="eve"))
        await bench.engine.tell(forged, c.Resume(by="ann"))
    await bench.engine.tell(run, c.Abort())
    assert (await bench.engine.drive(run)).unwanted == {}
    assert (await bench.engine.drive(forged)).status == "completed"


async def test_one_whose_caller_is_not_here_goes_on_alone(bench: Bench):
    flow = Workflow(name="child", steps=(noop("inner"),))
    child = await bench.engine.create(flow, encode_workflow(flow), parent=Parent("elsewhere", "sub", 1, 1))
    assert (await bench.engine.drive(child)).status == "completed"
