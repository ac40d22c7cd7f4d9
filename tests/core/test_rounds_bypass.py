"""What decisions leave out: the steps of their other routes, and the rest where a route ends the run."""

from __future__ import annotations

from ropewalk.core.rounds import left_out, still_left_out
from ropewalk.definition.policy import Retry
from ropewalk.definition.workflow import Decision, Foreach, Route, Step
from ropewalk.testing.given import Given, broken
from tests.core.flows import GO, answer, flow, noop, started

ROUTES = (Route("left", to=("l",)), Route("right", to=("r", "both")), Route("stop", to=("l",), end=True))


def decided(route: str) -> Given:
    d = Step("d", "decide", decision=Decision(ROUTES, by="person"))
    workflow = flow(
        d, noop("l"), noop("r"), noop("both"), noop("x", "l"), noop("y"), noop("last", final=True)
    )
    return started(workflow).after(answer("a1", route))


def test_only_the_steps_of_the_other_routes_are_left_out():
    run = decided("left")
    found = left_out(run.state, run.step("d"))
    assert list(found) == ["r", "both"]
    assert found["r"] == ("d", "route", "route left was taken")


def test_a_route_that_ends_the_run_leaves_out_all_but_what_comes_after_it():
    run = decided("stop")
    found = left_out(run.state, run.step("d"))
    assert [(key, why.cause) for key, why in found.items()] == [
        ("r", "route"),
        ("both", "route"),
        ("y", "end"),
    ]


def test_a_foreach_whose_items_have_begun_is_not_left_out_while_it_waits_for_a_word():
    d = Step("d", "decide", decision=Decision(ROUTES[2:], by="person"))
    each = Step("each", "noop", foreach=Foreach(over="[1]"), retry=Retry(attempts=1), on_failure="ask")
    run = started(flow(d, noop("l"), each))
    run.after(broken(run.step("each").items[0]))
    assert run.step("each").status == "waiting"
    run.after(answer("a1", "stop"))
    assert (run.step("d").status, run.step("each").status) == ("succeeded", "waiting")


def test_a_decision_that_was_not_made_leaves_nothing_out():
    run = started(flow(Step("d", "decide", decision=Decision(ROUTES[:2], by="person")), noop("l"), noop("r")))
    assert left_out(run.state, run.step("d")) == {}
    assert still_left_out(run.state) == {}


def test_a_decision_that_is_about_to_be_made_anew_leaves_nothing_out():
    run = decided("right").after(GO)
    assert list(still_left_out(run.state)) == ["l"]
    assert still_left_out(run.state, undecided={"d"}) == {}
