"""A clock that moves only when it is told to: what comes due happens in order, and a set time of day lengthens nothing."""

from __future__ import annotations

from functools import partial

import pytest

from ropewalk.testing.clock import ManualClock


async def test_nothing_happens_before_its_time_and_everything_in_order():
    clock, happened = ManualClock(100.0), []

    def remember(name: str) -> None:
        happened.append((name, clock.now()))

    for seconds, name in ((3.0, "c"), (1.0, "a"), (2.0, "b")):
        clock.call_later(seconds, partial(remember, name))
    await clock.advance(0.9)
    assert happened == []
    await clock.advance(1.1)
    assert happened == [("a", 101.0), ("b", 102.0)]
    await clock.advance(10.0)
    assert happened[-1] == ("c", 103.0)
    assert clock.now() == 112.0


async def test_what_is_due_may_bring_what_is_due_too():
    clock = ManualClock()
    happened: list[int] = []

    def again() -> None:
        clock.call_later(1.0, partial(happened.append, 1))

    clock.call_later(1.0, again)
    await clock.advance(2.0)
    assert happened == [1]


async def test_what_was_called_off_does_not_happen():
    clock, happened = ManualClock(), []
    clock.call_later(1.0, lambda: happened.append(1)).cancel()
    await clock.advance(5.0)
    assert happened == []


@pytest.mark.parametrize("jump", [3_600.0, -3_600.0])
async def test_a_time_of_day_that_is_set_lengthens_and_shortens_nothing(jump: float):
    clock, happened = ManualClock(10_000.0), []
    begun = clock.monotonic()
    clock.call_later(10.0, lambda: happened.append("later"))
    clock.call_at(10_010.0, lambda: happened.append("at"))
    clock.set(jump)
    assert clock.now() == 10_000.0 + jump
    assert clock.monotonic() == begun
    await clock.advance(10.0)
    assert happened == (["at", "later"] if jump > 0 else ["later"])
