"""What a fork keeps: every step that had ended and does not come after the one it begins again at."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.core import commands as c
from ropewalk.core.history import kept_events
from ropewalk.definition.workflow import Decision, Foreach, Input, Route, Step, Workflow
from ropewalk.errors import NoSuchStep
from ropewalk.testing.given import Given, broken, done, given
from tests.core.flows import GO, answer, flow, noop, started


def forked(run: Given, step: str, workflow: Workflow) -> Given:
    return given(workflow, kept=kept_events(run.state, step)).after(GO)


def ways(*more: Step, end: bool = False) -> tuple[Workflow, Given]:
    routes = (Route("left", to=("l",), end=end), Route("right", to=("r",)))
    d = Step("d", "decide", needs=("a",), decision=Decision(routes, by="person"))
    workflow = flow(noop("a"), d, noop("l"), noop("r"), noop("x", "a"), *more, noop("last", final=True))
    run = started(workflow).after(done("a", n=1), GO, answer("a1", "left"), GO, done("x"), GO)
    return workflow, run


def statuses(run: Given, *keys: str) -> Any:
    return [run.step(key).status for key in keys]


def test_what_does_not_come_after_the_step_is_kept_with_its_outputs():
    workflow, run = ways()
    fork = forked(run, "x", workflow)
    assert statuses(fork, "a", "d", "l", "r", "x", "last") == [
        "succeeded",
        "succeeded",
        "running",
        "skipped",
        "running",
        "pending",
    ]
    assert fork.state.outputs["a"] == {"n": 1}
    assert fork.step("r").decision == "d"


def test_a_decision_that_is_made_again_takes_its_steps_along():
    workflow, run = ways()
    assert statuses(forked(run, "d", workflow), "a", "d", "l", "r", "x") == [
        "succeeded",
        "waiting",
        "pending",
        "pending",
        "succeeded",
    ]


def test_what_a_route_to_the_end_left_out_is_left_out_again_unless_it_is_decided_anew():
    workflow, run = ways(noop("z", "x"), end=True)
    assert run.step("z").cause == "end"
    assert forked(run, "l", workflow).step("z").status == "skipped"
    assert forked(run, "d", workflow).step("z").status == "running"


def test_a_route_that_was_not_taken_stays_so_behind_the_step_that_is_begun_at():
    routes = (Route("left", to=("l",)), Route("right", to=("r",)))
    d = Step("d", "decide", decision=Decision(routes, by="person"))
    workflow = flow(d, noop("a"), noop("l", "a"), noop("r", "a"))
    run = started(workflow).after(answer("a1", "left"), done("a"), GO)
    assert statuses(forked(run, "a", workflow), "d", "a", "l", "r") == [
        "succeeded",
        "running",
        "pending",
        "skipped",
    ]
    assert statuses(forked(run, "r", workflow), "r") == ["running"]


def test_a_step_that_a_person_had_skipped_stays_out_where_the_kept_decision_went_elsewhere():
    routes = (Route("left", to=("l",)), Route("right", to=("r",)))
    d = Step("d", "decide", decision=Decision(routes, by="person"))
    workflow = flow(d, noop("a"), noop("l", "a"), noop("r", "a"))
    run = started(workflow).after(c.SkipStep("r"), answer("a1", "left"), done("a"), GO)
    fork = forked(run, "a", workflow).after(done("a"), GO)
    assert (fork.step("l").status, fork.step("r").status, fork.step("r").decision) == (
        "running",
        "skipped",
        "d",
    )


def test_final_steps_are_done_once_more():
    workflow = flow(noop("a"), noop("b", "a"), noop("last", final=True))
    run = started(workflow).after(done("a"), GO, done("b"), GO, done("last"), GO)
    assert run.state.status == "completed"
    fork = forked(run, "b", workflow)
    assert statuses(fork, "a", "b", "last") == ["succeeded", "running", "pending"]
    assert fork.after(done("b"), GO).step("last").status == "running"


def test_what_a_person_skipped_stays_skipped():
    workflow = flow(noop("a"), noop("b"))
    run = started(workflow).after(c.SkipStep("a", by="ann"))
    assert statuses(forked(run, "b", workflow), "a", "b") == ["skipped", "running"]


def test_what_did_not_end_well_is_done_again():
    workflow = flow(noop("a"), noop("b"), noop("z", "a"))
    run = started(workflow).after(c.Abort())
    assert kept_events(run.state, "z") == ()


def test_a_step_that_there_is_not_cannot_be_begun_at():
    run = started(flow(noop("a")))
    with pytest.raises(NoSuchStep):
        kept_events(run.state, "b")


def test_a_foreach_is_kept_with_its_items_and_what_each_left():
    each = noop("f", foreach=Foreach("inputs.list", "item", "", 0), when="item != 'b'")
    workflow = flow(each, noop("g", "f"), inputs={"list": Input("list")})
    run = started(workflow, inputs={"list": ["a", "b", "c"]}).after(done("f[a]", n=1), done("f[c]", n=3), GO)
    fork = given(workflow, inputs={"list": ["a", "b", "c"]}, kept=kept_events(run.state, "g")).after(GO)
    assert statuses(fork, "f", "f[a]", "f[b]", "f[c]", "g") == [
        "succeeded",
        "succeeded",
        "skipped",
        "succeeded",
        "running",
    ]
    assert fork.state.outputs["f"] == run.state.outputs["f"]
    assert fork.step("f[c]").result == run.step("f[c]").result
    assert list(fork.state.running) == ["g"]


def test_of_a_foreach_that_a_person_skipped_the_items_are_kept_as_they_ended():
    workflow = flow(
        noop("f", foreach=Foreach("inputs.list", "item", "", 1), on_failure="continue"),
        noop("g", "f"),
        inputs={"list": Input("list")},
    )
    run = started(workflow, inputs={"list": ["a", "b", "c"]}).after(
        done("f[a]", n=1), GO, broken("f[b]"), GO, c.SkipStep("f"), GO
    )
    fork = given(workflow, inputs={"list": ["a", "b", "c"]}, kept=kept_events(run.state, "g")).after(GO)
    assert statuses(fork, "f", "f[a]", "f[b]", "f[c]", "g") == [
        "skipped",
        "succeeded",
        "skipped",
        "skipped",
        "running",
    ]
    assert fork.step("f[a]").result == run.step("f[a]").result
