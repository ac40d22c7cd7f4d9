"""How a run comes to rest: paused for people or a quota, closing with its final steps, ended with every error."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.plan import Perform, Wake
from ropewalk.definition.policy import Budget, Limits, Retry, Timeouts
from ropewalk.definition.workflow import Approval, Foreach, Role, Step
from ropewalk.testing.given import Given, broken, done, like
from tests.core.flows import GO, answer, flow, noop, started

LAST = noop("last", final=True)


def test_a_run_completes_with_its_outputs():
    workflow = flow(noop("a"), outputs={"n": "outputs.a.n + 1"})
    started(workflow).when(done("a", n=1), GO).then(e.StepSucceeded, like(e.RunCompleted, outputs={"n": 2}))


def test_outputs_that_cannot_be_worked_out_are_a_failure():
    run = started(flow(noop("a"), outputs={"n": "outputs.a.n"})).after(done("a"), GO)
    assert run.state.status == "failed"
    assert run.state.reason.startswith("outputs:")


def test_a_run_in_which_only_people_can_move_something_is_paused_and_goes_on_by_itself():
    run = started(flow(Step("q", "ask"), noop("a"), noop("b", "q")))
    assert run.state.status == "running"
    run.when(done("a"), GO).then(e.StepSucceeded, like(e.RunPaused, reason="asked", detail="a1"), owes=[])
    run.when(answer("a1"), GO).then(e.AskAnswered, e.StepSucceeded, e.RunResumed, e.StepStarted)


def test_a_pause_for_people_says_until_when():
    run = started(flow(Step("q", "ask", ask=Approval(expires_seconds=60.0, default="reject"))))
    assert run.state.until == 60.0


def test_a_pause_names_no_more_than_ten():
    run = started(flow(*(Step(f"q{n}", "ask") for n in range(14))))
    assert run.state.detail == "a1, a2, a3, a4, a5, a6, a7, a8, a9, a10 and 4 more"


def test_a_short_backoff_is_no_pause_and_a_quota_is():
    run = started(flow(noop("a"), noop("b"))).after(broken("a", "quota", retry_at=90.0), GO)
    run.when(broken("b", "transient"), GO).then(e.AttemptFailed)
    assert run.state.status == "running"
    run.after(GO, now=80.0).after(done("b"), now=80.0)
    run.when(GO, now=80.0).then(like(e.RunPaused, reason="quota", until=90.0, detail="a"))


@pytest.mark.parametrize(
    ("policy", "status"), [("fail", "failed"), ("continue", "failed"), ("cancel", "failed")]
)
def test_a_run_with_a_failed_step_fails_with_every_error_in_written_order(policy: Any, status: str):
    run = started(flow(noop("a", on_failure=policy), noop("b", on_failure=policy), noop("c")))
    run.after(broken("b", message="second"))
    if policy != "cancel":
        run.after(broken("a", message="first"), done("c"))
    run.after(GO)
    assert run.state.status == status
    expected = "b: second" if policy == "cancel" else "a: first; also b"
    assert run.state.reason == expected


def test_fail_lets_what_runs_finish_and_starts_nothing_new():
    run = started(flow(noop("a"), noop("b"), noop("c", "b"), limits=Limits(parallel=2)))
    run.when(broken("a"), GO).then(e.AttemptFailed, e.StepFailed, owes=[Perform("b", 1, 1)])
    run.when(done("b"), GO).then(e.StepSucceeded, e.RunFailed)
    assert run.step("c").status == "skipped"
    assert run.state.outputs == {"b": {}}


def test_cancel_stops_the_others():
    run = started(flow(noop("a", on_failure="cancel"), noop("b"), Step("q", "ask")))
    run.when(broken("a"), GO).then(
        e.AttemptFailed,
        e.StepFailed,
        like(e.StepAborted, step="b", reason="a failed"),
        like(e.AskWithdrawn, ask="a1"),
        like(e.StepAborted, step="q"),
        e.RunFailed,
    )


def test_continue_goes_on_with_what_does_not_depend_on_it():
    run = started(flow(noop("a", on_failure="continue"), noop("b", "a"), noop("c"), noop("d", "c")))
    run.after(broken("a"), GO, done("c"), GO)
    assert run.statuses() == {"a": "failed", "b": "skipped", "c": "succeeded", "d": "running"}


def test_pause_holds_the_run_and_resuming_tries_the_step_again():
    run = started(flow(noop("a", on_failure="pause"), noop("b", "a")))
    run.when(broken("a"), GO).then(
        e.AttemptFailed, e.StepFailed, like(e.RunPaused, reason="blocked"), owes=[]
    )
    run.when(c.Resume(by="ann"), GO).then(
        e.RunResumed, e.StepRetried, like(e.StepStarted, step="a", attempt=2)
    )


def test_pause_holds_a_run_also_that_waits_for_people():
    step = noop("a", on_failure="pause", retry=Retry(delay_seconds=99.0), timeout=Timeouts(step_seconds=5.0))
    run = started(flow(step, Step("q", "ask"), noop("b", "a"))).after(broken("a", "transient"), GO)
    run.after(GO, now=5.0)
    assert (run.state.status, run.state.reason, run.step("b").status) == ("paused", "blocked", "pending")


def test_pause_does_not_overrule_a_pause_by_request():
    run = started(flow(noop("a", on_failure="pause"))).after(c.Pause(by="ann"), broken("a"))
    assert (run.state.reason, run.state.failed) == ("by request", {"a": "pause"})


def test_a_run_that_fails_stops_what_sleeps_and_what_is_asked():
    steps = (noop("a"), noop("b"), Step("q", "ask"), noop("f", foreach=Foreach('["x"]')))
    run = started(flow(*steps, limits=Limits(parallel=2))).after(broken("b", "quota", retry_at=900.0))
    run.when(broken("a"), GO).then(
        e.AttemptFailed,
        e.StepFailed,
        like(e.StepAborted, step="b"),
        e.AskWithdrawn,
        like(e.StepAborted, step="q"),
        like(e.StepAborted, step="f"),
        e.RunFailed,
        owes=[],
    )


def test_a_run_that_nothing_can_move_says_so_and_is_blocked():
    """By construction this never happens: here a history is made up in which nobody is asked any more."""
    made_up = e.AskWithdrawn(step="q", ask="a1")
    run = started(flow(Step("q", "ask"))).after(made_up, e.RunResumed())
    run.when(GO).then(
        like(e.RunStalled, detail="nothing can move: q"), like(e.RunPaused, reason="blocked"), owes=[]
    )


# Final steps -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["completed", "failed", "aborted"])
def test_final_steps_run_whatever_the_outcome(outcome: str):
    run = started(flow(noop("a"), LAST))
    assert run.step("last").status == "pending"
    ending: dict[str, Any] = {"completed": done("a"), "failed": broken("a"), "aborted": c.Abort(by="ann")}
    run.after(ending[outcome], GO)
    assert (list(run.state.running), run.state.closing) == (["last"], outcome)
    run.after(done("last"), GO)
    assert run.state.status == outcome


def test_final_steps_have_an_order_of_their_own():
    run = started(flow(noop("a"), noop("x", "y", final=True), noop("y", final=True))).after(done("a"), GO)
    assert list(run.state.running) == ["y"]
    run.after(done("y"), GO)
    assert list(run.state.running) == ["x"]


def test_a_final_step_that_fails_makes_a_failure_of_a_success():
    run = started(flow(noop("a"), LAST, noop("more", final=True))).after(done("a"), GO)
    run.when(broken("last"), GO).then(e.AttemptFailed, e.StepFailed)
    run.when(done("more"), GO).then(e.StepSucceeded, like(e.RunFailed, reason="last: it broke"))


def test_a_run_with_a_failed_step_closes_as_failed():
    run = started(flow(noop("a", on_failure="continue"), LAST)).after(broken("a"), GO)
    assert (run.state.closing, run.state.why) == ("failed", "a: it broke")


def test_the_reason_of_the_end_outlives_a_pause_on_the_way():
    run = started(flow(noop("a"), LAST)).after(broken("a"), GO, c.Pause(by="ann"), c.Resume(by="ann"))
    run.after(done("last"), GO)
    assert run.state.reason == "a: it broke"


def test_a_final_step_may_ask_and_the_run_waits():
    run = started(flow(noop("a"), noop("last", final=True, ask=Approval()))).after(done("a"), GO)
    assert (run.state.status, run.state.reason) == ("paused", "asked")
    run.after(answer("a1"), GO, done("last"), GO)
    assert run.state.status == "completed"


def test_the_final_steps_of_an_aborted_run_have_their_grace():
    last = noop("last", final=True, timeout=Timeouts(grace_seconds=20.0))
    run = started(flow(noop("a"), last))
    run.when(c.Abort(by="ann"), GO, now=100.0).then(
        like(e.StepAborted, step="a"),
        like(e.RunClosing, status="aborted", reason="aborted (by ann)"),
        like(e.StepStarted, step="last"),
        owes=[Perform("last", 1, 1), Wake(120.0)],
    )
    run.when(GO, now=120.0).then(
        like(e.StepAborted, step="last"), like(e.RunAborted, reason="aborted (by ann)")
    )


def test_a_final_step_of_an_aborted_run_is_not_tried_again():
    run = started(flow(noop("a"), LAST)).after(c.Abort(), GO)
    run.when(broken("last", "transient"), GO).then(e.AttemptFailed, e.StepFailed, e.RunAborted)


def test_final_steps_run_after_a_run_that_took_too_long():
    run = started(flow(noop("a"), LAST, limits=Limits(timeout_seconds=9.0)))
    run.after(GO, now=9.0)
    assert list(run.state.running) == ["last"]
    run.after(done("last"), GO, now=99.0)
    assert run.state.reason == "the run took longer than 9 s"


def test_nothing_of_a_foreach_begins_when_the_time_of_the_run_is_over():
    each = noop("f", foreach=Foreach('["x", "y"]', at_most=1))
    run = started(flow(each, LAST, limits=Limits(timeout_seconds=9.0))).after(GO, now=9.0)
    assert list(run.state.running) == ["last"]


def lost_once() -> Given:
    step = noop("a", on_failure="ask", timeout=Timeouts(step_seconds=5.0))
    return started(flow(step, limits=Limits(timeout_seconds=9.0))).after(c.ReportLost((("a", 1, 1),)))


def test_a_step_out_of_time_asks_nobody_after_the_run_is():
    run = lost_once().after(GO, now=50.0)
    assert (run.state.status, run.state.asks) == ("failed", {})


def may_i(
    name: str = "p1", step: str = "a", attempt: int = 1, what: str = "make", **fields: Any
) -> c.OpenAsk:
    detail = {"tool": what}
    return c.OpenAsk(
        step, 1, attempt, name, "permission", "May I?", ("approve", "reject"), detail=detail, **fields
    )


def resting(**fields: Any) -> Given:
    """A run whose one attempt has asked and is put to rest."""
    run = started(flow(noop("a", **fields.pop("step", {})), **fields))
    return run.after(may_i(), GO, now=10.0).after(GO, now=40.0)


def test_a_run_in_which_every_attempt_waits_for_a_permission_is_paused_while_they_are_alive():
    run = started(flow(noop("a"), noop("b")))
    run.when(may_i(), GO, now=10.0).then(e.AskOpened)
    run.when(done("b"), GO, now=20.0).then(
        e.StepSucceeded,
        like(e.RunPaused, reason="asked", detail="p1"),
        owes=[Perform("a", 1, 1), Wake(50.0)],
    )
    run.when(answer("p1"), GO, now=49.0).then(e.AskAnswered, e.RunResumed, owes=[Perform("a", 1, 1)])


def test_a_permission_that_nobody_answers_for_a_while_puts_its_attempt_to_rest():
    run = started(flow(noop("a"))).after(may_i(), GO, now=10.0)
    run.when(GO, now=39.0).then()
    run.when(GO, now=40.0).then(like(e.StepWaiting, step="a", on="answer", detail="p1"), owes=[])
    assert (run.state.status, run.state.reason, list(run.state.asks)) == ("paused", "asked", ["p1"])
    assert (run.step("a").attempts, run.state.spent.attempts, run.step("a").tries) == (0, 0, 0)


def test_an_attempt_that_rests_goes_on_when_all_that_it_asked_is_answered():
    run = started(flow(noop("a"))).after(may_i(), may_i("p2", what="test"), GO).after(GO, now=30.0)
    run.when(answer("p1"), GO, now=90.0).then(e.AskAnswered, e.RunResumed, e.RunPaused, owes=[])
    run.when(answer("p2", "reject"), GO, now=95.0).then(
        e.AskAnswered, e.RunResumed, like(e.StepStarted, step="a", attempt=2), owes=[Perform("a", 1, 2)]
    )
    assert (run.step("a").attempts, run.state.spent.attempts) == (1, 1)


def test_what_was_answered_while_it_rested_is_given_once_and_something_else_is_asked():
    run = resting().after(answer("p1", "reject", reason="not now"), GO, now=90.0)
    again, other, third = (
        may_i("p2", attempt=2),
        may_i("p3", attempt=2, what="make clean"),
        may_i("p4", attempt=2),
    )
    given = like(e.AskAnswered, ask="p2", verdict="reject", by="ann", reason="not now")
    run.when(again, GO, now=91.0).then(e.AskOpened, given)
    run.when(other, third, GO, now=92.0).then(e.AskOpened, e.AskOpened, like(e.RunPaused, reason="asked"))


def test_what_was_answered_is_not_given_to_a_new_attempt_or_round():
    policy = {"retry": Retry(attempts=2, delay_seconds=0.0)}
    run = resting(step=policy).after(answer("p1"), GO, now=90.0)
    run.after(broken("a", "transient"), GO, now=91.0)
    run.when(may_i("p2", attempt=3), now=92.0).then(like(e.AskOpened, ask="p2"))


def test_the_time_in_which_a_permission_is_asked_counts_nowhere():
    step = {"timeout": Timeouts(step_seconds=60.0)}
    run = started(flow(noop("a", **step), limits=Limits(timeout_seconds=100.0)))
    run.after(may_i(), GO, now=10.0).after(answer("p1"), GO, now=35.0)
    assert run.state.deadlines == {"a": 85.0}
    assert run.state.deadline == 125.0
    run.after(may_i("p2", what="test"), GO, now=40.0).after(GO, now=70.0).after(answer("p2"), GO, now=1000.0)
    assert run.state.deadlines == {"a": 1045.0}
    assert run.state.deadline == 1085.0
    run.after(done("a"), GO, now=1005.0)
    assert (run.state.spent.seconds, run.state.status) == (20.0, "completed")


def test_a_run_that_counts_the_waiting_ends_in_its_time_all_the_same():
    limits = Limits(timeout_seconds=100.0, count_waits=True)
    run = resting(limits=limits).after(GO, now=100.0)
    assert run.state.status == "failed"


def test_an_attempt_that_ends_while_it_asks_lets_the_run_go_on():
    for end in (broken("a"), done("a"), c.SkipStep("a"), c.ReportLost((("a", 1, 1),))):
        run = started(flow(noop("a"), noop("b", "a"))).after(may_i(), GO)
        assert run.state.status == "paused"
        assert run.after(end, GO).state.status in {"running", "failed"}
        assert not run.state.asks


def test_what_waits_for_the_slot_of_an_attempt_that_asks_begins_when_that_rests():
    run = started(flow(noop("a"), noop("b"), limits=Limits(parallel=1))).after(may_i(), GO, now=0.0)
    run.when(GO, now=30.0).then(
        like(e.StepWaiting, step="a"), e.RunResumed, like(e.StepStarted, step="b"), owes=[Perform("b", 1, 1)]
    )


def test_what_waits_for_the_reservation_of_an_attempt_that_asks_begins_when_that_rests():
    limits = Limits(budget=Budget(seconds=100.0))
    run = started(flow(noop("a"), noop("b"), limits=limits)).after(may_i(), GO, now=1.0)
    assert run.state.status == "paused"
    run.when(GO, now=31.0).then(like(e.StepWaiting, step="a"), e.RunResumed, like(e.StepStarted, step="b"))


def test_an_attempt_that_asks_rests_also_in_a_run_that_was_paused_by_hand():
    run = started(flow(noop("a"))).after(may_i(), GO, c.Pause(by="ann"))
    run.when(GO, now=30.0).then(like(e.StepWaiting, on="answer"), owes=[])
    run.when(answer("p1"), GO, now=40.0).then(e.AskAnswered, owes=[])
    run.when(c.Resume(by="ann"), GO, now=50.0).then(e.RunResumed, like(e.StepStarted, attempt=2))


def test_a_permission_that_expires_while_its_attempt_rests_takes_its_default():
    run = started(flow(noop("a"))).after(may_i(expires_at=60.0, default="reject"), GO).after(GO, now=30.0)
    run.when(GO, now=60.0).then(
        like(e.AskAnswered, verdict="reject", by="expiry"), e.RunResumed, like(e.StepStarted, attempt=2)
    )


def test_a_run_that_fails_ends_without_the_attempt_that_rests():
    run = started(flow(noop("a"), noop("b"))).after(may_i(), GO).after(broken("b"), GO)
    assert run.state.status == "paused"
    run.when(GO, now=30.0).then(
        e.StepWaiting, e.RunResumed, e.AskWithdrawn, like(e.StepAborted, step="a"), e.RunFailed
    )


def test_an_agent_that_is_put_to_rest_has_spent_nobody_knows_how_much():
    workflow = flow(Step("a", "role", role="dev"), roles={"dev": Role()})
    run = started(workflow).after(may_i(), GO).after(GO, now=30.0)
    assert run.state.spent.unknown == 1


def test_a_failing_run_ends_also_where_a_condition_of_what_it_does_not_begin_any_more_is_open():
    flows = flow(noop("a"), noop("b"), noop("d"), noop("c", "d", when="inputs == inputs"))
    run = (
        started(flows)
        .after(may_i(), GO, now=1.0)
        .after(broken("b"), GO, now=2.0)
        .after(done("d"), GO, now=3.0)
    )
    assert run.after(GO, now=100.0).state.status == "failed"
