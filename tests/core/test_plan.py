"""What the shell owes a run is read off its state, and costs as much as there is under way."""

from __future__ import annotations

from ropewalk.core import commands as c
from ropewalk.core.plan import Call, EndCall, Perform, Wake, next_due, plan
from ropewalk.definition.policy import Limits, Retry, Timeouts
from ropewalk.definition.workflow import Approval, Step
from ropewalk.testing.given import broken, done
from tests.core.flows import GO, answer, flow, noop, started


def test_attempts_are_owed_in_the_order_in_which_they_started():
    run = started(flow(noop("a"), noop("b"), noop("z", "b"), noop("y", "a")))
    run.after(done("b"), GO, done("a"), GO)
    assert plan(run.state) == [Perform("z", 1, 1), Perform("y", 1, 1)]


def test_called_runs_are_owed_beside_them():
    run = started(flow(noop("a"), Step("s", "call", args={"workflow": "w"})))
    assert plan(run.state) == [Perform("a", 1, 1), Call("s", 1, "r.2.1")]


def test_the_end_of_a_called_run_is_owed_until_it_is_on_record_also_by_a_run_that_has_ended():
    run = started(flow(noop("a"), Step("s", "call", args={"workflow": "w"})))
    run.after(c.Abort())
    assert run.state.ended
    assert plan(run.state) == [EndCall("s", 1, "r.2.1")]
    run.after(c.ReportChild("s", 1, "aborted", child="r.2.1"))
    assert plan(run.state) == []


def test_the_next_thing_that_happens_by_itself_is_the_earliest_of_all():
    steps = (
        noop("a", retry=Retry(delay_seconds=40.0, jitter=False)),
        noop("b", timeout=Timeouts(step_seconds=30.0)),
        Step("q", "ask", ask=Approval(expires_seconds=20.0, default="approve")),
    )
    run = started(flow(*steps, limits=Limits(timeout_seconds=50.0))).after(broken("a", "transient"))
    assert next_due(run.state) == 20.0
    run.after(answer("a1"))
    assert next_due(run.state) == 30.0
    run.after(done("b"))
    assert next_due(run.state) == 40.0
    run.after(c.SkipStep("a"))
    assert next_due(run.state) == 50.0


def test_a_run_that_has_ended_or_rests_is_owed_nothing():
    run = started(flow(noop("a", timeout=Timeouts(step_seconds=30.0)))).after(c.Pause(), done("a"))
    assert plan(run.state) == []
    assert plan(run.after(c.Resume(), GO).state) == []


def test_a_run_without_times_is_never_woken():
    assert next_due(started(flow(noop("a"))).state) is None
    assert Wake(1.0) not in plan(started(flow(noop("a"))).state)
