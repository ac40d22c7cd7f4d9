"""When a failed attempt comes back: exponential, capped, with a jitter that depends on the attempt's name only."""

from __future__ import annotations

import pytest

from ropewalk.core.reports import retry_at
from ropewalk.core.work import Failure
from ropewalk.definition.policy import Retry

DOWN = Failure("transient", "down")


@pytest.mark.parametrize(("tries", "wait"), [(1, 2.0), (2, 6.0), (3, 18.0), (4, 20.0)])
def test_each_wait_is_longer_up_to_the_cap(tries: int, wait: float):
    policy = Retry(attempts=9, delay_seconds=2.0, factor=3.0, cap_seconds=20.0, jitter=False)
    assert retry_at(policy, DOWN, tries, "r/a/1", 100.0) == 100.0 + wait


def test_the_jitter_is_between_half_and_whole_and_always_the_same():
    policy = Retry(attempts=9, delay_seconds=10.0)
    waits = {retry_at(policy, DOWN, 1, f"r/s{n}/1", 0.0) for n in range(50)}
    assert len(waits) > 40
    assert all(wait is not None and 5.0 <= wait <= 10.0 for wait in waits)
    assert waits == {retry_at(policy, DOWN, 1, f"r/s{n}/1", 0.0) for n in range(50)}


def test_no_attempt_is_left_after_the_last():
    assert retry_at(Retry(attempts=2), DOWN, 2, "k", 0.0) is None


def test_a_class_that_is_not_named_does_not_come_back():
    assert retry_at(Retry(on=("quota",)), DOWN, 1, "k", 0.0) is None


def test_a_time_that_is_over_is_now():
    assert retry_at(Retry(), Failure("quota", "", retry_at=5.0), 9, "k", 50.0) == 50.0
