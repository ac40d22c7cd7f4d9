"""What people and programs may tell a run to do, and what is refused in which state."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.plan import Perform
from ropewalk.core.state import Graph, new_state
from ropewalk.core.work import Outcome, Usage
from ropewalk.definition.policy import Budget, Limits
from ropewalk.definition.workflow import Approval, Decision, Fact, Foreach, Route, Step
from ropewalk.testing.given import Given, broken, done, given, like
from tests.core.flows import GO, answer, flow, noop, started

TWO = flow(noop("a"), noop("b", "a"), Step("q", "ask"), facts={"x": Fact()})


def pending() -> Given:
    return given(TWO)


def running() -> Given:
    return started(TWO)


def asked() -> Given:
    return started(TWO).after(done("a"), GO, done("b"), GO)


def paused() -> Given:
    return started(TWO).after(c.Pause(by="ann"))


def closing() -> Given:
    return started(flow(*TWO.steps, noop("last", final=True))).after(c.Abort(by="ann"), GO)


def completed() -> Given:
    return asked().after(answer("a1"), GO)


def failed() -> Given:
    return started(TWO).after(broken("a"), GO)


def aborted() -> Given:
    return started(TWO).after(c.Abort(by="ann"), GO)


STATES: dict[str, Callable[[], Given]] = {
    made.__name__: made for made in (pending, running, asked, paused, closing, completed, failed, aborted)
}
OVER = {"completed": "the run is completed", "failed": "the run is failed", "aborted": "the run is aborted"}
REFUSALS: dict[str, tuple[c.Command, dict[str, str]]] = {
    "start": (c.Create("w", ""), dict.fromkeys(STATES, "run r is there already")),
    "pause": (c.Pause(), {**OVER, "paused": "is paused already", "closing": "is being aborted"}),
    "resume": (
        c.Resume(),
        {
            **OVER,
            "pending": "the run is pending, not paused",
            "running": "the run is running, not paused",
            "closing": "the run is running, not paused",
            "asked": "it waits for an answer to a1",
        },
    ),
    "abort": (c.Abort(), OVER),
    "set a fact": (c.SetFact("x", True), OVER),
    "raise": (c.RaiseBudget(attempts=1), OVER),
    "retry": (
        c.RetryStep("a"),
        {
            "pending": "step a is pending, not failed",
            "running": "step a is running, not failed",
            "paused": "step a is running, not failed",
            "asked": "step a is succeeded, not failed",
            "completed": "step a is succeeded, not failed",
            "closing": "the run is ending (aborted)",
        },
    ),
    "retry all": (
        c.RetryStep(),
        {
            **dict.fromkeys(("pending", "running", "paused", "asked", "completed"), "no step has failed"),
            "closing": "the run is ending (aborted)",
        },
    ),
    "skip": (
        c.SkipStep("a"),
        {
            "asked": "step a is succeeded",
            "completed": "step a is succeeded",
            "closing": "step a is aborted",
            "aborted": "step a is aborted",
        },
    ),
    "exec": (
        c.ExecuteStep("b"),
        {
            **OVER,
            "pending": "the run is pending; pause it first",
            "running": "the run is running; pause it first",
            "closing": "the run is running; pause it first",
            "paused": "step b is pending and what it needs is not done",
            "asked": "step b is succeeded",
        },
    ),
    "skip nobody": (c.SkipStep("aa"), dict.fromkeys(STATES, "did you mean a?")),
    "retry nobody": (c.RetryStep("zzz"), dict.fromkeys(STATES, "one of `ropewalk show`'s list")),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", REFUSALS)
def test_a_verb_that_makes_no_sense_in_a_state_is_refused_with_the_reason(verb: str, state: str):
    command, refusals = REFUSALS[verb]
    when = STATES[state]().when(command)
    if state in refusals:
        when.refused(refusals[state])
    else:
        when.then(e.Event, ...)


def test_a_run_that_is_not_there_can_be_told_nothing():
    nobody = Given(new_state("r", TWO, Graph(TWO)), TWO)
    nobody.when(c.Pause()).refused("the run is not there")


# Pause, resume, abort ----------------------------------------------------------------------------------------------


def test_while_a_run_is_paused_what_runs_finishes_and_nothing_starts():
    run = paused().when(done("a"), GO).then(e.StepSucceeded)
    run.when(c.Resume(by="ann"), GO).then(e.RunResumed, like(e.StepStarted, step="b"))


def test_a_run_that_was_paused_before_its_start_starts_when_it_is_resumed():
    run = pending().after(c.Pause()).when(GO).then()
    run.when(c.Resume(), GO).then(e.RunStarted, ..., like(e.StepStarted, step="a"))


def test_an_answer_during_a_pause_is_taken_and_starts_nothing():
    run = paused().after(answer("a1"), GO)
    assert (run.state.status, run.step("q").status) == ("paused", "succeeded")


def test_a_pause_says_who_wanted_it():
    assert paused().state.detail == "ann"
    assert running().after(c.Pause(by="ann", reason="lunch")).state.detail == "ann: lunch"


def test_a_pause_on_top_of_a_question_ends_in_the_question():
    run = asked().after(c.Pause()).when(c.Resume(), GO).then(e.RunResumed, like(e.RunPaused, reason="asked"))
    assert list(run.state.asks) == ["a1"]


def test_an_abort_stops_everything_at_once():
    run = (
        running()
        .when(c.Abort(reason="wrong branch", by="ann"), GO)
        .then(
            like(e.StepAborted, step="a"),
            like(e.AskWithdrawn, ask="a1"),
            like(e.StepAborted, step="q"),
            like(e.RunAborted, reason="wrong branch (by ann)"),
            owes=[],
        )
    )
    assert run.step("b").status == "skipped"


def test_a_run_that_has_not_started_is_aborted_without_final_steps():
    run = given(flow(noop("a"), noop("last", final=True))).when(c.Abort()).then(e.RunAborted)
    assert run.state.reason == "aborted"


def test_a_second_abort_cuts_the_final_steps():
    closing().when(c.Abort()).then(like(e.StepAborted, step="last"), e.RunAborted)


def test_an_abort_reaches_items_and_called_runs():
    steps = (noop("f", foreach=Foreach('["x", "y"]', at_most=1)), Step("s", "call", args={"workflow": "w"}))
    run = (
        started(flow(*steps))
        .when(c.Abort())
        .then(
            like(e.StepAborted, step="f[x]"),
            like(e.StepAborted, step="f"),
            like(e.StepAborted, step="s"),
            e.RunAborted,
        )
    )
    assert (run.state.running, run.state.calls, run.state.ready) == ({}, {}, [])


# Retry and skip ----------------------------------------------------------------------------------------------------


def test_retrying_a_failed_run_goes_on_where_it_failed():
    run = (
        failed()
        .when(c.RetryStep(by="ann", reason="fixed the key"), GO)
        .then(
            e.RunReopened,
            like(e.StepRetried, step="a", reason="fixed the key"),
            like(e.StepRetried, step="q", reason="fixed the key"),
            like(e.AskOpened, step="q"),
            like(e.StepStarted, step="a", round=1, attempt=2),
        )
    )
    assert run.statuses() == {"a": "running", "b": "pending", "q": "waiting"}
    assert run.step("a").feedback[0].text == "fixed the key"


def test_retrying_an_aborted_run_takes_up_all_that_was_stopped():
    run = aborted().after(c.RetryStep("q"), GO)
    assert run.statuses() == {"a": "running", "b": "pending", "q": "waiting"}


def test_a_retried_run_has_its_time_anew_and_does_its_final_steps_once_more():
    workflow = flow(noop("a"), noop("last", final=True), limits=Limits(timeout_seconds=30.0))
    run = started(workflow).after(broken("a"), GO, done("last"), GO).after(c.RetryStep(), GO, now=500.0)
    assert (run.state.deadline, run.step("last").status) == (530.0, "pending")
    run.after(done("a"), GO, now=501.0)
    assert (run.step("last").status, run.step("last").round) == ("running", 2)
    run.after(done("last"), GO, now=502.0)
    assert run.state.status == "completed"


def test_retrying_a_final_step_that_failed_does_all_of_them_again():
    run = started(flow(noop("a"), noop("last", final=True))).after(done("a"), GO, broken("last"), GO)
    run.when(c.RetryStep(), GO).then(e.RunReopened, like(e.RunClosing, status="completed"), e.StepStarted)


def test_another_failure_that_nobody_retries_still_fails_the_run_at_its_end():
    run = started(flow(noop("a", on_failure="continue"), noop("b"))).after(broken("a"), broken("b"), GO)
    run.after(c.RetryStep("b"), GO, done("b"), GO)
    assert (run.state.status, run.state.reason) == ("failed", "a: it broke")


def test_a_step_that_a_decision_left_out_stays_out_in_a_reopened_run():
    d = Step(
        "d",
        "decide",
        decision=Decision((Route("stop", "true", to=("a",), end=True), Route("go", to=("z",)))),
    )
    run = started(flow(d, noop("a"), noop("z"), noop("y", ask=Approval()))).after(broken("a"), GO)
    run.after(c.RetryStep(), GO, done("a"), GO)
    assert (run.step("z").status, run.step("y").status, run.state.status) == (
        "skipped",
        "skipped",
        "completed",
    )


def test_skipping_a_running_step_stops_it():
    running().when(c.SkipStep("a", by="ann", reason="later"), GO).then(
        like(e.StepSkipped, step="a", cause="operator", reason="later (by ann)"),
        like(e.StepStarted, step="b"),
        owes=[like(Perform, step="b")],
    )


def test_skipping_a_called_run_lets_it_go():
    run = started(flow(Step("s", "call", args={"workflow": "w"}), noop("b", "s"))).after(c.SkipStep("s"), GO)
    assert (run.state.calls, run.step("b").status) == ({}, "running")


def test_skipping_what_is_asked_withdraws_the_question_and_goes_on():
    asked().when(c.SkipStep("q"), GO).then(e.AskWithdrawn, e.StepSkipped, e.RunResumed, e.RunCompleted)


def test_skipping_the_failed_step_of_a_failed_run_lets_it_go_on():
    run = failed().when(c.SkipStep("a", by="ann"), GO).then(e.RunReopened, like(e.StepSkipped, step="a"), ...)
    assert run.step("b").status == "running"


def test_what_had_not_failed_cannot_be_skipped_after_the_end():
    failed().when(c.SkipStep("b")).refused("step b is skipped")


def test_a_failed_step_is_not_skipped_while_the_run_ends():
    run = started(flow(noop("a"), noop("last", final=True))).after(broken("a"), GO)
    run.when(c.SkipStep("a")).refused("the run is ending (failed)")


def test_an_item_of_a_foreach_that_is_over_cannot_be_skipped():
    each = noop("f", foreach=Foreach('["x"]'))
    run = started(flow(each, noop("g"))).after(broken("f[x]"))
    run.when(c.SkipStep("f[x]")).refused("its foreach f is failed")


def test_skipping_the_step_that_blocks_a_run_lets_it_go_on():
    run = started(flow(noop("a", on_failure="pause"), noop("b", "a"))).after(broken("a"))
    run.when(c.SkipStep("a"), GO).then(e.StepSkipped, e.RunResumed, like(e.StepStarted, step="b"))


def test_skipping_something_else_leaves_a_run_blocked():
    run = started(flow(noop("a", on_failure="pause"), noop("b", "a"))).after(broken("a"))
    run.when(c.SkipStep("b"), GO).then(e.StepSkipped)


def test_skipping_the_step_that_a_budget_was_asked_for_asks_again_for_the_next():
    limits = Limits(parallel=1, budget=Budget(attempts=1))
    run = started(flow(noop("a"), noop("b"), noop("d"), limits=limits)).after(done("a"), GO)
    run.when(c.SkipStep("b"), GO).then(
        e.AskWithdrawn,
        e.RunResumed,
        e.StepSkipped,
        like(e.RunPaused, reason="budget"),
        like(e.AskOpened, step="d"),
    )


# Facts, budgets, publishing ----------------------------------------------------------------------------------------


def test_a_fact_is_set():
    running().when(c.SetFact("x", True, by="ann")).then(e.FactSet("x", True, "ann"))


def test_a_fact_that_is_none_or_cannot_be_that_is_refused():
    run = started(flow(noop("a", when="facts.has_ui"), facts={"has_ui": Fact(), "n": Fact("integer")}))
    run.when(c.SetFact("has_iu", True)).refused("no fact has_iu; did you mean has_ui?")
    run.when(c.SetFact("has_ui", "maybe")).refused("the fact has_ui is a boolean, and 'maybe' is none")
    assert run.after(c.SetFact("n", "7")).state.facts == {"n": 7}


def test_setting_a_fact_answers_everybody_who_asked_for_it():
    workflow = flow(noop("a", when="facts.x"), noop("b", when="facts.x"), facts={"x": Fact()})
    run = (
        started(workflow)
        .when(c.SetFact("x", False, by="ann"))
        .then(
            e.FactSet,
            like(e.AskAnswered, ask="a1", by="ann"),
            e.RunResumed,
            like(e.AskAnswered, ask="a2", by="ann"),
        )
    )
    assert (run.state.asks, run.state.facts) == ({}, {"x": False})


def test_a_fact_that_fails_and_cancels_leaves_no_ask_behind():
    workflow = flow(
        noop("a", when="facts.x > 1", on_failure="cancel"),
        noop("b", when="facts.x == 1"),
        facts={"x": Fact("any")},
    )
    run = started(workflow).after(c.SetFact("x", "text"), GO)
    assert (run.state.status, run.state.asks) == ("failed", {})


def test_raising_the_budget_lets_a_run_go_on_that_waits_for_it():
    limits = Limits(parallel=1, budget=Budget(attempts=1))
    run = started(flow(noop("a"), noop("b"), limits=limits)).after(done("a"), GO)
    run.when(c.RaiseBudget(attempts=2, by="ann"), GO).then(
        like(e.BudgetRaised, attempts=2), e.AskWithdrawn, e.RunResumed, like(e.StepStarted, step="b")
    )


@pytest.mark.parametrize("command", [c.RaiseBudget(), c.RaiseBudget(tokens=-1), c.RaiseBudget(cost_usd=0.0)])
def test_a_budget_is_raised_by_something(command: c.RaiseBudget):
    running().when(command).refused("a number above 0")


def test_own_events_are_put_on_the_feed_also_after_the_end():
    note = e.NotePublished("hello", {"n": 1})
    for run in (running(), completed()):
        run.when(c.Publish((note, note))).then(note, note)


def test_what_the_rules_decide_cannot_be_told_to_a_run():
    running().when(c.Publish((e.NotePublished("x"), e.StepSucceeded("a")))).refused(
        "step.succeeded is nothing"
    )


def test_too_many_events_abort_a_run_with_the_last_report_counted():
    run = started(flow(noop("a"), noop("b", "a"), limits=Limits(events=3)))
    run.when(done("a", Outcome(usage=Usage(tokens_in=4)))).then(
        e.StepSucceeded, like(e.RunAborted, reason="the run has more than 3 events")
    )
    assert run.state.spent.tokens == 4


def test_skipping_a_foreach_takes_back_what_an_item_asks_that_has_not_begun():
    each = noop("f", foreach=Foreach('["x", "y"]'))
    run = started(flow(each, limits=Limits(budget=Budget(attempts=1))))
    assert [opened.step for opened in run.state.asks.values()] == ["f[y]"]
    run.when(c.SkipStep("f"), GO).then(
        ..., like(e.AskWithdrawn, step="f[y]"), ..., like(e.StepSkipped, step="f"), e.RunCompleted
    )
    assert run.state.asks == {}
