"""The verbs on a store, with and without a driver at work, and two processes that believe they drive the same run."""

from __future__ import annotations

import asyncio

import pytest

from ropewalk.core import commands as c
from ropewalk.core.events import StepSucceeded
from ropewalk.core.work import Outcome, Parent, Usage
from ropewalk.definition.policy import Budget, Limits, Retry
from ropewalk.definition.stored import encode_workflow
from ropewalk.definition.workflow import Approval, Step, Workflow
from ropewalk.errors import LeaseHeld, NoSuchRun, Refused, RopewalkError, StoreError
from ropewalk.runtime.engine import until_ended
from ropewalk.store.port import Appended
from ropewalk.testing.clock import settle
from tests.runtime.conftest import Bench, failed, noop


async def test_a_chain_runs_to_its_end_in_written_order(bench: Bench) -> None:
    run = await bench.begin(noop("a"), noop("b", "a"), noop("c", "b"))
    state = await bench.engine.drive(run)
    assert state.status == "completed"
    assert bench.work.done == ["a", "b", "c"]
    assert bench.work.ended == [run]


async def test_a_successor_starts_while_a_slow_sibling_still_runs(bench: Bench) -> None:
    bench.work.does["slow"] = "hold"
    run = await bench.begin(noop("slow"), noop("fast"), noop("next", "fast"))
    driving = bench.drive(run)
    await settle()
    assert bench.work.done == ["fast", "next"]
    bench.work.release("slow")
    assert (await driving).status == "completed"


async def test_never_more_attempts_than_places_of_the_run_and_of_the_host(bench: Bench) -> None:
    bench.work.does |= {f"s{i}": "yield" for i in range(20)}
    run = await bench.begin(*(noop(f"s{i}") for i in range(20)), limits=Limits(parallel=3))
    await bench.engine.drive(run)
    assert bench.work.most == 3
    narrow = Bench(slots=2)
    narrow.work.does |= {f"r{n}s{i}": "yield" for n in range(3) for i in range(6)}
    runs = [await narrow.begin(*(noop(f"r{n}s{i}") for i in range(6))) for n in range(3)]
    states = await asyncio.gather(*(narrow.engine.drive(run) for run in runs))
    assert {state.status for state in states} == {"completed"}
    assert narrow.work.most == 2
    assert narrow.engine.slots.taken == 0


async def test_a_step_and_its_successor_share_one_append(bench: Bench) -> None:
    run = await bench.begin(noop("a"), noop("b", "a"))
    await bench.engine.drive(run)
    kinds = [(record.kind, record.at) for record in await bench.store.read(run)]
    assert [kind for kind, _ in kinds] == [
        "run.created",
        "run.started",
        "step.started",
        "step.succeeded",
        "step.started",
        "step.succeeded",
        "run.completed",
    ]


async def test_a_run_that_only_a_person_can_move_comes_to_rest_and_goes_on_when_answered(
    bench: Bench,
) -> None:
    run = await bench.begin(Step(id="ok", kind="ask", ask=Approval(prompt="Go?")), noop("go", "ok"))
    state = await bench.engine.drive(run)
    assert (state.status, state.reason) == ("paused", "asked")
    await bench.engine.tell(run, c.Answer(ask="a1", verdict="approve", by="ann"))
    with pytest.raises(Refused, match="already answered"):
        await bench.engine.tell(run, c.Answer(ask="a1", verdict="reject", by="bob"))
    assert (await bench.engine.drive(run)).status == "completed"


async def test_an_answer_reaches_a_run_that_is_being_driven(bench: Bench) -> None:
    run = await bench.begin(Step(id="ok", kind="ask"), noop("go", "ok"))
    driving = bench.drive(run, resting=until_ended)
    await settle()
    events = await bench.engine.tell(run, c.Answer(ask="a1", verdict="approve", by="ann"))
    assert any(isinstance(event, StepSucceeded) for event in events)
    assert (await driving).status == "completed"


async def test_a_refused_command_changes_nothing_and_says_why(bench: Bench) -> None:
    run = await bench.begin(noop("a"))
    await bench.engine.drive(run)
    before = await bench.store.read(run)
    with pytest.raises(Refused, match="completed"):
        await bench.engine.tell(run, c.Pause())
    assert await bench.store.read(run) == before
    with pytest.raises(NoSuchRun):
        await bench.engine.tell("nobody", c.Pause())


