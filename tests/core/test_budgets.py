"""Budgets of a run: reserved before an attempt, settled after it, asked about at the limit."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.work import Options, Outcome, Usage, Verdict
from ropewalk.definition.policy import Budget, Limits, Retry
from ropewalk.definition.workflow import Step
from ropewalk.testing.given import Given, broken, done, like
from tests.core.flows import GO, answer, flow, noop, started


def chain(budget: Budget, usage: Usage = Usage(), now: float = 0.0) -> Given:  # noqa: B008 - frozen
    run = started(flow(noop("a"), noop("b", "a"), noop("d", "b"), limits=Limits(budget=budget)))
    return run.after(done("a", Outcome(usage=usage)), now=now).after(GO, now=now)


@pytest.mark.parametrize(
    ("budget", "usage", "now", "why"),
    [
        (Budget(attempts=1), Usage(), 0.0, "1 attempts were made"),
        (Budget(tokens=10), Usage(tokens_in=4, tokens_out=6), 0.0, "10 tokens are used"),
        (Budget(cost_usd=0.5), Usage(cost_usd=0.75), 0.0, "$0.75 of $0.50 are spent"),
        (Budget(seconds=60.0), Usage(), 60.0, "the time is used up"),
    ],
)
def test_at_the_limit_the_run_pauses_and_a_person_is_asked(
    budget: Budget, usage: Usage, now: float, why: str
):
    run = chain(budget, usage, now)
    assert (run.state.status, run.state.reason, run.state.detail) == ("paused", "budget", why)
    assert run.state.asks["a1"].about == "budget"
    run.after(answer("a1"), GO, now=now)
    assert run.step("b").status == "running"


def test_what_is_offered_always_leaves_room_for_more():
    run = chain(Budget(tokens=10), Usage(tokens_in=400))
    run.when(answer("a1")).then(e.AskAnswered, like(e.BudgetRaised, tokens=400), e.RunResumed)


def test_a_budget_of_nothing_is_raised_by_something():
    run = started(flow(noop("a"), limits=Limits(budget=Budget(attempts=0))), options=Options(answer_all="ci"))
    assert list(run.state.running) == ["a"]


def test_the_time_in_which_people_were_waited_for_is_not_spent():
    steps = (Step("q", "ask"), noop("a", "q"), noop("b", "a"))
    run = started(flow(*steps, limits=Limits(budget=Budget(seconds=60.0))))
    run.after(answer("a1"), now=1000.0).after(GO, now=1000.0).after(done("a"), GO, now=1050.0)
    assert run.step("b").status == "running"


def test_asked_once_and_not_again_after_a_pause_by_request():
    run = chain(Budget(attempts=1)).after(c.Pause())
    run.when(c.Resume(), GO).then(e.RunResumed, like(e.RunPaused, reason="budget"))
    run.when(c.Resume()).refused("its budget is used up")
    assert list(run.state.asks) == ["a1"]


def test_a_pause_by_request_on_top_of_it_outlasts_the_answer():
    run = (
        chain(Budget(attempts=1)).after(c.Pause()).when(answer("a1"), GO).then(e.AskAnswered, e.BudgetRaised)
    )
    run.when(c.Resume(), GO).then(e.RunResumed, like(e.StepStarted, step="b"))


def roles(*costs: float, limit: float = 1.0) -> Given:
    steps = [noop(f"s{n}", role="dev", budget=Budget(cost_usd=cost)) for n, cost in enumerate(costs)]
    return started(flow(*steps, limits=Limits(budget=Budget(cost_usd=limit))))


def test_attempts_side_by_side_reserve_what_they_may_cost():
    run = roles(0.6, 0.6)
    assert (list(run.state.running), run.state.spent.reserved_usd) == (["s0"], 0.6)
    run.after(done("s0", Outcome(usage=Usage(cost_usd=0.1))), GO)
    assert (list(run.state.running), run.state.spent.cost_usd) == (["s1"], 0.1)


def test_what_is_reserved_is_given_back_whatever_becomes_of_the_attempt():
    for end in (done("s0"), broken("s0"), c.SkipStep("s0"), c.Abort(), c.ReportLost((("s0", 1, 1),))):
        assert roles(0.6).after(end).state.spent.reserved_usd == 0.0


def test_the_last_money_goes_to_one_attempt_alone():
    run = roles(5.0)
    assert list(run.state.running) == ["s0"]


def test_an_attempt_without_a_budget_of_its_own_reserves_what_the_dearest_took():
    steps = (noop("a", role="dev"), noop("b", "a", role="dev"), noop("x", "a"))
    run = started(flow(*steps, limits=Limits(budget=Budget(cost_usd=9.0))))
    run.when(done("a", Outcome(usage=Usage(cost_usd=0.7))), GO).then(
        e.StepSucceeded,
        like(e.StepStarted, step="b", reserved_usd=0.7),
        like(e.StepStarted, step="x", reserved_usd=0.0),
    )


@pytest.mark.parametrize(
    ("outcome", "unknown"),
    [
        (Outcome(agent="claude"), 1),
        (Outcome(usage=Usage(tokens_in=1)), 1),
        (Outcome(agent="claude", usage=Usage(cost_usd=0.0)), 0),
        (Outcome(agent="claude", rehearsed=True), 0),
        (Outcome(agent="claude", cached_from="r0"), 0),
        (Outcome(), 0),
    ],
)
def test_a_cost_that_nobody_told_is_unknown_and_not_zero(outcome: Outcome, unknown: int):
    assert started(flow(noop("a"))).after(done("a", outcome)).state.spent.unknown == unknown


@pytest.mark.parametrize(
    ("step", "ends", "unknown"),
    [
        (noop("a", role="dev"), broken("a", "timeout"), 1),
        (noop("a", role="dev"), c.ReportLost((("a", 1, 1),)), 1),
        (noop("a", role="dev"), c.ReportLost((("a", 1, 1),), ("a",)), 1),
        (noop("a", role="dev"), c.ReportLost((("a", 1, 1),), ()), 0),
        (noop("a", role="dev"), broken("a", "transient"), 0),
        (noop("a"), broken("a", "timeout"), 0),
        (noop("a"), c.ReportLost((("a", 1, 1),)), 0),
    ],
)
def test_what_an_agent_took_that_was_cut_off_at_its_work_is_unknown(
    step: Step, ends: c.Command, unknown: int
):
    assert started(flow(step)).after(ends).state.spent.unknown == unknown


def test_a_rehearsal_that_was_cut_off_took_nothing():
    run = started(flow(noop("a", role="dev")), options=Options(rehearse=""))
    assert run.after(broken("a", "timeout")).state.spent.unknown == 0


@pytest.mark.parametrize(
    ("verdict", "spent"),
    [
        (Verdict("review", "PASS", usage=Usage(tokens_in=7, cost_usd=0.5)), (0.75, 7, 0)),
        (Verdict("review", "FAIL", usage=Usage(tokens_in=7, cost_usd=0.5)), (0.75, 7, 0)),
        (Verdict("review", "PASS", usage=Usage()), (0.25, 0, 1)),
        (Verdict("review", "PASS"), (0.25, 0, 0)),
    ],
)
def test_what_an_agent_took_to_judge_counts(verdict: Verdict, spent: tuple[float, int, int]):
    outcome = Outcome(agent="claude", usage=Usage(cost_usd=0.25), verdicts=(verdict,))
    run = started(flow(noop("a"))).after(done("a", outcome))
    found = run.state.spent
    assert (found.cost_usd, found.tokens, found.unknown) == spent
    assert run.step("a").usage.cost_usd == spent[0]


def test_a_step_knows_what_all_its_attempts_took():
    run: Any = started(flow(noop("a"))).after(broken("a", usage=Usage(tokens_in=1, cost_usd=0.25)), GO)
    run.after(c.RetryStep(), GO, done("a", Outcome(usage=Usage(tokens_out=2))))
    assert run.step("a").usage == Usage(tokens_in=1, tokens_out=2, cost_usd=0.25)
    assert (run.state.spent.attempts, run.state.spent.tokens) == (2, 3)


def workers(count: int, budget: Budget, of_step: Budget = Budget()) -> Given:  # noqa: B008 - frozen
    steps = [noop(f"s{n}", role="dev", budget=of_step) for n in range(count)]
    return started(flow(*steps, limits=Limits(budget=budget, parallel=8)))


@pytest.mark.parametrize(
    ("budget", "of_step"),
    [
        (Budget(tokens=100), Budget()),
        (Budget(tokens=100), Budget(tokens=100)),
        (Budget(cost_usd=1.0), Budget()),
        (Budget(cost_usd=1.0), Budget(cost_usd=1.0)),
        (Budget(seconds=60.0), Budget()),
        (Budget(seconds=60.0), Budget(seconds=60.0)),
        (Budget(attempts=1), Budget()),
    ],
)
def test_no_unit_is_overshot_by_all_that_could_run_at_once(budget: Budget, of_step: Budget):
    run = workers(12, budget, of_step)
    assert list(run.state.running) == ["s0"]
    usage = Usage(tokens_in=100, cost_usd=1.0)
    run.after(done("s0", Outcome(agent="a", usage=usage)), GO, now=60.0)
    assert (run.state.reason, list(run.state.running)) == ("budget", [])


@pytest.mark.parametrize("budget", [Budget(tokens=100), Budget(cost_usd=1.0)])
def test_a_command_that_took_nothing_does_not_say_what_an_agent_takes(budget: Budget):
    steps = [noop(f"s{n}", "make", role="dev") for n in range(12)]
    run = started(flow(noop("make"), *steps, limits=Limits(budget=budget, parallel=8)))
    run.after(done("make"), GO)
    assert list(run.state.running) == ["s0"]


def test_once_it_is_known_what_attempts_take_as_many_start_as_fit():
    run = workers(12, Budget(tokens=400)).after(done("s0", Outcome(usage=Usage(tokens_in=100))), GO)
    assert list(run.state.running) == ["s1", "s2", "s3"]
    assert run.state.spent.reserved_tokens == 300


def test_working_time_is_that_of_all_attempts_and_not_what_passed():
    run = workers(3, Budget(seconds=100.0), Budget(seconds=30.0))
    run.after(done("s0"), done("s1"), done("s2"), now=20.0)
    assert (run.state.spent.seconds, run.step("s0").seconds) == (60.0, 20.0)


def test_time_in_which_nobody_drove_the_run_is_not_worked():
    run = workers(1, Budget(seconds=100.0)).after(c.Note("s0", 1, 1, {"session": "x"}), now=5.0)
    run.after(c.ReportLost((("s0", 1, 1),)), now=9_999.0)
    assert run.state.spent.seconds == 5.0


def test_a_step_that_has_used_its_own_time_is_not_tried_again():
    step = noop("a", budget=Budget(seconds=10.0), retry=Retry(attempts=9, jitter=False))
    run = started(flow(step)).after(broken("a", kind="transient"), now=4.0).after(GO, now=5.0)
    assert run.step("a").seconds == 4.0
    run.after(broken("a", kind="transient"), now=11.0)
    assert run.step("a").status == "failed"


def test_the_last_step_of_the_run_itself_is_no_attempt_and_never_held_back():
    run = started(flow(noop("a"), noop("m", "a", internal=True), limits=Limits(budget=Budget(attempts=1))))
    run.after(done("a"), GO)
    assert (list(run.state.running), run.state.spent.attempts) == (["m"], 1)
