"""Time limits of an attempt, and its output on the way."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from ropewalk.agents.port import Permission
from ropewalk.core.work import Outcome
from ropewalk.definition.policy import Timeouts
from ropewalk.runtime.desk import AttemptDesk
from ropewalk.runtime.watch import Watch
from ropewalk.testing.clock import ManualClock, settle


class Link:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.out = b""
        self.told: list[Any] = []

    async def note(self, note: dict[str, Any]) -> None:
        self.told.append(note)

    async def ask(self, permission: Any) -> str:
        self.told.append(permission)
        return "allow"

    async def publish(self, name: str, data: dict[str, Any]) -> None:
        self.told.append((name, data))

    async def output(self, chunk: bytes) -> None:
        self.out += chunk

    async def rests(self) -> bool:
        return False

    async def waits(self, doing: str, reason: str) -> None:
        self.told.append((doing, reason))


class Bench:
    def __init__(self, tmp_path: Path, limits: Timeouts, output_bytes: int = 1000) -> None:
        self.clock = ManualClock()
        self.link = Link()
        self.desk = AttemptDesk(tmp_path, tmp_path, self.link, self.clock, output_bytes)
        self.watch = Watch(self.clock, self.desk, limits)

    async def work(self, seconds: float) -> Outcome:
        await self.desk.sleep(seconds)
        return Outcome(outputs={"done": True})


async def test_work_within_its_time_gives_its_outcome(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Timeouts(attempt_seconds=10))
    running = asyncio.ensure_future(bench.watch.run(bench.work(5)))
    await bench.clock.advance(6)
    assert (await running).outputs == {"done": True}


async def test_work_over_its_time_is_stopped_and_classed_as_a_timeout(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Timeouts(attempt_seconds=2))
    running = asyncio.ensure_future(bench.watch.run(bench.work(50)))
    await bench.clock.advance(3)
    failure = (await running).failure
    assert failure is not None
    assert (failure.kind, failure.message) == ("timeout", "the attempt took longer than 2 s")


async def test_silence_ends_an_attempt_and_a_sign_of_life_does_not(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Timeouts(idle_seconds=3))
    running = asyncio.ensure_future(bench.watch.run(bench.work(50)))
    await bench.clock.advance(2)
    bench.desk.say("still here")
    await bench.clock.advance(2)
    assert not running.done()
    await bench.clock.advance(2)
    failure = (await running).failure
    assert failure is not None
    assert failure.message == "no sign of life for 3 s"
    assert bench.link.out == b"still here"


async def test_being_cancelled_cancels_the_work_and_waits_for_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Timeouts())
    cleaned = []

    async def work() -> Outcome:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)
        return Outcome()

    running = asyncio.ensure_future(bench.watch.run(work()))
    await settle()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert cleaned == [True]


async def test_output_is_written_as_it_goes_and_cut_at_its_limit(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Timeouts(), output_bytes=8)
    running = asyncio.ensure_future(bench.watch.run(bench.work(2)))
    await settle()
    bench.desk.say("12345")
    bench.desk.say("")
    await bench.clock.advance(1)
    assert bench.link.out == b"12345"
    bench.desk.say("6789")
    bench.desk.say("more")
    await bench.clock.advance(2)
    await running
    assert bench.link.out.startswith(b"12345678\n[ropewalk: the output limit is reached")
    assert b"more" not in bench.link.out


async def test_notes_questions_and_events_of_an_attempt_go_to_its_run(tmp_path: Path) -> None:
    from ropewalk.agents.port import Permission

    bench = Bench(tmp_path, Timeouts())
    await bench.desk.note({"session": 1})
    await bench.desk.publish("seen", {"n": 1})
    assert await bench.desk.ask(Permission(title="May I?")) == "allow"
    assert bench.desk.now() == bench.clock.now()
    assert len(bench.link.told) == 3


async def test_neither_time_nor_silence_counts_while_a_person_is_asked(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Timeouts(attempt_seconds=10, idle_seconds=3))
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def asked(permission: Any) -> str:
        return await answer

    bench.link.ask = asked  # type: ignore[method-assign]

    async def work() -> Outcome:
        await bench.work(2)
        await bench.desk.ask(Permission("May I?"))
        for _ in range(9):
            bench.desk.alive()
            await bench.work(1)
        return Outcome()

    running = asyncio.ensure_future(bench.watch.run(work()))
    await bench.clock.advance(2)
    for _ in range(10):
        await bench.clock.advance(10)
    assert not running.done()
    answer.set_result("allow")
    for _ in range(9):
        await bench.clock.advance(1)
    failure = (await running).failure
    assert failure is not None
    assert failure.message == "the attempt took longer than 10 s"
