"""The driver does what the plan says and nothing else, whatever the plan says."""

from __future__ import annotations

import asyncio

import pytest

from ropewalk.core import commands as c
from ropewalk.core.plan import Call, Effect, EndCall, Perform, Wake, plan
from ropewalk.definition.policy import Timeouts
from ropewalk.definition.workflow import Step, Workflow
from ropewalk.runtime import driver
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
