"""What the report of a called run leads to, also when nobody waits for that run any more."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.state import Unwanted
from ropewalk.core.work import Amount, Outcome, Spending, Usage
from ropewalk.definition.policy import Retry, Timeouts
from ropewalk.definition.workflow import Approval, Foreach, Step
from ropewalk.testing.given import Given, broken, like
from tests.core.flows import GO, flow, noop, started


def call(**fields: Any) -> Given:
    fields.setdefault("retry", Retry(on=()))
    step = Step("a", "call", args={"workflow": "other"}, **fields)
    return started(flow(step, noop("b", "a")))


def told(status: Any, child: str = "r.1.1", **fields: Any) -> c.ReportChild:
    return c.ReportChild("a", 1, status, child=child, **fields)


def test_the_outputs_of_a_called_run_are_those_of_the_step():
    run = call().after(told("completed", outcome=Outcome(outputs={"n": 1}, usage=Usage(tokens_in=7))), GO)
    assert (run.state.outputs, run.state.spent.tokens) == ({"a": {"n": 1}}, 7)
    assert run.step("b").status == "running"


@pytest.mark.parametrize(("status", "kind"), [("failed", "permanent"), ("aborted", "refused")])
def test_a_called_run_that_does_not_complete_fails_the_step(status: Any, kind: str):
    failure = call().after(told(status, reason="no luck")).step("a").failure
    assert failure is not None
    assert (failure.kind, failure.message) == (kind, f"r.1.1 {status}: no luck")


def test_a_called_run_is_tried_again_as_another_run():
    run = call(retry=Retry(attempts=2, delay_seconds=0.0, on=("permanent",)))
    run.when(told("failed"), GO).then(e.AttemptFailed, like(e.StepStarted, step="a", child="r.1.1-2"))
    run.when(told("completed")).then()


def test_a_run_waits_with_its_called_run_and_goes_on_with_it():
    run = (
        call()
        .when(told("paused", reason="asked"), GO)
        .then(like(e.ChildMoved, status="paused"), like(e.RunPaused, reason="asked", detail="a sub-run"))
    )
    run.when(told("paused")).then()
    run.when(told("running"), GO).then(like(e.ChildMoved, status="running"), e.RunResumed)


@pytest.mark.parametrize(
    "report", [told("pending"), told("completed", child="r.1.9"), c.ReportChild("b", 1, "failed")]
)
def test_a_called_run_that_is_not_waited_for_changes_nothing(report: c.ReportChild):
    call().when(report).then()


PAID = Spending(cost_usd=1.0, tokens=9, attempts=2)


@pytest.mark.parametrize(
    "without", [c.Abort(), c.SkipStep("a"), GO], ids=["an abort", "a skip", "the step's time-out"]
)
def test_what_a_called_run_spent_that_was_given_up_is_counted_once_it_has_ended(without: c.Command):
    run = call(timeout=Timeouts(step_seconds=5), on_failure="continue")
    run.after(told("running", spent=Spending(tokens=4))).after(without, now=10.0)
    assert run.state.unwanted == {"r.1.1": Unwanted("a", 1, spent=Spending(tokens=4))}
    run.when(told("running", spent=PAID)).then()
    late = told("aborted", spent=PAID, granted=Amount(tokens=3))
    run.when(late).then(like(e.ChildStopped, step="a", child="r.1.1", granted=Amount(tokens=3)))
    assert (run.state.spent.tokens, run.state.spent.cost_usd, run.state.raised.tokens) == (9, 1.0, 3)
    assert run.state.unwanted == {}
    run.when(late).then()


def test_a_called_run_that_ended_is_not_given_up():
    for end in (told("completed"), told("failed"), told("aborted")):
        assert call().after(end).state.unwanted == {}
    approved = call(approve=Approval()).after(told("completed"), c.Abort())
    assert approved.state.unwanted == {}


def test_what_was_called_for_an_item_that_is_not_there_any_more_counts_as_well():
    step = Step("a", "call", args={"workflow": "other"}, foreach=Foreach(over="[1, 2]"))
    run = started(flow(step))
    children = [run.step(key).child for key in run.state.calls]
    assert len(children) == 2
    run.after(e.RoundOpened("a", "a", ("a",), 1, "again"))
    assert list(run.state.unwanted) == children
    run.after(c.ReportChild("a[0]", 1, "aborted", child=children[0], spent=PAID))
    assert (list(run.state.unwanted), run.state.spent.tokens) == (children[1:], 9)


def test_what_a_called_run_gave_may_have_to_be_approved():
    run = call(approve=Approval()).after(told("completed"))
    assert (run.step("a").status, run.state.asks["a1"].about) == ("waiting", "approval")


def test_a_run_fails_when_only_a_paused_called_run_is_left():
    step = Step("a", "call", args={"workflow": "other"})
    run = started(flow(step, noop("x"))).after(broken("x"), GO)
    assert run.state.status == "running"
    run.when(told("paused"), GO).then(e.ChildMoved, like(e.StepAborted, step="a"), like(e.RunFailed))
