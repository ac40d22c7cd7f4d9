"""Work that is sent back: exactly the steps between, at most so many times, then a person."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.work import Outcome, Verdict
from ropewalk.definition.policy import Join, Limits
from ropewalk.definition.workflow import Approval, BackTo, Decision, Fact, Route, Step
from ropewalk.testing.given import Given, broken, done, like
from tests.core.flows import GO, answer, flow, noop, started

RED = Outcome(outputs={"n": 1}, verdicts=(Verdict("tests", "FAIL", ("two fail", "one errs")),))
GREEN = Outcome(verdicts=(Verdict("tests", "PASS"),))


def loop(**check: Any) -> Given:
    check.setdefault("back_to", BackTo("work", at_most=2))
    steps = (noop("plan"), noop("work", "plan"), noop("mid", "work"), noop("check", "mid", **check))
    run = started(flow(*steps, noop("aside", "plan"), noop("after", "check")))
    return run.after(done("plan"), GO, done("work"), GO, done("mid"), GO)


def once_more(run: Given, outcome: Outcome | None = None) -> Given:
    return run.after(done("work"), GO, done("mid"), GO, done("check", outcome), GO)


def test_a_red_gate_sends_back_with_its_findings():
    run = (
        loop()
        .when(done("check", RED))
        .then(
            e.GateJudged,
            like(e.StepProduced, step="check"),
            like(
                e.RoundOpened,
                step="check",
                to="work",
                steps=("work", "mid", "check"),
                turn=1,
                reason="gate tests failed",
                findings=("two fail", "one errs"),
            ),
        )
    )
    run.after(GO)
    assert [run.step(key).round for key in ("plan", "work", "mid", "check", "aside")] == [1, 2, 2, 2, 1]
    assert run.step("work").feedback[0].findings == ("two fail", "one errs")
    assert run.step("aside").status == "running"


def test_a_condition_sends_back_after_a_success():
    run = (
        loop(back_to=BackTo("work", when="outputs.check.again"))
        .when(done("check", again=True))
        .then(like(e.StepSucceeded, step="check"), like(e.RoundOpened, reason="`outputs.check.again` holds"))
    )
    once_more(run.after(GO), Outcome(outputs={"again": False}))
    assert run.step("after").status == "running"


def test_a_failure_sends_back_where_that_is_the_policy():
    run = loop(on_failure="back_to")
    run.when(broken("check", message="crashed")).then(
        e.AttemptFailed, like(e.RoundOpened, to="work", reason="crashed")
    )


def test_every_round_begins_with_a_fresh_budget_of_tries():
    run = loop().after(done("check", RED), GO)
    st = run.step("work")
    assert (st.attempt, st.tries, st.attempts) == (1, 0, 2)


def spent(**check: Any) -> Given:
    run = loop(**check).after(done("check", RED), GO)
    once_more(run, RED)
    return run.after(done("work"), GO, done("mid"), GO)


def test_past_the_cap_a_person_decides():
    run = (
        spent()
        .when(done("check", RED), GO)
        .then(
            e.GateJudged,
            like(e.StepProduced, step="check"),
            like(e.AskOpened, about="escalation", choices=("approve", "retry", "reject")),
        )
    )
    assert "sent back to `work` 2 times" in run.state.asks["a1"].prompt
    assert run.step("check").status == "waiting"


def test_a_person_who_decides_after_one_time_is_told_so():
    run = loop(back_to=BackTo("work", at_most=1)).after(done("check", RED), GO)
    once_more(run, RED)
    assert "sent back to `work` once" in run.state.asks["a1"].prompt


def test_an_escalation_that_is_approved_waives_the_gate_in_the_name_of_who_did():
    run = spent().after(done("check", RED), GO)
    run.when(answer("a1", reason="good enough"), GO).then(
        e.AskAnswered,
        like(e.GateJudged, verdict=like(Verdict, verdict="WAIVED", by="ann", reason="good enough")),
        like(e.StepSucceeded, step="check", result=like(e.Outcome, outputs={"n": 1})),
        ...,
    )
    assert run.step("after").status == "running"


def test_an_escalation_that_is_retried_is_one_more_round():
    run = (
        spent()
        .after(done("check", RED), GO)
        .when(answer("a1", "retry", reason="look at line 3"), GO)
        .then(
            e.AskAnswered,
            like(e.RoundOpened, turn=3, reason="look at line 3", findings=("two fail", "one errs")),
            ...,
        )
    )
    once_more(run, RED)
    assert "a2" in run.state.asks


def test_an_escalation_that_is_rejected_fails_whatever_the_policy():
    run = spent(on_failure="ask").after(done("check", RED), answer("a1", "reject"))
    assert (run.step("check").status, run.state.failing) == ("failed", True)


def test_a_condition_that_would_send_back_past_the_cap_escalates_too():
    run = loop(back_to=BackTo("work", when="outputs.check.again", at_most=1))
    again = Outcome(outputs={"again": True})
    once_more(run.after(done("check", again), GO), again)
    assert run.state.asks["a1"].about == "escalation"
    run.after(answer("a1"))
    assert run.state.outputs["check"] == {"again": True}


def test_a_condition_with_an_unknown_fact_asks_with_the_work_on_record():
    back = BackTo("work", when="facts.bad")
    steps = (noop("work"), noop("check", "work", back_to=back))
    run = started(flow(*steps, facts={"bad": Fact()})).after(done("work"), GO)
    run.when(done("check", n=1)).then(like(e.StepProduced, step="check"), like(e.AskOpened, about="fact"))
    run.when(answer("a1", "reject")).then(
        e.AskAnswered, like(e.FactSet, value=False), like(e.StepSucceeded, step="check")
    )


def test_a_condition_that_cannot_be_judged_fails_the_step():
    run = loop(back_to=BackTo("work", when="outputs.check.nothing"))
    run.when(done("check", n=1)).then(e.StepProduced, like(e.StepFailed, step="check"))


def test_the_cap_of_the_whole_workflow_holds_too():
    steps = (noop("work", back_to=BackTo("work", at_most=9)),)
    run = started(flow(*steps, limits=Limits(rounds=1))).after(done("work", RED), GO, done("work", RED))
    assert run.state.asks["a1"].about == "escalation"


def test_nothing_is_sent_back_in_a_run_that_fails():
    workflow = flow(noop("x"), noop("work"), noop("check", "work", back_to=BackTo("work")))
    failing = started(workflow).after(done("work"), GO, broken("x"))
    failing.when(done("check", RED)).then(e.GateJudged, e.AttemptFailed, like(e.StepFailed, step="check"))


def test_losers_of_a_join_that_still_run_begin_again_and_their_reports_are_late():
    steps = (
        noop("a"),
        noop("fast", "a"),
        noop("slow", "a"),
        noop("check", "fast", "slow", join=Join("any"), back_to=BackTo("a")),
    )
    run = started(flow(*steps)).after(done("a"), GO, done("fast"), GO)
    late = done("slow")(run.state)
    run.after(done("check", RED), GO)
    assert list(run.state.running) == ["a"]
    run.when(late).then()


def test_a_failed_step_between_is_done_again():
    steps = (
        noop("a"),
        noop("b", "a", on_failure="continue"),
        noop("c", "a"),
        noop("check", "b", "c", join=Join("any"), back_to=BackTo("a")),
    )
    run = started(flow(*steps)).after(done("a"), GO, broken("b"), done("c"), GO, done("check", RED), GO)
    assert (run.step("b").status, run.step("b").round, run.state.failed) == ("pending", 2, {})


def test_a_decision_in_the_loop_decides_anew_and_takes_back_what_it_had_left_out():
    routes = (Route("ship", "outputs.work.good", to=("ship",)), Route("fix", to=("fix",)))
    steps = (
        noop("work"),
        Step("d", "decide", needs=("work",), decision=Decision(routes)),
        noop("ship"),
        noop("fix", back_to=BackTo("work", when="true", at_most=1)),
    )
    run = started(flow(*steps)).after(done("work", good=False), GO)
    assert run.step("ship").cause == "route"
    run.after(done("fix"), GO)
    assert run.step("ship").status == "pending"
    run.after(done("work", good=True), GO)
    assert run.statuses() == {"work": "succeeded", "d": "succeeded", "ship": "running", "fix": "skipped"}


def test_a_step_that_a_decision_before_the_loop_left_out_stays_so():
    routes = (Route("long", "facts.long", to=("extra",)), Route("short"))
    steps = (
        Step("d", "decide", decision=Decision(routes)),
        noop("work"),
        noop("extra", "work"),
        noop("check", "work", "extra", back_to=BackTo("work")),
    )
    run = started(flow(*steps), facts={"long": False}).after(done("work"), GO)
    run.when(done("check", RED)).then(..., like(e.RoundOpened, steps=("work", "check")))


def test_sending_back_to_a_step_that_was_left_out_begins_after_it():
    routes = (Route("long", "facts.long", to=("extra",)), Route("short"))
    steps = (
        Step("d", "decide", decision=Decision(routes)),
        noop("work"),
        noop("extra"),
        noop("check", "work", "extra", back_to=BackTo("extra")),
    )
    run = started(flow(*steps), facts={"long": False}).after(done("work"), GO)
    run.when(done("check", RED)).then(..., like(e.RoundOpened, to="check", steps=("check",)))
    assert run.step("check").feedback[0].findings


LEFT_OR_RIGHT = (Route("left", to=("l",)), Route("right", to=("r",)))


def by_person(name: str, *needs: str, routes: tuple[Route, ...] = LEFT_OR_RIGHT) -> Step:
    return Step(name, "decide", needs=needs, decision=Decision(routes, by="person"))


def test_a_step_that_a_person_had_skipped_before_the_decision_went_elsewhere_stays_out_of_the_loop():
    steps = (by_person("d"), noop("l"), noop("r"), noop("check", "l", "r", back_to=BackTo("l")))
    run = started(flow(*steps)).after(c.SkipStep("l", by="ann"), answer("a1", "right"), GO, done("r"), GO)
    run.when(done("check", RED)).then(..., like(e.RoundOpened, to="check", steps=("check",)))
    assert (run.step("l").status, run.step("l").round) == ("skipped", 1)


def test_what_one_decision_takes_back_stays_out_by_another_that_stands_and_comes_back_with_that():
    once = Step("d", "decide", needs=("work",), decision=Decision(LEFT_OR_RIGHT, by="person"))
    check = noop("check", "r", join=Join("any"), back_to=BackTo("work"))
    steps = (noop("work"), once, by_person("other"), noop("l"), noop("r"), check)
    run = started(flow(*steps)).after(answer("a1", "right"), GO, done("work"), GO, answer("a2", "right"), GO)
    assert run.step("l").decision == "other"
    run.after(done("r"), GO, done("check", RED), GO)
    assert run.step("l").status == "skipped"
    run.after(done("work"), GO)
    ask = next(name for name, opened in run.state.asks.items() if opened.step == "d")
    run.after(answer(ask, "left"), GO)
    assert (run.step("l").status, run.step("l").decision) == ("skipped", "other")


def test_a_step_whose_decision_went_elsewhere_meanwhile_does_not_begin_a_new_round():
    again = noop("again", "d", join=Join("any"), back_to=BackTo("d", at_most=1))
    steps = (by_person("d"), noop("l", back_to=BackTo("l")), noop("r"), again, noop("after", "l", "r"))
    run = started(flow(*steps)).after(answer("a1", "left"), GO, done("again", RED), GO)
    run.after(answer("a2", "right"), GO)
    assert (run.step("l").status, run.step("r").status) == ("running", "running")
    run.when(done("l", RED)).then(
        e.GateJudged,
        e.StepProduced,
        like(e.RoundOpened, step="l"),
        like(e.StepSkipped, step="l", round=2, cause="route", decision="d"),
    )
    run.after(done("r"), GO)
    assert run.step("after").status == "running"


def test_a_decision_itself_may_send_back():
    routes = (Route("ok", "outputs.work.good"), Route("again"))
    back = BackTo("work", when='outputs.d.route == "again"')
    steps = (noop("work"), Step("d", "decide", needs=("work",), decision=Decision(routes), back_to=back))
    run = (
        started(flow(*steps))
        .when(done("work", good=False), GO)
        .then(
            ...,
            like(e.DecisionMade, route="again"),
            like(e.StepSucceeded, step="d"),
            e.RoundOpened,
            e.StepStarted,
        )
    )
    run.after(done("work", good=True), GO)
    assert run.state.status == "completed"


@pytest.mark.parametrize("how", ["redo", "back_to", "fail"])
def test_a_rejected_result_goes_where_the_workflow_says(how: Any):
    run = loop(approve=Approval(on_reject=how)).after(done("check"))
    run.after(answer("a1", "reject", reason="too short"))
    found = {"redo": ("pending", 2, 1), "back_to": ("pending", 2, 2), "fail": ("failed", 1, 1)}[how]
    assert (run.step("check").status, run.step("check").round, run.step("work").round) == found


def test_being_done_again_by_a_person_is_no_turn_of_the_loop():
    run = loop(approve=Approval(), back_to=BackTo("work", at_most=1)).after(done("check"))
    run.after(answer("a1", "reject", reason="hm"), GO).when(done("check", RED)).then(
        ..., like(e.RoundOpened, to="work", turn=1)
    )


def test_a_result_that_nobody_ever_approves_escalates_at_the_cap_of_rounds():
    step = noop("a", approve=Approval(expires_seconds=5, default="reject"))
    run = started(flow(step, limits=Limits(rounds=1)))
    run.after(done("a")).after(GO, now=10.0).after(done("a"), now=10.0).after(GO, now=20.0)
    assert [opened.about for opened in run.state.asks.values()] == ["escalation"]
    run.when(answer("a3", "retry"), GO, now=21.0).then(
        e.AskAnswered, like(e.RoundOpened, step="a", turn=0), ..., like(e.StepStarted, round=3)
    )


def test_an_open_ask_of_a_step_between_is_withdrawn():
    steps = (noop("a"), noop("b", "a", ask=Approval()), noop("c", "a"))
    check = noop("check", "b", "c", join=Join("any"), back_to=BackTo("a"))
    run = started(flow(*steps, check)).after(done("a"), GO, done("c"), GO)
    run.when(done("check", RED)).then(..., like(e.AskWithdrawn, ask="a1"), e.RoundOpened)
    assert run.state.asks == {}
