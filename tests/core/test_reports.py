"""What a report of an attempt leads to: success, another try, a failure, or nothing when it comes late."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.plan import Perform, Wake
from ropewalk.core.work import Artifact, Failure, Handoff, Outcome, Usage, Verdict
from ropewalk.definition.policy import Budget, ErrorClass, Limits, Retry
from ropewalk.definition.workflow import Gate, Step
from ropewalk.testing.given import Given, broken, done, like
from tests.core.flows import GO, flow, noop, started

STILL = Retry(attempts=3, delay_seconds=10.0, jitter=False)


def one(**fields: Any) -> Given:
    return started(flow(noop("a", **fields), noop("b", "a")))


def test_success_and_the_successors_start_are_one_decision():
    run = (
        one()
        .when(done("a", n=1), GO)
        .then(
            like(e.StepSucceeded, step="a", attempt=1, result=like(e.Outcome, outputs={"n": 1})),
            like(e.StepStarted, step="b", attempt=1),
            owes=[Perform("b", 1, 1)],
        )
    )
    assert run.state.outputs == {"a": {"n": 1}}


def test_everything_that_an_attempt_gave_back_is_kept():
    outcome = Outcome(
        outputs={"n": 1},
        artifacts=(Artifact("x", "d"),),
        handoff=Handoff(summary="done"),
        usage=Usage(tokens_in=3, tokens_out=4, cost_usd=0.5),
        commit="c",
        tree="t",
        agent="claude",
        rehearsed=True,
        digest="dd",
    )
    result = one().after(done("a", outcome)).step("a").result
    assert result is not None
    for name in (
        "outputs",
        "artifacts",
        "handoff",
        "usage",
        "commit",
        "tree",
        "agent",
        "rehearsed",
        "digest",
    ):
        assert getattr(result, name) == getattr(outcome, name)


@pytest.mark.parametrize("late", [("a", 1, 2), ("a", 2, 1), ("b", 1, 1), ("nobody", 1, 1)])
def test_a_report_of_what_is_not_under_way_changes_nothing(late: tuple[str, int, int]):
    one().when(c.Report(*late, Outcome())).then()


def test_a_doubled_report_changes_nothing():
    run = one()
    report = done("a")(run.state)
    run.after(report).when(report).then()


def test_a_report_of_the_attempt_before_is_late_also_after_a_retry():
    run = one()
    report = done("a")(run.state)
    run.after(broken("a"), GO, c.RetryStep("a"), GO)
    assert run.step("a").attempt == 2
    run.when(report).then()


@pytest.mark.parametrize(
    ("kind", "returns"),
    [
        ("transient", True),
        ("quota", True),
        ("timeout", True),
        ("lost", True),
        ("invalid_output", False),
        ("refused", False),
        ("permanent", False),
        ("gate", False),
    ],
)
def test_only_four_classes_come_back_by_themselves(kind: ErrorClass, returns: bool):
    run = one().after(broken("a", kind))
    assert (run.step("a").status in {"waiting", "pending"}) == returns
    assert (run.step("a").status == "failed") != returns


def test_a_failed_attempt_waits_for_its_backoff_and_holds_no_place():
    run = (
        one(retry=STILL)
        .when(broken("a", "transient"), GO, now=100.0)
        .then(like(e.AttemptFailed, retry_at=110.0), owes=[Wake(110.0)])
    )
    run.when(GO, now=109.9).then()
    run.when(GO, now=110.0).then(like(e.StepDue, step="a"), like(e.StepStarted, attempt=2))


def test_the_last_attempt_fails_the_step():
    run = one(retry=Retry(attempts=2, delay_seconds=0.0))
    run.after(broken("a", "transient"), GO)
    run.when(broken("a", "transient", message="down"), GO).then(
        like(e.AttemptFailed, retry_at=None),
        like(e.StepFailed, attempt=2, policy="fail", failure=Failure("transient", "down")),
        like(e.RunFailed, reason="a: down"),
    )


def test_a_retry_after_is_honoured():
    run = one(retry=STILL).after(broken("a", "transient", retry_at=500.0), GO)
    assert run.state.timers == {"a": 500.0}


def test_a_quota_is_slept_on_without_eating_the_retry_budget():
    run = one(retry=Retry(attempts=1))
    run.when(broken("a", "quota", retry_at=900.0), GO, now=5.0).then(
        e.AttemptFailed, like(e.RunPaused, reason="quota", until=900.0), owes=[Wake(900.0)]
    )
    run.when(GO, now=900.0).then(e.StepDue, e.RunResumed, like(e.StepStarted, attempt=2))
    assert run.step("a").tries == 0


def test_a_quota_without_a_time_is_retried_like_any_other_failure():
    run = one(retry=STILL).after(broken("a", "quota"), GO)
    assert (run.state.timers, run.step("a").tries) == ({"a": 10.0}, 1)


def test_a_lost_attempt_is_tried_again_at_once_and_eats_no_budget():
    run = (
        one(retry=Retry(attempts=1))
        .when(c.ReportLost((("a", 1, 1),)), GO)
        .then(
            like(e.RunRecovered, lost=("a",)),
            like(e.AttemptFailed, failure=like(Failure, kind="lost")),
            like(e.StepStarted, step="a", attempt=2),
        )
    )
    assert run.step("a").tries == 0


def test_losing_what_is_not_under_way_changes_nothing():
    run = one().after(done("a"))
    run.when(c.ReportLost((("a", 1, 1), ("nobody", 1, 1)))).then()


def test_an_attempt_is_lost_once():
    one().when(c.ReportLost((("a", 1, 1), ("a", 1, 1)))).then(e.RunRecovered, e.AttemptFailed)


def test_three_recoveries_without_progress_block_the_run():
    run = one()
    for attempt in (1, 2):
        run.after(c.ReportLost((("a", 1, attempt),)), GO)
    run.when(c.ReportLost((("a", 1, 3),)), GO).then(
        e.RunRecovered, e.AttemptFailed, like(e.RunPaused, reason="blocked"), owes=[]
    )
    run.when(c.Resume(), GO).then(e.RunResumed, like(e.StepStarted, attempt=4))
    assert run.state.recoveries == 0


def test_any_progress_forgets_the_recoveries():
    run = started(flow(noop("a"), noop("b"))).after(c.ReportLost((("a", 1, 1), ("b", 1, 1))), GO)
    run.after(done("b"))
    assert run.state.recoveries == 0


def test_a_loss_that_aborts_its_siblings_is_told_once_for_each():
    steps = (noop("a", on_failure="cancel", retry=Retry(on=())), noop("b"))
    run = started(flow(*steps, noop("x"))).after(broken("x"))
    run.when(c.ReportLost((("a", 1, 1), ("b", 1, 1)))).then(
        e.RunRecovered, e.AttemptFailed, like(e.StepFailed, step="a"), like(e.StepAborted, step="b")
    )


def test_nothing_is_tried_again_in_a_run_that_fails():
    run = started(flow(noop("a"), noop("b"))).after(broken("a")).after(broken("b", "transient"))
    assert run.step("b").status == "failed"


def test_facts_that_a_success_brings_are_set_and_those_of_a_red_one_are_not():
    red = (Verdict("g", "FAIL"),)
    run = one().after(done("a", Outcome(facts={"x": 1}, verdicts=red)))
    assert run.state.facts == {}
    assert one().after(done("a", Outcome(facts={"x": 1}))).state.facts == {"x": 1}


def test_a_red_gate_without_a_way_back_fails_the_attempt_with_its_findings():
    run = one(gates=(Gate("command"),)).after(
        done("a", Outcome(verdicts=(Verdict("lint", "FAIL", ("E1", "E2")),)))
    )
    assert run.step("a").failure == Failure("gate", "gate lint failed: E1; E2")
    assert run.step("a").feedback[0].source == "gate"


def test_concerns_pass_and_are_kept():
    run = one().after(done("a", Outcome(verdicts=(Verdict("lint", "CONCERNS", ("E1",)),))))
    assert (run.step("a").status, run.step("a").verdicts[0].verdict) == ("succeeded", "CONCERNS")


def test_what_a_step_sets_is_worked_out_from_its_outputs():
    run = one(sets={"big": "outputs.a.n > 2", "all": "outputs"}).after(done("a", n=3))
    assert run.state.facts == {"big": True, "all": {"a": {"n": 3}}}


def test_what_a_step_sets_and_cannot_be_worked_out_fails_it_with_its_cost_on_record():
    run = one(sets={"big": "outputs.a.nothing"}).after(done("a", Outcome(usage=Usage(tokens_in=9))))
    failure = run.step("a").failure
    assert failure is not None
    assert (failure.kind, run.state.spent.tokens) == ("invalid_output", 9)


@pytest.mark.parametrize(
    ("budget", "usage"),
    [
        (Budget(attempts=1), Usage()),
        (Budget(cost_usd=0.5), Usage(cost_usd=0.5)),
        (Budget(tokens=10), Usage(tokens_in=4, tokens_out=6)),
    ],
)
def test_a_step_that_has_used_up_its_own_budget_is_not_tried_again(budget: Budget, usage: Usage):
    run = one(budget=budget, retry=STILL).after(broken("a", "transient", usage=usage))
    assert run.step("a").status == "failed"
    assert (
        one(budget=Budget(attempts=2), retry=STILL).after(broken("a", "transient")).step("a").status
        == "waiting"
    )


def test_notes_survive_a_lost_attempt_and_no_other():
    run = one(retry=Retry(delay_seconds=0.0)).after(c.Note("a", 1, 1, {"session": "s"}))
    run.after(c.ReportLost((("a", 1, 1),)), GO)
    assert run.step("a").notes == {"session": "s"}
    run.after(broken("a", "transient"))
    assert run.step("a").notes == {}
    run.when(c.Note("a", 1, 1, {"late": True})).then()


def test_an_attempt_that_waits_gives_its_place_back():
    run = started(flow(noop("a"), noop("b"), limits=Limits(parallel=1)))
    run.when(c.Wait("a", 1, 1, "agent", until=60.0, detail="claude rests"), GO).then(
        like(e.StepWaiting, step="a", on="agent", until=60.0), like(e.StepStarted, step="b")
    )
    run.after(done("b")).when(GO, now=60.0).then(e.StepDue, like(e.StepStarted, step="a", attempt=2))


def test_a_wait_without_a_time_looks_again_after_a_while():
    run = one().when(c.Wait("a", 1, 1, "worker"), GO, now=100.0).then(e.StepWaiting, owes=[Wake(130.0)])
    assert run.state.status == "running"
    one().when(c.Wait("a", 1, 9, "worker")).then()


def may_i(name: str = "p1", attempt: int = 1, **fields: Any) -> c.OpenAsk:
    return c.OpenAsk("a", 1, attempt, name, "permission", "May I?", ("allow", "deny"), **fields)


def test_an_attempt_asks_and_goes_on_holding_its_place():
    run = one().when(may_i()).then(like(e.AskOpened, ask="p1", about="permission"))
    assert list(run.state.running) == ["a"]
    run.when(may_i()).then()
    run.when(may_i("p2", attempt=9)).then()


def test_an_attempt_may_ask_for_nothing_but_a_permission():
    one().when(c.OpenAsk("a", 1, 1, "p1", "question", "Who am I?")).refused("asks for a permission")


def test_a_permission_expires_with_its_default():
    run = one().after(may_i(expires_at=30.0, default="deny"))
    run.when(GO, now=30.0).then(like(e.AskAnswered, verdict="deny", by="expiry"))


def test_all_that_an_attempt_has_asked_is_withdrawn_when_it_ends():
    for end in (done("a"), broken("a"), c.ReportLost((("a", 1, 1),)), c.Wait("a", 1, 1, "quota", 5.0)):
        run = (
            one()
            .after(may_i(), may_i("p2"))
            .when(end)
            .then(..., like(e.AskWithdrawn, ask="p1"), like(e.AskWithdrawn, ask="p2"), ...)
        )
        assert run.state.asks == {}


def test_the_merge_says_where_the_branch_stands_and_that_it_landed():
    step = Step("w", "merge", internal=True, needs=("a",))
    run = started(flow(noop("a"), step)).after(done("a"), GO)
    outputs = {"branch": "ropewalk/r", "landed": "main", "previous": "p", "how": "merge"}
    run.when(done("w", Outcome(outputs=outputs, commit="c", tree="t")), GO).then(
        e.StepSucceeded,
        e.RunMerged("ropewalk/r", "c", "t"),
        e.RunLanded("main", "c", "p", "merge"),
        e.RunCompleted,
    )
    assert (run.state.branch, run.state.commit, run.state.landed) == ("ropewalk/r", "c", "main")