async def test_a_retry_waits_by_the_clock_and_holds_no_place(bench: Bench) -> None:
    tries = iter([failed("transient"), Outcome()])

    async def flaky(assignment: object, link: object) -> Outcome:
        return next(tries)

    bench.work.does["a"] = flaky
    run = await bench.begin(noop("a", retry=Retry(attempts=2, delay_seconds=30, jitter=False)))
    driving = bench.drive(run)
    await settle()
    assert bench.engine.slots.taken == 0
    await bench.clock.advance(29)
    assert not driving.done()
    await bench.clock.advance(2)
    assert (await driving).status == "completed"


async def test_abort_stops_what_runs_and_the_run_is_over(bench: Bench) -> None:
    bench.work.does["a"] = "hold"
    run = await bench.begin(noop("a"), noop("b", "a"))
    driving = bench.drive(run)
    await settle()
    await bench.engine.tell(run, c.Abort(reason="enough"))
    state = await driving
    assert state.status == "aborted"
    assert bench.work.cancelled == ["a"]
    assert state.steps["a"].status == "aborted"


async def test_what_a_dead_driver_had_under_way_is_lost_and_done_again(bench: Bench) -> None:
    bench.work.does["a"] = "hold"
    run = await bench.begin(noop("a"), noop("b", "a"))
    dead = bench.drive(run)
    await settle()
    dead.cancel()
    await asyncio.gather(dead, return_exceptions=True)
    bench.work.does.clear()
    state = await bench.engine.drive(run)
    assert state.status == "completed"
    assert [(spot.step, spot.attempt) for spot in bench.work.abandoned] == [("a", 1)]
    assert (state.steps["a"].attempt, state.steps["a"].tries) == (2, 0)


async def test_two_drivers_of_one_run_finish_each_step_once() -> None:
    one = Bench()
    two = Bench(store=one.store, clock=one.clock)
    run = await one.begin(*(noop(f"s{i}", *([f"s{i - 1}"] if i else [])) for i in range(10)))
    with pytest.raises(LeaseHeld):
        await asyncio.gather(one.engine.drive(run), two.engine.drive(run))
    await settle()
    state = await one.engine.fold(run)
    records = [record for record in await one.store.read(run) if record.kind == "step.succeeded"]
    assert state.status == "completed"
    assert len(records) == 10


async def test_an_append_by_somebody_else_is_folded_before_deciding_again(bench: Bench) -> None:
    bench.work.does["a"] = "hold"
    run = await bench.begin(noop("a"), noop("b", "a"))
    driving = bench.drive(run)
    await settle()
    other = Bench(store=bench.store, clock=bench.clock)
    await other.engine.tell(run, c.SetFact(name="x", value=1, by="other"))
    bench.work.release("a")
    state = await driving
    assert state.status == "completed"
    assert state.facts == {"x": 1}
    assert state.version == len(await bench.store.read(run))


async def test_a_called_run_gives_its_outputs_to_the_step_that_called_it(bench: Bench) -> None:
    from ropewalk.definition.workflow import Input, Workflow

    bench.work.does["inner"] = Outcome(outputs={"n": 7})
    bench.workflows["child"] = Workflow(
        name="child",
        steps=(noop("inner"),),
        inputs={"who": Input()},
        outputs={"n": "outputs.inner.n", "who": "inputs.who"},
    )
    call = Step(id="sub", kind="call", args={"workflow": "child", "inputs": {"who": "{{ run.workflow }}"}})
    run = await bench.begin(call, noop("after", "sub"))
    state = await bench.engine.drive(run)
    assert state.status == "completed"
    assert state.outputs["sub"] == {"n": 7, "who": "flow"}
    child = await bench.engine.fold(state.steps["sub"].child)
    assert child.parent is not None
    assert child.parent.run == run


async def test_a_child_that_waits_for_a_person_pauses_its_parent_and_both_go_on(bench: Bench) -> None:
    from ropewalk.definition.workflow import Workflow

    bench.workflows["child"] = Workflow(name="child", steps=(Step(id="ok", kind="ask"),))
    run = await bench.begin(Step(id="sub", kind="call", args={"workflow": "child"}))
    state = await bench.engine.drive(run)
    assert (state.status, state.reason) == ("paused", "asked")
    child = state.steps["sub"].child
    await bench.engine.tell(child, c.Answer(ask="a1", verdict="approve", by="ann"))
    assert (await bench.engine.drive(run)).status == "completed"


