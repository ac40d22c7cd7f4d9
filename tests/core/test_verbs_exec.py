"""Running one step of a paused run by hand: only what could start by itself, within slots and budget."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.definition.policy import Budget, Limits
from ropewalk.definition.workflow import Approval, Step
from ropewalk.testing.given import broken, done, given, like
from tests.core.flows import GO, flow, noop, started

TWO = flow(noop("a"), noop("b", "a"), Step("q", "ask"))


def test_exec_runs_exactly_one_step_of_a_paused_run():
    run = (
        started(TWO)
        .after(c.Pause(), done("a"))
        .when(c.ExecuteStep("b", by="ann"), GO)
        .then(like(e.StepStarted, step="b"))
    )
    run.when(done("b"), GO).then(e.StepSucceeded)
    assert run.state.status == "paused"


@pytest.mark.parametrize(
    ("workflow", "step", "why"),
    [
        (flow(noop("a"), noop("b"), limits=Limits(parallel=1)), "b", "all 1 slots of the run are taken"),
        (flow(noop("a"), noop("b", ask=Approval())), "b", "step b is waiting"),
        (flow(noop("a"), Step("s", "call", args={"workflow": "w"})), "s", "step s is running"),
        (flow(noop("a", on_failure="fail"), noop("b"), limits=Limits(parallel=1)), "a", "step a is running"),
    ],
)
def test_exec_is_refused_where_the_step_cannot_start(workflow: Any, step: str, why: str):
    started(workflow).after(c.Pause()).when(c.ExecuteStep(step)).refused(why)


def test_exec_does_not_judge_conditions():
    run = started(flow(noop("a"), noop("b", "a", when="true"))).after(c.Pause(), done("a"))
    run.when(c.ExecuteStep("b")).refused("step b first needs a condition")


def test_exec_holds_the_budget():
    limits = Limits(budget=Budget(attempts=1))
    run = started(flow(noop("a"), noop("b", "a"), limits=limits)).after(c.Pause(), done("a"))
    run.when(c.ExecuteStep("b")).refused("the budget is used up: 1 attempts were made")


def test_exec_does_not_take_what_is_reserved():
    limits = Limits(budget=Budget(cost_usd=1.0))
    dear = {"role": "dev", "budget": Budget(cost_usd=0.8)}
    run = started(flow(noop("a", **dear), noop("b", **dear), limits=limits)).after(c.Pause())
    run.when(c.ExecuteStep("b")).refused("what is left of the budget is reserved")


def test_exec_starts_nothing_in_a_run_that_fails_or_has_not_started():
    run = started(flow(noop("a"), noop("b"), noop("d"), limits=Limits(parallel=2))).after(
        broken("a"), c.Pause()
    )
    run.when(c.ExecuteStep("d")).refused("the run is failing")
    given(TWO).after(c.Pause()).when(c.ExecuteStep("a")).refused("the run has not started")


def test_a_failure_of_what_was_run_by_hand_ends_a_wait_for_people():
    run = started(flow(Step("q", "ask"), noop("x"))).after(broken("x"), GO, c.RetryStep("q"), GO)
    assert (run.state.status, run.state.reason) == ("paused", "asked")
    run.after(c.RetryStep("x"), c.ExecuteStep("x"))
    run.when(broken("x"), GO).then(e.AttemptFailed, e.StepFailed, e.RunResumed, ..., e.RunFailed)
