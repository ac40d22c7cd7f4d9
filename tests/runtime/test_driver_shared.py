"""A driver next to others: in its own process, in the store, and with those who wait for what it was asked."""

from __future__ import annotations

import asyncio

import pytest

from ropewalk.core import commands as c
from ropewalk.core.events import NotePublished
from ropewalk.core.work import Outcome
from ropewalk.definition.workflow import Step, Workflow
from ropewalk.errors import LeaseHeld, StillRunning, StoreError
from ropewalk.runtime.assignment import Assignment, Link
from ropewalk.store.port import Append, Appended
from ropewalk.testing.clock import settle
from ropewalk.workspace.port import AttemptId
from tests.runtime.conftest import Bench, noop


async def test_of_two_that_take_up_a_run_at_the_same_moment_in_one_process_one_drives_it(
    bench: Bench,
) -> None:
    run = await bench.begin(noop("a"))
    take = bench.engine.leases.take

    async def slow(run: str) -> None:
        await asyncio.sleep(0)
        await take(run)

    bench.engine.leases.take = slow  # type: ignore[method-assign]
    ended = await asyncio.gather(bench.drive(run), bench.drive(run), return_exceptions=True)
    assert sum(isinstance(one, LeaseHeld) for one in ended) == 1
    assert [brief.spot.step for brief in bench.work.briefs] == ["a"]
    assert (await bench.engine.fold(run)).status == "completed"


async def test_who_waits_for_a_command_hears_that_the_driver_has_gone_while_it_was_being_written(
    bench: Bench,
) -> None:
    bench.work.does["a"] = "hold"
    run = await bench.begin(noop("a"))
    driving = bench.drive(run)
    await settle()

    async def broken(appends: list[Append]) -> list[Appended]:
        raise StoreError(store="it", reason="it is broken")

    bench.store.append = broken  # type: ignore[method-assign, assignment]
    told = bench.engine.drivers[run].submit(c.Publish((NotePublished("a word"),)))
    with pytest.raises(StoreError):
        await driving
    assert told.cancelled()


async def test_an_answer_that_another_process_writes_while_this_one_writes_reaches_the_attempt(
    bench: Bench,
) -> None:
    from ropewalk.agents.port import Permission

    heard: list[str] = []

    async def asking(assignment: Assignment, link: Link) -> Outcome:
        heard.append(await link.ask(Permission(title="May I?", choices=("allow", "deny"))))
        return Outcome()

    bench.work.does["a"] = asking
    run = await bench.begin(noop("a"))
    driving = bench.drive(run)
    await settle()
    other, append = Bench(bench.store, bench.clock), bench.store.append

    async def overtaken(appends: list[Append]) -> list[Appended]:
        bench.store.append = append  # type: ignore[method-assign]
        await other.engine.tell(run, c.Answer(ask="a.1.1-1", verdict="deny", by="ann"))
        return await append(appends)

    bench.store.append = overtaken  # type: ignore[method-assign, assignment]
    await bench.engine.tell(run, c.Publish((NotePublished("a word"),)))
    await settle()
    assert heard == ["deny"]
    assert (await driving).status == "completed"


async def test_a_called_run_of_which_something_still_runs_is_waited_for_and_has_not_failed(
    bench: Bench,
) -> None:
    bench.workflows["child"] = Workflow(name="child", steps=(noop("inner"),))
    bench.work.does["inner"] = "hold"
    run = await bench.begin(Step(id="sub", kind="call", args={"workflow": "child"}))
    dead = bench.drive(run)
    await settle()
    dead.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dead

    left = [True, True]
    other = Bench(bench.store, bench.clock)
    other.workflows = bench.workflows

    async def abandon(spot: AttemptId) -> bool:
        if left:
            left.pop()
            raise StillRunning(run=spot.run, step=spot.step, keepers="1")
        return True

    other.work.abandon = abandon  # type: ignore[method-assign]
    driving = other.drive(run)
    await bench.clock.advance(60)
    assert left == []
    assert (await driving).status == "completed"
