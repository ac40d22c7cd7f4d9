"""What an attempt notes, asks and publishes is on record when it goes on; what it prints waits for a store that has no room."""

from __future__ import annotations

import asyncio
import errno

import pytest

from ropewalk.agents.port import Permission
from ropewalk.core.commands import Answer
from ropewalk.core.events import AskOpened, AttemptNoted, NotePublished
from ropewalk.core.state import State
from ropewalk.core.work import Outcome
from ropewalk.runtime.assignment import Assignment, Link
from ropewalk.testing.clock import settle
from tests.runtime.conftest import Bench, noop


async def events_of(bench: Bench, run: str) -> list[object]:
    return [record.event for record in await bench.store.read(run)]


async def driven(bench: Bench, do) -> tuple[str, State]:
    bench.work.does["a"] = do
    run = await bench.begin(noop("a"))
    return run, await bench.drive(run)


async def test_a_note_and_an_event_are_on_record_when_it_goes_on(bench: Bench):
    seen: list[list[object]] = []

    async def do(assignment: Assignment, link: Link) -> Outcome:
        await link.note({"session": "s1"})
        await link.publish("tested", {"passed": 3})
        seen.append(await events_of(bench, assignment.spot.run))
        return Outcome()

    await driven(bench, do)
    assert AttemptNoted("a", 1, 1, note={"session": "s1"}) in seen[0]
    assert NotePublished(name="tested", data={"passed": 3}, step="a") in seen[0]


async def test_each_question_of_an_attempt_has_a_name_of_its_own_and_waits_for_its_answer(bench: Bench):
    async def do(assignment: Assignment, link: Link) -> Outcome:
        first = await link.ask(Permission("run it?", "execute", detail={"command": "make"}))
        second = await link.ask(Permission("write?", "edit", paths=("a.txt",)))
        return Outcome(outputs={"verdicts": [first, second]})

    bench.work.does["a"] = do
    run = await bench.begin(noop("a"))
    driving = bench.drive(run, resting=lambda state: state.ended)
    for name, verdict in (("a.1.1-1", "allow"), ("a.1.1-2", "deny")):
        await settle()
        await bench.engine.tell(run, Answer(ask=name, verdict=verdict, by="ann"))
    state = await driving
    assert state.outputs["a"] == {"verdicts": ["allow", "deny"]}
    opened = [event for event in await events_of(bench, run) if isinstance(event, AskOpened)]
    assert [event.prompt for event in opened] == ["run it?", "write?"]
    assert opened[0].detail == {"kind": "execute", "paths": [], "command": "make"}
    assert opened[1].detail["paths"] == ["a.txt"]


async def test_what_it_prints_is_kept_under_its_attempt(bench: Bench):
    async def do(assignment: Assignment, link: Link) -> Outcome:
        await link.output(b"one\n")
        await link.output(b"two\n")
        return Outcome()

    run, _ = await driven(bench, do)
    assert await bench.store.read_output(run, "a/1.1") == b"one\ntwo\n"


async def test_output_waits_for_a_store_that_has_no_room_and_nothing_of_it_is_lost(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    write, full = bench.store.write_output, [True]

    async def write_output(run: str, attempt: str, chunk: bytes) -> None:
        if full[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        await write(run, attempt, chunk)

    monkeypatch.setattr(bench.store, "write_output", write_output)

    async def do(assignment: Assignment, link: Link) -> Outcome:
        await link.output(b"kept\n")
        return Outcome()

    bench.work.does["a"] = do
    run = await bench.begin(noop("a"))
    driving = bench.drive(run)
    await bench.clock.advance(30.0)
    assert not driving.done()
    full[0] = False
    for _ in range(20):
        await bench.clock.advance(30.0)
    assert (await driving).status == "completed"
    assert await bench.store.read_output(run, "a/1.1") == b"kept\n"


async def test_that_the_host_has_no_room_is_on_record_and_taken_back(bench: Bench):
    async def do(assignment: Assignment, link: Link) -> Outcome:
        await link.waits("preparing its folder", "no space left")
        await link.waits("preparing its folder", "")
        await asyncio.sleep(0)
        return Outcome()

    run, _ = await driven(bench, do)
    notes = [event.note for event in await events_of(bench, run) if isinstance(event, AttemptNoted)]
    assert {"waits": {"attempt": 1, "doing": "preparing its folder", "reason": "no space left"}} in notes
    assert notes[-1] == {"waits": {}}
