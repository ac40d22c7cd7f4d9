"""When a step's needs are enough, and what becomes of it when they cannot be any more."""

from __future__ import annotations

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.definition.policy import Join, Limits
from ropewalk.definition.workflow import Approval, BackTo, Decision, Route, Step
from ropewalk.testing.given import broken, done, like
from tests.core.flows import GO, answer, flow, noop, started


def test_steps_without_needs_start_at_once_in_written_order():
    run = started(flow(noop("a"), noop("b"), noop("c", "a")))
    assert list(run.state.running) == ["a", "b"]


def test_a_successor_starts_in_the_same_decision_as_its_last_need_ends():
    run = started(flow(noop("a"), noop("b"), noop("c", "a", "b"))).after(done("a"), GO)
    run.when(done("b"), GO).then(like(e.StepSucceeded, step="b"), like(e.StepStarted, step="c"))


def test_a_fast_branch_goes_on_while_a_slow_one_still_runs():
    run = started(flow(noop("slow"), noop("fast"), noop("next", "fast"))).after(done("fast"), GO)
    assert list(run.state.running) == ["slow", "next"]


def test_a_need_that_was_skipped_by_its_condition_stands_in_nobodys_way():
    run = started(flow(noop("a", when="false"), noop("b", "a")))
    assert run.statuses() == {"a": "skipped", "b": "running"}


def test_a_need_that_a_person_skipped_stands_in_nobodys_way():
    run = started(flow(noop("a"), noop("b", "a"))).after(c.SkipStep("a", by="ann"), GO)
    assert run.statuses() == {"a": "skipped", "b": "running"}


def test_a_failed_need_takes_its_successors_along():
    run = started(flow(noop("a", on_failure="continue"), noop("b", "a"), noop("c", "b"), noop("other")))
    run.when(broken("a"), GO).then(
        e.AttemptFailed,
        e.StepFailed,
        like(e.StepSkipped, step="b", cause="need"),
        like(e.StepSkipped, step="c", cause="need"),
    )


def two_ways() -> Step:
    routes = (Route("left", "facts.x", to=("l",)), Route("right", to=("r",)))
    return Step("d", "decide", decision=Decision(routes))


def test_a_step_all_of_whose_needs_are_on_a_route_not_taken_is_on_it_too():
    workflow = flow(two_ways(), noop("l"), noop("r"), noop("after", "l"), noop("both", "l", "r"))
    run = started(workflow, facts={"x": False}).after(done("r"), GO)
    assert run.step("after").cause == "route"
    assert run.step("both").status == "running"


@pytest.mark.parametrize("ended", ["a", "b", "c"])
def test_any_one_need_is_enough_and_the_losers_go_on(ended: str):
    run = started(flow(noop("a"), noop("b"), noop("c"), noop("z", "a", "b", "c", join=Join("any"))))
    run.after(done(ended), GO)
    assert set(run.state.running) == {"a", "b", "c", "z"} - {ended}


def test_a_quorum_waits_for_its_count():
    run = started(flow(noop("a"), noop("b"), noop("c"), noop("z", "a", "b", "c", join=Join("quorum", 2))))
    run.after(done("a"), GO)
    assert run.step("z").status == "pending"
    run.after(done("c"), GO)
    assert run.step("z").status == "running"


def carrying_on(name: str) -> Step:
    return noop(name, on_failure="continue")


def test_a_quorum_that_can_no_longer_be_met_is_given_up():
    z = noop("z", "a", "b", "c", join=Join("quorum", 2))
    run = started(flow(carrying_on("a"), carrying_on("b"), noop("c"), z)).after(broken("a"), GO)
    assert run.step("z").status == "pending"
    run.after(broken("b"), GO)
    assert (run.step("z").status, run.step("z").cause) == ("skipped", "need")


def test_any_is_given_up_when_all_have_failed():
    run = started(flow(carrying_on("a"), carrying_on("b"), noop("z", "a", "b", join=Join("any"))))
    run.after(broken("a"), broken("b"), GO)
    assert run.step("z").cause == "need"


def test_any_is_left_out_when_all_are_on_a_route_not_taken():
    routes = (Route("go", "facts.x", to=("l", "m")), Route("stop"))
    d = Step("d", "decide", decision=Decision(routes))
    run = started(flow(d, noop("l"), noop("m"), noop("z", "l", "m", join=Join("any"))), facts={"x": False})
    assert run.step("z").cause == "route"


def test_a_step_that_was_offered_waits_again_when_a_need_is_open_again():
    check = noop("check", "work", back_to=BackTo("work", when="outputs.check.again"))
    run = started(flow(noop("work"), check, noop("other", "work"), limits=Limits(parallel=1))).after(
        done("work")
    )
    assert run.step("other").queued == "ready"
    run.after(GO, done("check", again=True))
    assert run.step("other").queued == ""
    run.after(GO, done("work"))
    assert run.step("other").queued == "ready"


def test_a_question_answered_while_a_need_is_open_again_does_not_start_the_step():
    check = noop("check", "work", back_to=BackTo("work", when="outputs.check.again"))
    run = started(flow(noop("work"), check, noop("other", "work", ask=Approval()))).after(done("work"), GO)
    run.after(done("check", again=True), answer("a1"), GO)
    assert (run.step("other").status, list(run.state.running)) == ("pending", ["work"])
    run.after(done("work"), GO)
    assert run.step("other").status == "running"


def test_a_retried_step_takes_back_what_was_left_out_because_of_it():
    run = started(flow(carrying_on("a"), noop("b", "a"), noop("c", "b"), noop("slow")))
    run.after(broken("a"), GO).when(c.RetryStep("a"), GO).then(
        like(e.StepRetried, step="a"),
        like(e.StepRetried, step="b"),
        like(e.StepRetried, step="c"),
        like(e.StepStarted, step="a", attempt=2),
    )


def test_a_failed_step_that_is_skipped_lets_its_successors_go_on():
    run = started(flow(carrying_on("a"), noop("b", "a"), noop("slow"))).after(broken("a"), GO)
    run.after(c.SkipStep("a", by="ann"), GO)
    assert run.statuses() == {"a": "skipped", "b": "running", "slow": "running"}
