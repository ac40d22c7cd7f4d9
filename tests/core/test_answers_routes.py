"""Decisions: by condition, fact, person and role; what is not on the way is left out; a route may end the run."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.work import Failure, Options, Outcome
from ropewalk.definition.workflow import Approval, BackTo, Decision, Route, Step
from ropewalk.testing.given import Given, done, like
from tests.core.flows import GO, answer, flow, noop, started

ROUTES = (Route("left", to=("l",)), Route("right", to=("r",)))


def fork(
    by: Any, routes: tuple[Route, ...] = ROUTES, *more: Step, step: dict[str, Any] | None = None, **run: Any
) -> Given:
    decision = Decision(routes, by=by, fact="way" if by == "fact" else "")
    role = "dev" if by == "role" else ""
    d = Step("d", "decide", role=role, decision=decision, **(step or {}))
    return started(flow(d, noop("l"), noop("r"), noop("both", "l", "r"), *more), **run)


def taken(run: Given) -> tuple[str, str, str]:
    return run.step("d").route, run.step("l").status, run.step("r").status


def test_the_first_route_whose_condition_holds_is_taken():
    routes = (Route("left", "facts.x", to=("l",)), Route("right", "true", to=("r",)))
    run = fork("condition", routes, facts={"x": False})
    assert taken(run) == ("right", "skipped", "running")
    assert (run.step("l").cause, run.step("l").decision) == ("route", "d")


def test_a_route_without_a_condition_is_taken_otherwise():
    run = fork(
        "condition", (Route("left", "facts.x", to=("l",)), Route("right", to=("r",))), facts={"x": False}
    )
    assert taken(run) == ("right", "skipped", "running")
    assert run.state.outputs["d"] == {"route": "right"}


def test_when_no_condition_holds_the_decision_fails():
    run = fork("condition", (Route("left", "facts.x", to=("l",)),), facts={"x": False})
    failure = run.step("d").failure
    assert failure is not None
    assert failure.message == "no route's condition holds"


def test_a_fact_that_a_route_reads_is_asked_for():
    routes = (Route("left", "facts.x", to=("l",)), Route("right", to=("r",)))
    run = fork("condition", routes)
    assert run.state.asks["a1"].fact == "x"
    run.after(answer("a1"), GO)
    assert taken(run) == ("left", "running", "skipped")


def test_a_fact_names_the_route():
    assert taken(fork("fact", facts={"way": "right"})) == ("right", "skipped", "running")


def test_a_fact_that_names_no_route_fails_the_decision():
    failure = fork("fact", facts={"way": "up"}).step("d").failure
    assert failure is not None
    assert "'up', which is none of the routes left, right" in failure.message


@pytest.mark.parametrize(("assume", "route"), [(True, "left"), (False, "right")])
def test_what_is_assumed_takes_the_first_route_or_the_last(assume: bool, route: str):
    run = fork("fact", options=Options(assume=assume))
    assert (run.step("d").route, run.state.facts) == (route, {"way": route})


def test_an_unknown_fact_is_asked_for_as_a_route_and_set_by_the_answer():
    run = (
        fork("fact")
        .when(answer("a1", "right"))
        .then(
            e.AskAnswered,
            like(e.DecisionMade, route="right", by="ann"),
            like(e.FactSet, name="way", value="right", by="ann"),
            like(e.StepSucceeded, step="d"),
            like(e.StepSkipped, step="l", decision="d"),
            e.RunResumed,
        )
    )
    assert run.state.wanted == {}


def test_setting_the_fact_answers_the_ask_for_the_route():
    run = fork("fact").after(c.SetFact("way", "left", by="bob"))
    assert taken(run) == ("left", "pending", "skipped")
    assert run.state.answers["a1"].by == "bob"


def test_a_decision_that_was_sent_back_is_asked_again_and_not_answered_by_its_earlier_way():
    again = noop("again", "d", back_to=BackTo("w", "true", 3))
    decision = Decision((Route("back", to=("again",)), Route("on", to=("l",))), by="person", fact="way")
    d = Step("d", "decide", needs=("w",), decision=decision)
    run = started(flow(noop("w"), d, again, noop("l", "d")))
    run.after(done("w"), GO, answer("a1", "back"), GO, done("again"), GO)
    assert (run.step("w").round, run.state.facts) == (2, {"way": "back"})
    run.after(done("w"), GO)
    [opened] = run.state.asks.values()
    assert (opened.step, opened.round) == ("d", 2)
    run.after(c.SetFact("way", "on"), GO)
    assert run.step("d").route == "on"


def test_a_fact_that_is_no_route_leaves_the_ask_open():
    run = fork("fact").after(c.SetFact("way", "up"), GO)
    assert list(run.state.asks) == ["a1"]


def test_a_person_may_refuse_to_pick():
    run = fork("person").after(answer("a1", "reject"))
    assert run.step("d").status == "failed"


def test_a_role_names_the_route_and_its_outputs_are_kept():
    run = fork("role").after(done("d", Outcome(route="left", outputs={"why": "shorter"}, agent="claude")), GO)
    assert taken(run) == ("left", "running", "skipped")
    assert run.state.outputs["d"] == {"why": "shorter", "route": "left"}


def test_a_route_that_there_is_not_is_invalid_output():
    run = (
        fork("role")
        .when(done("d", Outcome(route="up")))
        .then(like(e.AttemptFailed, failure=like(Failure, kind="invalid_output")), ...)
    )
    assert run.step("d").status == "failed"


def test_a_decision_by_a_role_may_be_approved_first():
    run = fork("role", step={"approve": Approval()}).after(done("d", Outcome(route="left")), GO)
    assert taken(run) == ("left", "pending", "pending")
    run.after(answer("a1"), GO)
    assert taken(run) == ("left", "running", "skipped")


def test_a_decision_that_was_given_up_and_approved_all_the_same_is_made_by_a_person():
    run = fork("role", step={"back_to": BackTo("d", at_most=1), "on_failure": "back_to"})
    run.after(done("d", Outcome(route="up")), GO, done("d", Outcome(route="up")), answer("a1"))
    run.after(answer("a2", "left"), GO)
    assert taken(run) == ("left", "running", "skipped")


def test_a_route_may_end_the_run_after_its_own_steps():
    routes = (Route("left", to=("l",), end=True), Route("right", to=("r",)))
    last = noop("last", final=True)
    run = fork("person", routes, noop("after", "l"), noop("aside", ask=Approval()), last)
    run.after(answer("a1", "left"), GO)
    assert run.statuses() == {
        "d": "succeeded",
        "l": "running",
        "r": "skipped",
        "both": "pending",
        "after": "pending",
        "aside": "skipped",
        "last": "pending",
    }
    run.after(done("l"), GO, done("both"), done("after"), GO, done("last"), GO)
    assert (run.state.status, run.state.asks) == ("completed", {})


def test_a_step_under_way_is_not_cut_short_by_a_route_that_ends_the_run():
    routes = (Route("left", end=True), Route("right", to=("r",)))
    run = fork("person", routes, noop("aside")).after(answer("a1", "left"), GO)
    assert (run.step("aside").status, run.step("both").cause) == ("running", "end")
    run.after(done("aside"), done("l"), GO)
    assert run.state.status == "completed"


def test_a_route_may_lead_to_a_whole_group():
    routes = (Route("left", to=("team",)), Route("right", to=("r",)))
    members = (noop("m", group="team"), noop("n", group="team"))
    run = fork("person", routes, *members).after(answer("a1", "right"))
    assert (run.step("m").status, run.step("n").status) == ("skipped", "skipped")


def test_a_step_that_several_routes_lead_to_is_left_out_by_none_of_them():
    routes = (Route("left", to=("l", "r")), Route("right", to=("r",)))
    run = fork("person", routes).after(answer("a1", "right"), GO)
    assert taken(run) == ("right", "skipped", "running")


def test_a_person_is_told_what_each_route_means():
    routes = (
        Route("left", to=("l",), title="The short way"),
        Route("right", to=("r",)),
        Route("both", to=("l", "named")),
        Route("out", end=True),
    )
    run = fork("person", routes, noop("named", title="Do it well"))
    assert run.state.asks["a1"].titles == ("The short way", "", "Do it well", "the run ends")
