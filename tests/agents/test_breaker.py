"""The breaker of an agent: closed, open, half-open, by a clock that the test holds."""

from __future__ import annotations

from ropewalk.agents.breaker import Breakers
from ropewalk.core.work import Failure

BROKEN = Failure(kind="transient", message="x")


def breakers(failures: int = 0) -> Breakers:
    made = Breakers(limit=3, rest_seconds=60)
    for _ in range(failures):
        made.heard("a", BROKEN, 100.0)
    return made


def test_an_agent_rests_after_so_many_failures_in_a_row():
    assert breakers(2).rests_until("a", 100.0) is None
    assert breakers(3).rests_until("a", 100.0) == 160.0
    assert breakers(3).rests_until("b", 100.0) is None
    assert breakers(3).of("a").position(159.9) == "open"


def test_a_success_in_between_begins_the_count_anew():
    made = breakers(2)
    made.heard("a", None, 100.0)
    made.heard("a", BROKEN, 100.0)
    assert made.of("a").position(100.0) == "closed"
    assert made.of("a").failures == 1


def test_after_its_rest_one_attempt_is_tried_and_others_wait_for_it():
    made = breakers(3)
    assert made.of("a").position(160.0) == "half-open"
    assert made.rests_until("a", 160.0) is None
    made.begin("a", 160.0)
    assert made.rests_until("a", 161.0) == 220.0
    made.heard("a", None, 170.0)
    assert made.rests_until("a", 171.0) is None


def test_a_trial_that_fails_rests_again_and_one_that_says_nothing_frees_its_place():
    made = breakers(3)
    made.begin("a", 160.0)
    made.heard("a", BROKEN, 170.0)
    assert made.rests_until("a", 171.0) == 230.0
    silent = breakers(3)
    silent.begin("a", 160.0)
    assert silent.rests_until("a", 220.0) is None


def test_what_is_not_the_agents_fault_does_not_count():
    made = breakers(0)
    for _ in range(9):
        made.heard("a", Failure(kind="invalid_output", message="x"), 100.0)
        made.heard("a", Failure(kind="quota", message="x"), 100.0)
    assert made.of("a").position(100.0) == "closed"
    trial = breakers(3)
    trial.begin("a", 160.0)
    trial.heard("a", Failure(kind="quota", message="x"), 165.0)
    assert trial.rests_until("a", 166.0) is None


def test_beginning_with_a_closed_breaker_changes_nothing():
    made = breakers(1)
    made.begin("a", 100.0)
    assert made.rests_until("a", 100.0) is None