async def test_aborting_a_parent_aborts_what_it_called(bench: Bench) -> None:
    from ropewalk.definition.workflow import Workflow

    bench.work.does["inner"] = "hold"
    bench.workflows["child"] = Workflow(name="child", steps=(noop("inner"),))
    run = await bench.begin(Step(id="sub", kind="call", args={"workflow": "child"}))
    driving = bench.drive(run)
    await settle()
    await bench.engine.tell(run, c.Abort(reason="enough"))
    state = await driving
    child = await bench.engine.fold(state.steps["sub"].child)
    assert (state.status, child.status) == ("aborted", "aborted")
    assert bench.work.cancelled == ["inner"]


async def test_a_call_of_a_workflow_that_is_not_there_fails_its_step(bench: Bench) -> None:
    run = await bench.begin(Step(id="sub", kind="call", args={"workflow": "nowhere"}))
    state = await bench.engine.drive(run)
    assert state.status == "failed"
    assert "There is no workflow nowhere" in state.reason


@pytest.mark.parametrize("imported", [False, True])
async def test_a_run_that_only_bears_the_name_of_a_call_is_not_its_outcome(
    bench: Bench, imported: bool
) -> None:
    child = Workflow(name="child", steps=(noop("inner"),))
    run = await bench.begin(Step(id="sub", kind="call", args={"workflow": "child"}))
    parent = Parent(run, "sub", 1, 1) if imported else None
    forged = await bench.engine.create(child, encode_workflow(child), run=f"{run}.1.1", parent=parent)
    if imported:
        await bench.engine.tell(forged, c.Import(by="eve"))
    state = await bench.engine.drive(run)
    assert state.status == "failed"
    assert "was not called by step sub" in state.reason


async def test_runs_called_side_by_side_keep_within_the_budget_of_their_caller(bench: Bench) -> None:
    bench.work.does["inner"] = Outcome(agent="a", usage=Usage(tokens_in=100, cost_usd=1.0))
    bench.workflows["child"] = Workflow(name="child", steps=(noop("inner", role="dev"),))
    calls = [Step(id=f"c{n}", kind="call", args={"workflow": "child"}) for n in range(6)]
    run = await bench.begin(*calls, limits=Limits(budget=Budget(tokens=100)))
    state = await bench.engine.drive(run)
    assert (state.status, bench.work.done) == ("paused", ["inner"])
    assert (state.spent.tokens, state.spent.cost_usd, state.spent.attempts) == (100, 1.0, 1)
    state = await bench.engine.drive(run)
    assert (state.status, bench.work.done) == ("paused", ["inner"])
    await bench.engine.tell(run, c.RaiseBudget(tokens=500))
    state = await bench.engine.drive(run)
    assert (state.status, len(bench.work.done), state.spent.tokens) == ("completed", 6, 600)


async def test_a_person_who_allows_a_called_run_more_allows_its_caller_more(bench: Bench) -> None:
    bench.work.does["a"] = Outcome(agent="a", usage=Usage(cost_usd=0.5))
    steps = (noop("a", role="dev"), noop("b", "a", role="dev"))
    bench.workflows["child"] = Workflow(name="child", steps=steps)
    call = Step(id="sub", kind="call", args={"workflow": "child"})
    run = await bench.begin(call, limits=Limits(budget=Budget(cost_usd=0.25)))
    state = await bench.engine.drive(run)
    child = state.steps["sub"].child
    assert (await bench.engine.fold(child)).reason == "budget"
    await bench.engine.tell(child, c.Answer(ask="a1", verdict="approve", by="ann"))
    state = await bench.engine.drive(run)
    assert (state.status, state.raised.cost_usd) == ("completed", 0.5)


async def test_stopping_leaves_the_run_as_it_is_for_the_next_driver(bench: Bench) -> None:
    bench.work.does["a"] = "hold"
    run = await bench.begin(noop("a"))
    driving = bench.drive(run)
    await settle()
    bench.engine.drivers[run].stop()
    state = await driving
    assert state.status == "running"
    bench.work.does.clear()
    assert (await bench.engine.drive(run)).status == "completed"


async def test_a_run_is_driven_once_in_a_process(bench: Bench) -> None:
    bench.work.does["a"] = "hold"
    run = await bench.begin(noop("a"))
    driving = bench.drive(run)
    await settle()
    with pytest.raises(RopewalkError, match="already driven"):
        await bench.engine.drive(run)
    bench.work.release("a")
    await driving


