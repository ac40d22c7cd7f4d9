"""What a person's answer does: decided once, bound to what was shown, on record with who gave it."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.work import Artifact, Failure, Options, Outcome, Usage
from ropewalk.definition.policy import Budget, Limits, Retry, Timeouts
from ropewalk.definition.workflow import Approval, Choice, Fact, Step
from ropewalk.testing.given import Given, broken, done, like
from tests.core.flows import GO, answer, flow, noop, started

PAPER = Artifact("paper.md", "d1", 10)
PLAN = Artifact("plan.md", "d2", 20)
WORK = Outcome(outputs={"n": 1}, artifacts=(PAPER, PLAN), commit="c1", tree="t1", usage=Usage(tokens_in=5))


def question(**fields: Any) -> Given:
    step = Step("q", "ask", ask=Approval(prompt="Which?", **fields))
    return started(flow(step, noop("after", "q"), facts={"f": Fact("any")}))


def approved(**fields: Any) -> Given:
    return started(flow(noop("a", approve=Approval(**fields)), noop("after", "a"))).after(done("a", WORK))


def test_an_answer_ends_the_question_and_says_who_gave_it():
    run = (
        question()
        .when(answer("a1", reason="looks right"), GO)
        .then(
            like(e.AskAnswered, ask="a1", verdict="approve", by="ann"),
            like(e.StepSucceeded, step="q"),
            e.RunResumed,
            like(e.StepStarted, step="after"),
        )
    )
    said = {"verdict": "approve", "choice": "", "value": True, "by": "ann", "reason": "looks right"}
    assert run.state.outputs["q"] == said


def test_a_choice_is_the_value():
    run = question(choices=(Choice("red"), Choice("blue")), fact="f").after(answer("a1", "blue"))
    assert run.state.outputs["q"]["choice"] == run.state.outputs["q"]["value"] == "blue"
    assert run.state.facts == {"f": "blue"}


def test_a_value_of_ones_own_is_kept():
    run = question().after(answer("a1", value={"budget": 3}))
    assert run.state.outputs["q"]["value"] == {"budget": 3}


def test_a_rejected_question_fails_the_step():
    run = (
        question()
        .when(answer("a1", "reject", reason="no"))
        .then(
            e.AskAnswered,
            like(e.StepFailed, failure=Failure("refused", "rejected by ann: no")),
            e.RunResumed,
        )
    )
    assert run.state.failing


def test_reject_is_a_choice_like_others_where_it_stands_among_them():
    run = question(choices=(Choice("accept"), Choice("reject"))).after(answer("a1", "reject"))
    assert run.state.outputs["q"]["choice"] == "reject"


def test_a_second_answer_is_refused_with_the_first():
    run = question().after(answer("a1"))
    run.when(c.Answer("a1", "reject", by="bob")).refused("a1 was already answered (approve by ann)")


def test_an_ask_that_there_never_was_is_not_known():
    question().when(answer("a9")).refused("has no ask a9")


def test_an_answer_is_bound_to_what_was_shown():
    run = question()
    digest = run.state.asks["a1"].digest
    run.when(answer("a1", digest="other")).refused("what was shown with a1 has changed since")
    run.after(answer("a1", digest=digest))
    assert run.step("q").status == "succeeded"


def test_only_what_is_offered_can_be_answered():
    run = question(choices=(Choice("red"),))
    run.when(answer("a1", "green")).refused("a1 takes red, reject, not 'green'")
    run.when(answer("a1")).refused("a1 takes red, reject, not 'approve'")


def test_what_was_shown_differs_when_the_result_does():
    first, second = approved(), started(flow(noop("a", approve=Approval())))
    second.after(done("a", Outcome(artifacts=(PAPER,))))
    assert first.state.asks["a1"].digest != second.state.asks["a1"].digest


def test_an_approved_result_is_what_the_step_gives():
    run = (
        approved()
        .when(answer("a1"), GO)
        .then(e.AskAnswered, like(e.StepSucceeded, result=like(e.Outcome, commit="c1", tree="t1")), ...)
    )
    assert (run.step("after").status, run.state.spent.tokens) == ("running", 5)


def test_only_what_is_to_be_shown_is_shown():
    assert approved(show=("plan.md",)).state.asks["a1"].show == (PLAN,)


def test_amended_content_becomes_the_artifact_and_says_who_amended_it():
    new = Artifact("paper.md", "d3", 11)
    run = approved(fact="how").after(
        answer("a1", "amend", artifacts=(new,), commit="c2", value={"title": "New"})
    )
    result = run.step("a").result
    assert result is not None
    assert result.artifacts == (PLAN, Artifact("paper.md", "d3", 11, amended_by="ann"))
    assert (result.commit, result.tree, result.outputs) == ("c2", "", {"n": 1, "title": "New"})
    assert run.state.facts["how"] == {"title": "New"}


def test_an_amendment_without_a_commit_keeps_the_tree():
    result = approved().after(answer("a1", "amend", value="words")).step("a").result
    assert result is not None
    assert (result.commit, result.tree, result.outputs) == ("c1", "t1", {"n": 1})


def test_a_rejected_result_is_redone_with_the_reason():
    run = approved().after(answer("a1", "reject", reason="too long"), GO)
    assert (run.step("a").status, run.step("a").round) == ("running", 2)
    assert [f.text for f in run.step("a").feedback] == ["too long"]


def test_a_rejected_result_fails_the_step_in_a_run_that_fails_anyway():
    run = started(flow(noop("a", approve=Approval()), noop("x"), noop("y"))).after(done("a"), broken("x"))
    run.after(answer("a1", "reject"))
    assert run.step("a").status == "failed"


def test_a_step_begins_only_when_a_person_agrees():
    run = started(flow(noop("a", ask=Approval(fact="f")), facts={"f": Fact("any")}))
    assert run.state.asks["a1"].about == "before"
    run.after(answer("a1", value=3), GO)
    assert (run.step("a").status, run.state.facts) == ("running", {"f": 3})


def test_a_step_that_nobody_wants_begun_fails():
    run = started(flow(noop("a", ask=Approval()))).after(answer("a1", "reject"))
    assert run.step("a").status == "failed"


def test_an_expired_ask_takes_its_default_and_one_without_is_rejected():
    first = (
        question(expires_seconds=10, default="approve")
        .when(GO, now=10.0)
        .then(like(e.AskAnswered, verdict="approve", by="expiry", expired=True), ...)
    )
    second = question(expires_seconds=10).after(GO, now=10.0)
    assert (first.step("q").status, second.step("q").status) == ("succeeded", "failed")


def test_an_answer_that_comes_late_counts_while_nothing_else_is_on_record():
    run = question(expires_seconds=10, default="reject").after(answer("a1"), now=500.0)
    assert run.step("q").status == "succeeded"


def test_nothing_expires_while_the_run_is_paused_by_request():
    run = question(expires_seconds=10, default="reject").after(c.Pause(by="ann"))
    run.when(GO, now=20.0).then(owes=[])
    run.when(c.Resume(), GO, now=30.0).then(e.RunResumed, like(e.AskAnswered, expired=True), ...)


def failed(**fields: Any) -> Given:
    return started(flow(noop("a", on_failure="ask", **fields), noop("b", "a"))).after(broken("a"), GO)


def test_with_the_policy_ask_a_step_waits_for_a_word_before_it_fails():
    run = failed()
    assert run.statuses() == {"a": "waiting", "b": "pending"}
    assert (run.state.status, run.state.asks["a1"].about) == ("paused", "failure")


def test_a_failed_step_is_tried_again_with_a_fresh_budget():
    run = failed().after(answer("a1", "retry", reason="the net is back"), GO)
    st = run.step("a")
    assert (st.status, st.round, st.attempt, st.tries) == ("running", 1, 2, 0)
    assert [f.text for f in st.feedback] == ["the net is back"]


def test_a_failed_step_is_skipped():
    run = failed().after(answer("a1", "skip"), GO)
    assert run.statuses() == {"a": "skipped", "b": "running"}


@pytest.mark.parametrize("verdict", ["fail", "reject"])
def test_a_failed_step_fails_the_run(verdict: str):
    run = failed().after(answer("a1", verdict), GO)
    assert (run.state.status, run.state.reason) == ("failed", "a: it broke")


def test_nobody_is_asked_about_a_failure_in_a_run_that_fails_anyway():
    run = started(flow(noop("a", on_failure="ask"), noop("x"))).after(broken("x"), broken("a"))
    assert (run.state.asks, run.step("a").status) == ({}, "failed")


def conflicted(**report: Any) -> Given:
    failure = Failure("conflict", "x.txt disagrees", report={"conflicts": [{"path": "x.txt"}], **report})
    return started(flow(noop("a"), noop("b"))).after(done("a", Outcome(failure=failure)))


def test_a_conflict_is_asked_about_and_resolved_in_the_next_attempt():
    run = conflicted(onto="c7")
    assert run.state.asks["a1"].choices == ("ours", "theirs", "resolved", "reject")
    run.when(answer("a1", "resolved", value={"x.txt": "both"}), GO).then(
        e.AskAnswered, e.StepRetried, e.AttemptNoted, like(e.StepStarted, step="a", attempt=2)
    )
    found = {"how": "resolved", "by": "ann", "value": {"x.txt": "both"}, "onto": "c7"}
    assert run.step("a").notes["resolution"] == found


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "takes by path what becomes of it: --value"),
        ({}, "takes by path what becomes of it: --value"),
        ("both", "takes by path what becomes of it: --value"),
        ({"x.txt": 7}, "x.txt is 7; its whole text is wanted"),
        ({"y.txt": "both"}, "y.txt is none of what disagrees: x.txt"),
    ],
)
def test_a_resolution_that_cannot_be_used_is_refused_when_it_is_given(value: Any, why: str):
    conflicted().when(answer("a1", "resolved", value=value)).refused(why)


@pytest.mark.parametrize("verdict", ["ours", "theirs", "reject"])
@pytest.mark.parametrize("value", [{"x.txt": "smuggled"}, {"x.txt": 5}, {"nope": "x"}, {}, "x", 0])
def test_texts_of_ones_own_come_with_no_other_verdict(verdict, value):
    conflicted().when(answer("a1", verdict, value=value)).refused(f"`{verdict}` takes no value")


def test_a_file_that_is_to_be_gone_is_resolved_by_null():
    conflicted().when(answer("a1", "resolved", value={"x.txt": None})).then(e.AskAnswered, ...)


def test_a_conflict_that_nobody_resolves_fails_the_step():
    failure = conflicted().after(answer("a1", "reject")).step("a").failure
    assert failure is not None
    assert failure.kind == "conflict"


def test_a_conflict_that_is_not_to_be_asked_about_fails_at_once():
    run = conflicted(ask=False)
    assert (run.step("a").status, run.state.asks) == ("failed", {})


def test_a_fact_that_is_asked_for_is_set_by_the_answer():
    for verdict, value in (("approve", True), ("reject", False)):
        run = started(flow(noop("a", when="facts.x"), facts={"x": Fact()})).after(answer("a1", verdict))
        assert run.state.facts == {"x": value}


def test_a_fact_with_choices_takes_the_choice():
    facts = {"x": Fact("string", choices=("red", "blue"))}
    run = started(flow(noop("a", when='facts.x == "red"'), facts=facts)).after(answer("a1", "red"), GO)
    assert (run.state.facts, run.step("a").status) == ({"x": "red"}, "running")


def test_one_answer_serves_everybody_who_asked_for_the_fact():
    run = started(flow(noop("a", when="facts.x"), noop("b", when="!facts.x"), facts={"x": Fact()}))
    run.when(answer("a2"), GO).then(
        like(e.AskAnswered, ask="a2", by="ann"),
        like(e.FactSet, name="x", value=True),
        e.RunResumed,
        like(e.AskAnswered, ask="a1", by="ann", value=True),
        ...,
    )
    assert run.statuses() == {"a": "running", "b": "skipped"}


def test_a_fact_that_a_step_finds_out_answers_who_asked_for_it():
    run = started(flow(noop("a", when="facts.x"), noop("b"), facts={"x": Fact()}))
    run.after(done("b", Outcome(facts={"x": True})), GO)
    assert (run.step("a").status, run.state.answers["a1"].by) == ("running", "b")


def test_everything_is_approved_in_the_name_of_who_said_so():
    steps = (
        Step("q", "ask", ask=Approval(choices=(Choice("red"), Choice("blue")), default="blue")),
        noop("a", "q", ask=Approval(), approve=Approval(), on_failure="ask"),
    )
    run = started(flow(*steps), options=Options(answer_all="ci")).after(done("a"), GO)
    assert run.state.status == "completed"
    assert {a.by for a in run.state.answers.values()} == {"ci"}
    assert run.state.outputs["q"]["choice"] == "blue"


@pytest.mark.parametrize(
    ("choices", "verdict"),
    [(("deny", "allow_once"), "allow_once"), (("yes", "no"), "yes"), ((), "approve")],
)
def test_agreeing_to_everything_finds_something_that_can_be_answered(choices: tuple[str, ...], verdict: str):
    run = started(flow(noop("a")), options=Options(answer_all="ci"))
    run.after(c.OpenAsk("a", 1, 1, "p1", "permission", "May I?", choices))
    assert run.state.answers["p1"].verdict == verdict


def test_agreeing_to_everything_gives_up_on_failures_and_conflicts():
    conflict = Failure("conflict", "no", report={})
    run = started(flow(noop("a", on_failure="ask")), options=Options(answer_all="ci"))
    run.after(done("a", Outcome(failure=conflict)), GO)
    assert (run.state.status, run.state.asks) == ("failed", {})


def broke(**answered: Any) -> Given:
    limits = Limits(parallel=1, budget=Budget(attempts=1, cost_usd=5.0))
    return started(flow(noop("a"), noop("b"), noop("c", "b"), limits=limits)).after(done("a"), GO)


def test_a_budget_that_is_not_raised_fails_the_step_that_needed_it():
    run = broke().after(answer("a1", "reject", reason="enough"), GO)
    assert run.state.status == "failed"
    assert "the budget is used up: more was rejected by ann: enough" in run.state.reason


def test_a_budget_is_raised_by_the_same_again_or_by_what_the_person_says():
    run = (
        broke()
        .when(answer("a1"))
        .then(e.AskAnswered, like(e.BudgetRaised, attempts=1, cost_usd=5.0), e.RunResumed)
    )
    broke().when(answer("a1", value={"attempts": 7})).then(
        e.AskAnswered, like(e.BudgetRaised, attempts=7, cost_usd=None), e.RunResumed
    )
    run.after(GO)
    assert run.step("b").status == "running"


@pytest.mark.parametrize(
    "value", [{}, 3, {"attempts": "many"}, {"attempts": 0}, {"attempts": True}, {"dollars": 1}]
)
def test_how_much_more_is_a_number_of_something(value: Any):
    broke().when(answer("a1", value=value)).refused("wanted" if value == {"attempts": 0} else "")


def test_a_permission_leaves_the_attempt_running():
    run = started(flow(noop("a"))).after(
        c.OpenAsk("a", 1, 1, "p1", "permission", "May I?", ("allow", "deny"))
    )
    run.when(answer("p1", "allow")).then(e.AskAnswered)
    assert list(run.state.running) == ["a"]


def test_who_agrees_to_everything_answers_at_once_in_a_run_that_is_held_up_too():
    late = noop(
        "b",
        on_failure="ask",
        retry=Retry(attempts=2, delay_seconds=50.0, jitter=False),
        timeout=Timeouts(step_seconds=20.0),
    )
    run = started(flow(noop("a", on_failure="pause"), late), options=Options(answer_all="ci"))
    run.after(broken("b", "transient"), broken("a"), GO)
    assert (run.state.status, run.state.reason) == ("paused", "blocked")
    run.when(GO, now=30.0).then(
        like(e.AskOpened, step="b", about="failure"),
        like(e.AskAnswered, by="ci"),
        like(e.StepFailed, step="b"),
    )


FORM = {"k": {"type": "string"}}


def test_who_agrees_to_everything_leaves_open_what_wants_a_value():
    steps = (Step("q", "ask", ask=Approval(form=FORM)), Step("r", "ask", ask=Approval(prompt="Ok?")))
    run = started(flow(*steps), options=Options(answer_all="ann"))
    assert list(run.state.asks) == ["a1"]
    assert (run.step("q").status, run.step("r").status, run.state.reason) == ("waiting", "succeeded", "asked")
    run.after(answer("a1", value={"k": "v"}))
    assert run.state.outputs["q"]["value"] == {"k": "v"}


def test_a_default_without_the_value_that_is_wanted_is_a_no():
    step = Step("q", "ask", ask=Approval(form=FORM, expires_seconds=5, default="approve"))
    run = started(flow(step)).after(GO, now=10.0)
    assert run.state.answers["a1"].verdict == "reject"
    assert run.step("q").status == "failed"
