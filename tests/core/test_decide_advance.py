"""What happens by itself: starts in written order and within the slots, what is due comes due, time runs out."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.plan import Perform, Wake
from ropewalk.core.work import Failure, Options, Parent
from ropewalk.definition.policy import Limits, Retry, Timeouts
from ropewalk.definition.workflow import Approval, BackTo, Fact, Foreach, Step
from ropewalk.testing.given import broken, done, given, like
from tests.core.flows import GO, answer, flow, noop, started


def test_a_run_starts_when_it_is_first_advanced():
    given(flow(noop("a"))).when(GO, now=7.0).then(
        e.RunStarted, like(e.StepStarted, step="a"), owes=[Perform("a", 1, 1)]
    )


def test_advancing_again_changes_nothing():
    started(flow(noop("a"), noop("b", ask=Approval()))).when(GO, GO).then()


def test_nothing_happens_to_a_run_that_has_ended():
    run = started(flow(noop("a"))).after(done("a"), GO)
    run.when(GO, now=99.0).then(owes=[])


def test_a_workflow_without_steps_is_completed():
    assert started(flow()).state.status == "completed"


def test_no_more_attempts_run_at_once_than_may():
    steps = [noop(name) for name in "abcd"]
    run = started(flow(*steps, limits=Limits(parallel=2)))
    assert list(run.state.running) == ["a", "b"]
    run.after(done("b"), GO)
    assert list(run.state.running) == ["a", "c"]


def test_the_options_of_a_run_overrule_the_workflow():
    run = started(flow(noop("a"), noop("b")), options=Options(parallel=1))
    assert list(run.state.running) == ["a"]


def test_the_places_of_the_host_are_kept_too():
    run = given(flow(noop("a"), noop("b"), noop("c"))).after(c.Advance(0))
    assert (run.state.status, run.state.running) == ("running", {})
    run.after(c.Advance(2))
    assert list(run.state.running) == ["a", "b"]


def test_one_step_at_a_time_goes_in_written_order_and_counts_a_called_run():
    call = Step("b", "call", args={"workflow": "w"})
    run = started(flow(noop("a"), call, noop("d")), options=Options(sequential=True))
    assert (list(run.state.running), list(run.state.calls)) == (["a"], [])
    run.after(done("a"), GO)
    assert (list(run.state.running), list(run.state.calls)) == ([], ["b"])
    run.when(c.ReportChild("b", 1, "paused"), GO).then(e.ChildMoved, like(e.RunPaused, reason="asked"))
    run.after(c.ReportChild("b", 1, "completed"), GO)
    assert list(run.state.running) == ["d"]


def test_a_condition_that_does_not_hold_skips_the_step_with_its_values_on_record():
    given(flow(noop("a", when="inputs.n > 3 && run.round == 1")), inputs={"n": 2}).when(GO).then(
        e.RunStarted,
        like(
            e.StepSkipped,
            cause="when",
            reason="`inputs.n > 3 && run.round == 1` is false",
            values={"inputs.n": 2, "run.round": 1},
        ),
        e.RunCompleted,
    )


def test_a_condition_that_holds_admits_the_step_and_large_values_are_not_copied():
    given(flow(noop("a", when="inputs.xs.size() == 2")), inputs={"xs": [1, 2]}).when(GO).then(
        e.RunStarted, like(e.StepAdmitted, expression="inputs.xs.size() == 2", values={"inputs.xs": "…"}), ...
    )


def test_a_condition_about_what_is_missing_fails_the_step():
    failure = started(flow(noop("a", when="outputs.b.n > 1"))).step("a").failure
    assert failure is not None
    assert (failure.kind, "is missing" in failure.message) == ("permanent", True)


def test_a_called_run_has_an_id_of_its_parents():
    call = Step("b", "call", args={"workflow": "w"})
    run = started(flow(noop("a"), call))
    assert run.step("b").child == "r.2.1"


def test_calls_have_a_depth_and_may_be_nested_so_deep():
    call = Step("b", "call", args={"workflow": "w"})
    workflow = flow(call, limits=Limits(depth=2))
    deep = started(workflow, parent=Parent(run="top", step="b", round=1, depth=1))
    assert (deep.step("b").status, deep.step("b").child) == ("running", "r.1.1")
    run = started(workflow, parent=Parent(run="top", step="b", round=1, depth=2))
    failure = run.step("b").failure
    assert failure is not None
    assert failure.message == "calls are nested deeper than 2"


def test_phases_begin_with_their_first_step_and_end_with_their_last():
    workflow = flow(noop("a", phase="plan"), noop("b", "a", phase="plan"), noop("c", "b", phase="build"))
    run = given(workflow)
    run.when(GO).then(e.RunStarted, e.PhaseStarted("plan"), e.StepStarted)
    run.after(done("a"), GO).when(done("b"), GO).then(
        e.StepSucceeded, e.PhaseCompleted("plan"), e.PhaseStarted("build"), e.StepStarted
    )


def test_a_phase_begins_also_with_a_question():
    given(flow(Step("q", "ask", phase="plan"))).when(GO).then(
        e.RunStarted, e.PhaseStarted, e.AskOpened, e.RunPaused
    )


# Time --------------------------------------------------------------------------------------------------------------


def timed(**timeouts: Any) -> dict[str, Any]:
    return {"timeout": Timeouts(**timeouts)}


def test_a_step_has_a_time_for_all_its_attempts():
    step = noop("a", retry=Retry(delay_seconds=4.0, jitter=False), **timed(step_seconds=10.0))
    run = given(flow(step)).when(GO, now=0.0).then(..., owes=[Perform("a", 1, 1), Wake(10.0)])
    run.after(broken("a", "transient"), now=3.0).after(GO, now=7.0)
    assert run.step("a").attempt == 2
    run.when(GO, now=10.0).then(
        like(e.StepFailed, failure=Failure("timeout", "the step took longer than 10 s")), e.RunFailed, owes=[]
    )


def test_the_time_of_a_step_does_not_run_while_a_person_decides():
    run = started(flow(noop("a", approve=Approval(), **timed(step_seconds=10.0)))).after(done("a"), GO)
    run.when(GO, now=50.0).then(owes=[])


def test_a_step_that_is_retried_has_its_time_anew():
    run = started(flow(noop("a", **timed(step_seconds=10.0)))).after(GO, now=10.0)
    run.after(c.RetryStep("a"), GO, now=100.0)
    assert run.state.deadlines == {"a": 110.0}


def test_a_step_that_runs_out_of_time_goes_back_where_that_is_the_policy():
    step = noop("a", back_to=BackTo("a"), on_failure="back_to", **timed(step_seconds=10.0))
    started(flow(step)).when(GO, now=10.0).then(e.RoundOpened, like(e.StepStarted, round=2, attempt=1))


def test_a_run_that_takes_too_long_stops_what_runs_and_fails():
    run = started(flow(noop("a"), noop("b", "a"), limits=Limits(timeout_seconds=30.0)))
    run.when(GO, now=29.0).then(owes=[Perform("a", 1, 1), Wake(30.0)])
    run.when(GO, now=30.0).then(
        like(e.RunClosing, status="failed"),
        like(e.StepAborted, step="a"),
        like(e.RunFailed, reason="the run took longer than 30 s"),
    )
    assert run.statuses() == {"a": "aborted", "b": "skipped"}


def asking(count_waits: bool) -> Any:
    limits = Limits(timeout_seconds=30.0, count_waits=count_waits)
    return started(flow(Step("q", "ask"), noop("a", "q"), limits=limits))


def test_waiting_for_people_is_not_counted_in_the_time_of_the_run():
    run = asking(count_waits=False)
    run.when(GO, now=500.0).then(owes=[])
    run.when(answer("a1"), GO, now=500.0).then(..., owes=[Perform("a", 1, 1), Wake(530.0)])


def test_unless_that_is_asked_for():
    run = asking(count_waits=True)
    run.when(GO, now=30.0).then(e.RunClosing, ..., e.RunFailed)


def test_sleeping_on_a_quota_is_counted():
    run = started(flow(noop("a"), limits=Limits(timeout_seconds=30.0)))
    run.when(broken("a", "quota", retry_at=20.0), GO, now=10.0).then(..., owes=[Wake(20.0)])
    run.after(GO, now=20.0)
    assert run.state.deadline == 30.0


def test_a_pause_by_request_during_a_quota_is_counted_as_what_it_was_at_each_time():
    run = started(flow(noop("a"), limits=Limits(timeout_seconds=30.0)))
    run.after(broken("a", "quota", retry_at=9.0), GO, now=1.0).after(c.Pause(), now=5.0)
    run.after(c.Resume(), now=25.0)
    assert (run.state.deadline, run.state.waited_seconds) == (50.0, 20.0)


def test_things_come_due_in_the_order_of_their_times():
    steps = (
        noop("a", retry=Retry(delay_seconds=20.0, jitter=False)),
        noop("b", retry=Retry(delay_seconds=10.0, jitter=False)),
        Step("q", "ask", ask=Approval(expires_seconds=15, default="approve")),
    )
    run = started(flow(*steps)).after(broken("a", "transient"), broken("b", "transient"), GO)
    run.when(GO, now=60.0).then(
        like(e.StepDue, step="b"),
        like(e.AskAnswered, step="q"),
        e.StepSucceeded,
        like(e.StepDue, step="a"),
        like(e.StepStarted, step="a"),
        like(e.StepStarted, step="b"),
    )


def test_timers_keep_their_time_while_the_run_is_paused():
    run = started(flow(noop("a", retry=Retry(delay_seconds=10.0, jitter=False))))
    run.after(broken("a", "transient"), c.Pause())
    run.when(GO, now=50.0).then(owes=[])
    run.when(c.Resume(), GO, now=60.0).then(e.RunResumed, e.StepDue, like(e.StepStarted, attempt=2))


def test_what_waits_for_its_time_starts_nothing_in_a_blocked_run_but_comes_due():
    steps = (noop("a", retry=Retry(delay_seconds=10.0, jitter=False)), noop("b", on_failure="pause"))
    run = started(flow(*steps)).after(broken("a", "transient"), broken("b"))
    run.when(GO, now=10.0).then(like(e.StepDue, step="a"))


def test_a_step_that_fails_while_people_are_waited_for_ends_the_pause():
    steps = (
        Step("q", "ask"),
        noop("a", retry=Retry(delay_seconds=50.0, jitter=False), **timed(step_seconds=10.0)),
    )
    run = started(flow(*steps)).after(broken("a", "transient"), GO)
    assert run.state.status == "running"
    run.when(GO, now=10.0).then(like(e.StepFailed, step="a"), ..., e.RunFailed)


@pytest.mark.parametrize("known", [True, False])
def test_a_fact_that_nobody_has_set_takes_its_default(known: bool):
    workflow = flow(noop("a", when="facts.x"), facts={"x": Fact(default=True)})
    run = started(workflow, facts={"x": False} if known else {})
    assert run.step("a").status == ("skipped" if known else "running")


def test_what_is_assumed_comes_before_the_default():
    workflow = flow(noop("a", when="facts.x"), facts={"x": Fact(default=True)})
    given(workflow, options=Options(assume=False)).when(GO).then(
        e.RunStarted, like(e.FactSet, name="x", value=False, by="--assume"), e.StepSkipped, e.RunCompleted
    )


def test_only_what_is_true_or_false_is_assumed():
    workflow = flow(noop("a", when='facts.x == "y"'), facts={"x": Fact("string", question="Which x?")})
    run = started(workflow, options=Options(assume=True))
    assert run.state.asks["a1"].prompt == "Which x?"


def sleeping(**args: Any) -> Step:
    return Step("nap", "sleep", args=args)


def test_a_step_that_only_waits_holds_no_slot_and_its_end_is_on_record():
    run = given(flow(sleeping(seconds=60.0), noop("a"), noop("b", "nap"), limits=Limits(parallel=1)))
    run.when(GO, now=10.0).then(
        e.RunStarted,
        like(e.StepWaiting, step="nap", on="timer", until=70.0),
        like(e.StepStarted, step="a"),
        owes=[Perform("a", 1, 1), Wake(70.0)],
    )
    run.after(done("a"), GO)
    run.when(GO, now=69.0).then(owes=[Wake(70.0)])
    run.when(GO, now=70.0).then(
        like(e.StepSucceeded, step="nap"), like(e.StepStarted, step="b"), owes=[Perform("b", 1, 1)]
    )
    assert run.state.outputs["nap"] == {"until": 70.0}


@pytest.mark.parametrize(
    ("args", "until"),
    [
        ({"until": "1970-01-01T00:02:00Z"}, 120.0),
        ({"until": "inputs.at"}, 300.0),
        ({"until": "inputs.n + 1.0"}, 201.0),
    ],
)
def test_a_step_waits_until_a_moment_that_is_written_or_worked_out(args, until):
    inputs = {"at": "1970-01-01T00:05:00+00:00", "n": 200.0}
    run = started(flow(sleeping(**args)), inputs=inputs)
    assert run.step("nap").until == until
    assert run.after(GO, now=until).statuses() == {"nap": "succeeded"}


def test_a_moment_that_has_passed_is_not_waited_for_and_what_is_none_fails_the_step():
    assert given(flow(sleeping(until="1970-01-01T00:00:05Z"))).after(GO, now=6.0).state.status == "completed"
    run = started(flow(sleeping(until="inputs.at")), inputs={"at": "soon"})
    failure = run.step("nap").failure
    assert failure is not None
    assert "'soon' is no moment; write it as" in failure.message


def test_a_rehearsal_does_not_wait_and_an_end_of_the_run_ends_the_wait():
    assert started(flow(sleeping(seconds=60.0)), options=Options(rehearse="")).state.status == "completed"
    run = started(flow(sleeping(seconds=60.0))).after(c.Abort(reason="no"))
    assert run.statuses() == {"nap": "aborted"}


def test_a_wait_stands_between_an_ask_and_an_approval():
    step = Step("nap", "sleep", args={"seconds": 60.0}, ask=Approval(), approve=Approval())
    run = started(flow(step)).after(answer("a1"), GO)
    assert run.step("nap").on == "timer"
    run.after(GO, now=60.0)
    assert list(run.state.asks) == ["a2"]
    assert run.after(answer("a2"), GO, now=61.0).state.status == "completed"


def test_each_item_of_a_list_waits_its_own_time():
    step = Step("nap", "sleep", args={"until": "item"}, foreach=Foreach(over="[5.0, 9.0]"))
    run = started(flow(step)).after(GO, now=5.0)
    assert run.statuses() == {"nap": "running", "nap[5.0]": "succeeded", "nap[9.0]": "waiting"}
    assert run.after(GO, now=9.0).state.status == "completed"
