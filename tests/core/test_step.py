"""What facts about a step do to the state: what an attempt took is counted once, and what is done again forgets what it has to."""

from __future__ import annotations

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.step import both
from ropewalk.core.work import Amount, Failure, Outcome, Spending, Usage
from ropewalk.definition.policy import Retry, Timeouts
from ropewalk.definition.workflow import Approval, Role, Step
from ropewalk.testing.given import Given, broken, done
from tests.core.flows import GO, answer, flow, noop, started

TOOK = Usage(tokens_in=5, tokens_out=2, cost_usd=0.25)


def role(name: str, **fields: object) -> Step:
    return Step(name, "role", role="dev", **fields)  # type: ignore[arg-type]


def one(**fields: object) -> Given:
    return started(flow(role("a", **fields), roles={"dev": Role()}))


def test_what_an_attempt_took_is_counted_once_whether_it_failed_or_was_approved():
    run = one(retry=Retry(attempts=2), approve=Approval())
    failed = Outcome(failure=Failure("transient", "it broke"), usage=TOOK, agent="x")
    run.after(done("a", failed), GO).after(GO, done("a", Outcome(usage=TOOK, agent="x")), now=600.0)
    assert (run.state.spent.tokens, run.state.spent.cost_usd) == (14, 0.5)
    run.after(answer("a1"), GO)
    assert (run.state.spent.tokens, run.state.spent.cost_usd) == (14, 0.5)
    assert run.step("a").usage == Usage(10, 4, 0.5)


def test_a_cost_that_nobody_told_is_unknown_and_not_nothing():
    run = one().after(done("a", Outcome(usage=Usage(tokens_in=5), agent="x")), GO)
    assert (run.state.spent.cost_usd, run.state.spent.unknown) == (0.0, 1)
    assert run.step("a").usage.cost_usd is None


def test_what_came_out_of_a_cache_or_of_a_rehearsal_was_paid_by_nobody_here():
    cached = one().after(done("a", Outcome(usage=TOOK, agent="x", cached_from="other")), GO)
    assert (cached.state.spent.tokens, cached.state.spent.cost_usd) == (0, 0.0)
    rehearsed = one().after(done("a", Outcome(agent="x", rehearsed=True)), GO)
    assert rehearsed.state.spent.unknown == 0


def test_the_time_of_an_attempt_is_counted_when_it_ends():
    run = one().after(done("a"), now=7.5)
    assert (run.step("a").seconds, run.state.spent.seconds, run.state.spent.longest_seconds) == (7.5,) * 3


def test_a_lost_attempt_eats_no_try_and_keeps_its_notes():
    run = one(retry=Retry(attempts=1)).after(e.AttemptNoted("a", attempt=1, note={"session": "s1"}))
    run.after(c.ReportLost((("a", 1, 1),)), GO)
    step = run.step("a")
    assert (step.tries, step.attempts, step.notes) == (0, 2, {"session": "s1"})
    assert run.state.recoveries == 1


def test_another_failure_forgets_the_session_and_is_told_to_the_next_attempt():
    run = one(retry=Retry(attempts=2, on=("invalid_output",)))
    run.after(e.AttemptNoted("a", attempt=1, note={"session": "s1"}), broken("a", "invalid_output"), GO)
    step = run.step("a")
    assert (step.tries, step.notes) == (1, {})
    assert [(f.source, f.text) for f in step.feedback] == [("invalid_output", "it broke")]


def test_a_quota_with_a_time_eats_no_try_and_is_waited_for():
    run = one(retry=Retry(attempts=1)).after(broken("a", "quota", retry_at=60.0))
    step = run.step("a")
    assert (step.status, step.on, step.until, step.tries) == ("waiting", "quota", 60.0, 0)


def test_a_host_without_room_takes_the_attempt_back():
    run = one().after(c.Wait("a", 1, 1, "host", until=5.0, detail="no processes"))
    assert (run.step("a").attempts, run.state.spent.attempts) == (0, 0)
    run.after(GO, now=5.0)
    assert (run.step("a").attempt, run.step("a").attempts) == (2, 1)


def test_the_limit_of_a_step_goes_over_all_its_attempts():
    run = one(timeout=Timeouts(step_seconds=30.0), retry=Retry(attempts=3, delay_seconds=0.0))
    assert run.state.deadlines == {"a": 30.0}
    run.after(broken("a", "transient"), GO, now=20.0)
    assert run.state.deadlines == {"a": 30.0}
    run.after(GO, now=30.0)
    failure = run.step("a").failure
    assert failure is not None
    assert failure.kind == "timeout"


def test_a_retried_step_forgets_how_it_ended_and_goes_on_counting_its_attempts():
    run = one().after(broken("a"), GO, c.RetryStep("a", reason="fixed"), GO)
    step = run.step("a")
    assert (step.status, step.failure, step.tries, step.attempt, step.attempts) == ("running", None, 0, 2, 2)
    assert step.failures == [Failure("permanent", "it broke")]


@pytest.mark.parametrize("policy", ["fail", "cancel", "continue"])
def test_only_what_is_fatal_makes_the_run_fail(policy: str):
    run = started(flow(noop("a", on_failure=policy), noop("b"))).after(broken("a"))
    assert run.state.failed == {"a": policy}
    assert run.state.failing == (policy != "continue")


def test_two_spendings_are_added_and_the_largest_attempt_stays_the_largest():
    one = Spending(1.0, 1, 10, 2, 5.0, 1, dearest_usd=0.5, most_tokens=7, longest_seconds=3.0)
    other = Spending(0.5, 0, 5, 1, 1.0, 1, dearest_usd=0.75, most_tokens=2, longest_seconds=1.0)
    assert both(one, other) == Spending(1.5, 1, 15, 3, 6.0, 2, 0.75, 7, 3.0)


def test_what_was_reserved_is_given_back_when_the_attempt_ends():
    run = one()
    run.after(
        e.StepAborted("a"),
        e.StepRetried("a"),
        e.StepStarted("a", attempt=2, reserved_usd=0.5, reserved_tokens=9),
    )
    assert (run.state.spent.reserved_usd, run.state.spent.reserved_tokens) == (0.5, 9)
    run.after(done("a"))
    assert (run.state.spent.reserved_usd, run.state.spent.reserved_tokens) == (0.0, 0)
    assert run.step("a").reserved == Amount()