async def test_the_state_of_a_run_at_an_earlier_version(bench: Bench) -> None:
    run = await bench.begin(noop("a"), noop("b", "a"))
    await bench.engine.drive(run)
    early = await bench.engine.fold(run, version=4)
    assert early.steps["a"].status == "succeeded"
    assert early.steps["b"].status == "pending"


async def test_a_note_outlives_a_crash_and_comes_with_the_next_brief(bench: Bench) -> None:
    async def noting(assignment: object, link: object) -> Outcome:
        await link.note({"session": "s-1"})  # type: ignore[attr-defined]
        await asyncio.Event().wait()
        return Outcome()

    bench.work.does["a"] = noting
    run = await bench.begin(noop("a", retry=Retry()))
    dead = bench.drive(run)
    await settle()
    dead.cancel()
    await asyncio.gather(dead, return_exceptions=True)
    bench.work.does.clear()
    await bench.engine.drive(run)
    assert (await bench.engine.fold(run)).status == "completed"
    records = await bench.store.read(run)
    assert [r.kind for r in records].count("attempt.noted") == 1


async def test_a_permission_is_asked_and_its_answer_reaches_the_attempt(bench: Bench) -> None:
    from ropewalk.agents.port import Permission

    async def asking(assignment: object, link: object) -> Outcome:
        answer = await link.ask(Permission(title="May I?", choices=("allow", "deny")))  # type: ignore[attr-defined]
        await link.publish("asked", {"answer": answer})  # type: ignore[attr-defined]
        return Outcome(outputs={"answer": answer})

    bench.work.does["a"] = asking
    run = await bench.begin(noop("a"))
    driving = bench.drive(run)
    await settle()
    await bench.engine.tell(run, c.Answer(ask="a.1.1-1", verdict="deny", by="ann"))
    state = await driving
    assert state.outputs["a"] == {"answer": "deny"}
    assert [r.event.name for r in await bench.store.feed(patterns=["custom.*"])] == ["asked"]  # type: ignore[attr-defined]


async def test_closing_the_engine_ends_its_driving(bench: Bench) -> None:
    bench.work.does["a"] = "hold"
    run = await bench.begin(noop("a"))
    driving = bench.drive(run)
    await settle()
    await bench.engine.close()
    assert (await driving).status == "running"
    assert bench.work.cancelled == ["a"]


async def test_a_store_that_fails_ends_the_driving_with_its_own_error_and_stops_what_ran(
    bench: Bench,
) -> None:
    bench.work.does |= {"a": "hold", "b": "hold"}
    run = await bench.begin(noop("a"), noop("b"))
    driving = bench.drive(run)
    await settle()

    async def broken(appends: object) -> list[Appended]:
        raise StoreError(store="it", reason="the disk is full")

    bench.store.append = broken  # type: ignore[method-assign]
    bench.work.release("a")
    with pytest.raises(StoreError, match="the disk is full"):
        await driving
    assert bench.work.cancelled == ["b"]
    assert run not in bench.engine.drivers
    assert bench.engine.slots.taken == 0


async def _crash(bench: Bench, run: str) -> None:
    driving = bench.drive(run)
    await settle()
    driving.cancel()
    await asyncio.gather(driving, return_exceptions=True)


async def test_a_run_that_ends_its_driver_again_and_again_is_blocked_and_tries_one_attempt_at_a_time_before(
    bench: Bench,
) -> None:
    bench.work.does |= {"a": "hold", "b": "hold"}
    run = await bench.begin(noop("a"), noop("b"))
    seen = []
    for _ in range(3):
        await _crash(bench, run)
        seen.append(len((await bench.engine.fold(run)).running))
    assert seen == [2, 2, 1]
    state = await bench.engine.drive(run)
    assert (state.status, state.reason) == ("paused", "blocked")
    bench.work.does.clear()
    await bench.engine.tell(run, c.Resume())
    assert (await bench.engine.drive(run)).status == "completed"


async def test_a_crash_while_nothing_was_at_its_work_does_not_speak_against_the_run(bench: Bench) -> None:
    bench.work.does["a"] = "hold"
    bench.work.at_work = False
    run = await bench.begin(noop("a"))
    for _ in range(6):
        await _crash(bench, run)
    bench.work.does.clear()
    assert (await bench.engine.drive(run)).status == "completed"
