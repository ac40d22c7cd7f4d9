"""What drivers and attempts are told of the process that they live in is what it does: the same names, taken in the same way,
and nothing is heard before it is durable."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from ropewalk.core import commands as c
from ropewalk.definition.workflow import Approval, Step
from ropewalk.errors import Refused
from ropewalk.runtime.driver import Driver
from ropewalk.runtime.engine import Engine
from ropewalk.runtime.host import Host, RunHandle
from ropewalk.testing.clock import settle
from tests.runtime.conftest import Bench, noop

PROMISED = [
    (protocol, doing, name)
    for protocol, doing in ((Host, Engine), (RunHandle, Driver))
    for name, member in vars(protocol).items()
    if name[0] != "_" and inspect.isfunction(member)
]


def taken_by(function: Any) -> list[tuple[str, Any, Any]]:
    return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]


@pytest.mark.parametrize(("protocol", "doing", "name"), PROMISED, ids=lambda value: str(value))
def test_a_verb_takes_what_its_port_says(protocol: type, doing: type, name: str):
    own = getattr(doing, name)
    promised = getattr(protocol, name)
    count = len(taken_by(promised))
    assert taken_by(own)[:count] == taken_by(promised)
    assert [name for name, _, default in taken_by(own)[count:] if default is inspect.Parameter.empty] == []
    assert inspect.iscoroutinefunction(own) == inspect.iscoroutinefunction(promised)


async def test_an_engine_has_what_a_host_is_asked_for(bench: Bench):
    assert [name for name in inspect.get_annotations(Host) if not hasattr(bench.engine, name)] == []
    assert bench.engine.owner == bench.engine.leases.owner != bench.engine.actor


def asking() -> tuple[Step, Step]:
    return Step(id="question", kind="ask", ask=Approval(prompt="Shall it go on?")), noop("work")


async def test_the_state_of_a_run_is_known_while_it_is_driven_here_and_no_longer(bench: Bench):
    bench.work.does["work"] = "hold"
    run, other = await bench.begin(noop("work")), await bench.begin(noop("work"))
    assert bench.engine.state_of(run) is None
    driving = bench.drive(run)
    await settle()
    assert bench.engine.state_of(run) is bench.engine.drivers[run].state
    assert bench.engine.state_of(other) is None
    assert (await bench.engine.owns(run), await bench.engine.owns(other)) == (True, False)
    bench.work.release("work")
    await driving
    assert bench.engine.state_of(run) is None


async def test_what_is_handed_in_is_on_record_when_it_is_heard_and_a_refusal_is_not(bench: Bench):
    bench.work.does["work"] = "hold"
    run = await bench.begin(*asking())
    driving = bench.drive(run)
    await settle()
    handle = bench.engine.drivers[run]
    verdict = handle.await_answer("a1")
    assert not verdict.done()
    events = await handle.submit(c.Answer(ask="a1", verdict="approve", by="ann"), "ann")
    records = await bench.store.read(run)
    assert [event for event in events if event not in [record.event for record in records]] == []
    assert [record.actor for record in records if record.event in events] == ["ann"] * len(events)
    assert (await verdict, await handle.await_answer("a1")) == ("approve", "approve")
    with pytest.raises(Refused, match="already answered"):
        await handle.submit(c.Answer(ask="a1", verdict="reject", by="bob"), "bob")
    assert await bench.store.read(run) == records
    bench.work.release("work")
    assert (await driving).status == "completed"


async def test_a_run_that_is_driven_no_more_takes_nothing_in(bench: Bench):
    bench.work.does["work"] = "hold"
    run = await bench.begin(noop("work"))
    driving = bench.drive(run)
    await settle()
    handle = bench.engine.drivers[run]
    bench.work.release("work")
    version = (await driving).version
    assert handle.submit(c.Abort(by="ann"), "ann").cancelled()
    handle.nudge()
    await settle()
    assert (await bench.engine.fold(run)).version == version
