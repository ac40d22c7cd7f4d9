"""What the end of a step does to its run: an optional one may fail, and everything else goes on as if it had been left out."""

from __future__ import annotations

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.definition.policy import FailurePolicy, Join
from ropewalk.definition.workflow import Foreach
from ropewalk.testing.given import broken, done, like
from tests.core.flows import GO, answer, flow, noop, started


@pytest.mark.parametrize("policy", ["fail", "cancel", "continue"])
def test_a_run_succeeds_without_its_optional_step(policy: FailurePolicy):
    run = started(flow(noop("a", optional=True, on_failure=policy), noop("b", "a"), noop("x")))
    run.when(broken("a"), GO).then(
        e.AttemptFailed, like(e.StepFailed, step="a", policy="continue"), like(e.StepStarted, step="b")
    )
    run.when(done("b"), done("x"), GO).then(..., e.RunCompleted)
    assert run.statuses() == {"a": "failed", "b": "succeeded", "x": "succeeded"}


def test_a_step_that_is_needed_fails_the_run():
    run = started(flow(noop("a"), noop("b", "a"))).when(broken("a"), GO)
    run.then(e.AttemptFailed, e.StepFailed, e.RunFailed)


def test_an_optional_step_that_is_left_out_for_a_failed_need_is_in_the_way_of_nobody():
    run = started(flow(noop("a", on_failure="continue"), noop("b", "a", optional=True), noop("d", "b")))
    run.when(broken("a"), GO).then(..., like(e.StepSkipped, step="b"), like(e.StepStarted, step="d"))


def test_an_optional_step_that_failed_is_none_of_a_quorum():
    two = Join("quorum", 2)
    run = started(flow(noop("a", optional=True), noop("b"), noop("d", "a", "b", join=two)))
    run.when(broken("a"), done("b"), GO).then(
        ..., like(e.StepSkipped, step="d", cause="need"), e.RunCompleted
    )


def test_a_foreach_that_is_optional_may_lose_items():
    run = started(flow(noop("f", foreach=Foreach('["x", "y"]'), optional=True), noop("b", "f")))
    run.when(broken("f[x]"), done("f[y]"), GO).then(
        ..., like(e.StepFailed, step="f", policy="continue"), like(e.StepStarted, step="b")
    )


def test_a_run_that_an_optional_step_holds_up_goes_on_without_it_when_a_person_says_so():
    run = started(flow(noop("a", optional=True, on_failure="pause"), noop("b", "a")))
    run.when(broken("a"), GO).then(
        ..., like(e.StepFailed, policy="pause"), like(e.RunPaused, reason="blocked")
    )
    run.when(c.Resume(by="ann"), GO).then(e.RunResumed, like(e.StepStarted, step="b"))
    run.when(done("b"), GO).then(..., e.RunCompleted)


def test_a_person_is_asked_about_an_optional_step_where_it_says_so():
    run = started(flow(noop("a", optional=True, on_failure="ask"), noop("b", "a"))).after(broken("a"), GO)
    assert run.state.asks["a1"].about == "failure"
    run.when(answer("a1", "fail"), GO).then(
        e.AskAnswered, like(e.StepFailed, policy="continue"), ..., like(e.StepStarted, step="b")
    )


@pytest.mark.parametrize("command", [c.RetryStep(), c.RetryStep("a"), c.SkipStep("a")])
def test_a_completed_run_is_not_opened_again_for_its_optional_step(command: c.Command):
    run = started(flow(noop("a", optional=True), noop("b"))).after(broken("a"), done("b"), GO)
    assert run.state.status == "completed"
    run.when(command).refused("the run is completed")
