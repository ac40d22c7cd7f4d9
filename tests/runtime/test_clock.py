"""A call at a time of day looks again at times, as that time may be set; a length of time is counted by what nobody sets."""

from __future__ import annotations

import asyncio
import time

import pytest

from ropewalk.runtime.clock import LONGEST_SECONDS, SystemClock, pause
from ropewalk.testing.clock import ManualClock, settle


class Called:
    """The event loop's own `call_later`, which only remembers."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.delays: list[float] = []
        loop = asyncio.get_running_loop()
        patch.setattr(loop, "call_later", lambda seconds, action: self.delays.append(seconds))


@pytest.mark.parametrize(
    ("ahead", "delay"), [(5.0, 5.0), (LONGEST_SECONDS * 100, LONGEST_SECONDS), (-60.0, 0.0), (0.0, 0.0)]
)
async def test_a_time_of_day_is_waited_for_a_while_at_most(monkeypatch, ahead: float, delay: float):
    monkeypatch.setattr(time, "time", lambda: 1_000.0)
    called = Called(monkeypatch)
    SystemClock().call_at(1_000.0 + ahead, lambda: None)
    assert called.delays == [pytest.approx(delay)]


async def test_a_length_of_time_is_waited_for_whole(monkeypatch):
    called = Called(monkeypatch)
    SystemClock().call_later(7_200.0, lambda: None)
    SystemClock().call_later(-1.0, lambda: None)
    assert called.delays == [7_200.0, 0.0]


def test_its_two_clocks_are_the_machines():
    clock = SystemClock()
    assert abs(clock.now() - time.time()) < 60
    assert clock.monotonic() <= time.monotonic()


async def test_a_pause_ends_when_its_time_has_passed_and_takes_its_call_back_when_it_is_cancelled():
    clock = ManualClock()
    paused = asyncio.create_task(pause(clock, 10.0))
    await clock.advance(9.0)
    assert not paused.done()
    await clock.advance(1.0)
    assert paused.done()
    cancelled = asyncio.create_task(pause(clock, 10.0))
    await settle()
    cancelled.cancel()
    await settle()
    await clock.advance(60.0)
    assert cancelled.cancelled()
