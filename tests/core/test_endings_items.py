"""A foreach: stable keys in input order, so many at once, finished items never redone, results in input order."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.work import Outcome, Verdict
from ropewalk.definition.policy import Limits
from ropewalk.definition.workflow import Approval, BackTo, Fact, Foreach, Step
from ropewalk.testing.given import Given, broken, done, like
from tests.core.flows import GO, answer, flow, noop, started


def each(over: str = "inputs.xs", *, key: str = "", at_most: int = 0, quorum: int = 0, **fields: Any) -> Step:
    return noop("f", foreach=Foreach(over, "item", key, at_most, quorum), **fields)


def run_of(step: Step, xs: Any = ("a", "b", "c"), **limits: Any) -> Given:
    return started(flow(step, noop("after", "f"), limits=Limits(**limits)), inputs={"xs": xs})


def test_each_item_is_a_step_of_its_own_and_their_results_come_in_input_order():
    run = run_of(each()).after(done("f[c]", n=3), done("f[a]", n=1))
    assert run.step("f").status == "running"
    run.when(done("f[b]", n=2), GO).then(
        like(e.StepSucceeded, step="f[b]"),
        like(e.StepSucceeded, step="f"),
        like(e.StepStarted, step="after"),
    )
    assert run.state.outputs["f"] == {"items": [{"n": 1}, {"n": 2}, {"n": 3}], "keys": ["a", "b", "c"]}


def test_no_items_is_done_at_once():
    run = run_of(each(), xs=[])
    assert run.statuses() == {"f": "succeeded", "after": "running"}
    assert run.state.outputs["f"] == {"items": [], "keys": []}


def test_so_many_items_at_once_and_the_next_one_as_soon_as_one_has_ended():
    run = run_of(each(at_most=2), xs=["a", "b", "c", "d"])
    assert list(run.state.running) == ["f[a]", "f[b]"]
    run.after(done("f[b]"), GO)
    assert list(run.state.running) == ["f[a]", "f[c]"]


def test_an_item_that_waits_to_be_tried_again_keeps_its_place():
    run = run_of(each(at_most=1)).after(broken("f[a]", "transient"), GO)
    assert list(run.state.running) == []
    run.after(c.SkipStep("f[c]", by="ann"), GO)
    assert run.step("f[b]").status == "pending"


def test_the_place_of_an_item_that_failed_for_good_goes_to_the_next():
    run = run_of(each(at_most=1, on_failure="continue")).after(broken("f[a]"), GO)
    assert list(run.state.running) == ["f[b]"]


def test_a_failed_item_starts_no_further_ones_and_the_others_finish():
    run = run_of(each(at_most=2), xs=["a", "b", "c"])
    run.when(broken("f[a]"), GO).then(
        e.AttemptFailed,
        like(e.StepFailed, step="f[a]", policy="continue"),
        like(e.StepSkipped, step="f[c]", cause="need"),
    )
    run.when(done("f[b]"), GO).then(
        like(e.StepSucceeded, step="f[b]"),
        like(e.StepFailed, step="f"),
        like(e.RunFailed, reason="f: f[a]: it broke"),
    )


def test_an_item_that_waits_for_a_word_to_begin_is_not_begun_after_a_failure():
    run = run_of(each(ask=Approval())).after(answer("a1"), GO)
    run.when(broken("f[a]")).then(..., like(e.AskWithdrawn, step="f[b]"), ..., like(e.StepFailed, step="f"))


def test_told_to_continue_all_items_are_done_and_the_step_fails_with_the_first_in_written_order():
    run = run_of(each(on_failure="continue")).after(
        broken("f[c]"), broken("f[b]", message="no"), done("f[a]")
    )
    failure = run.step("f").failure
    assert failure is not None
    assert failure.message == "f[b]: no (and 1 more)"


def test_a_retry_takes_up_only_what_is_not_done():
    run = run_of(each(at_most=1, on_failure="continue"))
    run.after(done("f[a]"), GO, broken("f[b]"), GO, done("f[c]"), GO)
    run.after(c.RetryStep("f"), GO)
    assert list(run.state.running) == ["f[b]"]
    assert run.step("f[b]").attempt == 2
    run.after(done("f[b]"), GO, done("after"), GO)
    assert run.state.status == "completed"


def test_retrying_an_item_retries_its_foreach():
    run = run_of(each()).after(broken("f[a]"), done("f[b]"), done("f[c]"), GO)
    run.when(c.RetryStep("f[a]")).then(e.RunReopened, like(e.StepRetried, step="f"), ...)


@pytest.mark.parametrize(
    ("xs", "keys"),
    [
        (["plain", "with space", "ü/é"], ["plain", "with-space", "ü-é"]),
        ([1, 2.5, True], ["1", "2.5", "True"]),
        ([{"id": "x"}, {"name": 7}, {"key": "k"}], ["x", "7", "k"]),
        ([{"other": 1}, [1], "y" * 65, ""], ["0", "1", "2", "3"]),
        ({"one": 1, "two": 2}, ["one", "two"]),
        (["/", "."], ["-", "."]),
    ],
)
def test_keys_are_what_tells_items_apart(xs: Any, keys: list[str]):
    run = run_of(each(), xs=xs)
    assert run.step("f").items == tuple(f"f[{key}]" for key in keys)


def test_a_map_gives_items_with_key_and_value():
    run = run_of(each('{"k": 5}'))
    assert run.step("f[k]").item == {"key": "k", "value": 5}


def test_a_key_of_its_own_is_an_expression_over_the_item():
    run = run_of(each(key="item.n"), xs=[{"n": "one"}, {"n": "two"}])
    assert run.step("f").items == ("f[one]", "f[two]")


@pytest.mark.parametrize(
    ("step", "xs", "why"),
    [
        (each(), ["a", "a"], "two items have the key 'a'"),
        (each("inputs.n"), [], "missing"),
        (each(), "text", "a list or a map is wanted"),
        (each(key="item.nothing"), [{}], "missing"),
        (
            each(),
            ["a", "b", "c", "d"],
            "foreach has 4 items, and limits.items allows 3; write `limits: {items: 4}`",
        ),
    ],
)
def test_a_list_that_cannot_be_used_fails_the_step_for_good(step: Step, xs: Any, why: str):
    run = run_of(step, xs=xs, items=3)
    failure = run.step("f").failure
    assert failure is not None
    assert failure.kind == "permanent"
    assert why in failure.message
    assert run.state.status == "failed"


def test_a_fact_in_the_list_is_asked_for_first():
    workflow = flow(each("facts.names"), facts={"names": Fact("list")})
    run = started(workflow).after(answer("a1", value=["x"]), GO)
    assert run.step("f").items == ("f[x]",)


def test_a_condition_that_names_the_item_is_judged_for_each():
    run = run_of(each(when='item != "b"'))
    assert run.statuses() == {
        "f": "running",
        "after": "pending",
        "f[a]": "running",
        "f[b]": "skipped",
        "f[c]": "running",
    }
    run.after(done("f[a]"), done("f[c]"))
    assert run.state.outputs["f"]["items"] == [{}, None, {}]


def test_a_condition_that_does_not_name_the_item_is_judged_once():
    run = run_of(each(when="inputs.xs.size() > 9"))
    assert run.statuses() == {"f": "skipped", "after": "running"}


def test_each_item_is_approved_by_itself():
    run = run_of(each(approve=Approval()), xs=["a", "b"]).after(done("f[a]"), done("f[b]"))
    run.after(answer("a2"), answer("a1", "reject", reason="again"), GO)
    assert run.statuses() == {"f": "running", "after": "pending", "f[a]": "running", "f[b]": "succeeded"}
    assert (run.step("f[a]").round, run.step("f[a]").feedback[0].text) == (2, "again")
    run.after(done("f[a]"), answer("a3"))
    assert run.step("f").status == "succeeded"


def test_an_item_that_sends_back_opens_its_whole_foreach_again_while_others_run_and_wait():
    step = each(at_most=2, back_to=BackTo("f"), on_failure="back_to")
    run_of(step).when(broken("f[a]"), GO).then(
        e.AttemptFailed,
        like(e.RoundOpened, step="f", steps=("f",), turn=1),
        like(e.StepExpanded, round=2),
        like(e.StepStarted, step="f[a]", round=2, attempt=1),
        like(e.StepStarted, step="f[b]", round=2, attempt=1),
    )


def test_a_red_gate_of_an_item_drops_its_siblings_whole():
    run = run_of(each(at_most=2, back_to=BackTo("f")))
    red = Outcome(verdicts=(Verdict("g", "FAIL", ("bad",)),))
    run.when(done("f[a]", red)).then(..., like(e.RoundOpened, step="f", findings=("bad",)))
    assert (run.state.running, run.step("f").items) == ({}, ())
    run.after(GO)
    assert list(run.state.running) == ["f[a]", "f[b]"]


def test_rounds_of_an_item_and_of_its_foreach_never_bear_one_name():
    run = run_of(each(approve=Approval(), back_to=BackTo("f"), on_failure="back_to"), xs=["a"])
    run.after(done("f[a]"), answer("a1", "reject"), GO)
    assert run.step("f[a]").round == 2
    run.after(broken("f[a]"), GO)
    assert run.step("f[a]").round == 3


def test_skipping_a_foreach_stops_its_items():
    run = run_of(each(at_most=2))
    run.when(c.SkipStep("f", by="ann"), GO).then(
        like(e.StepAborted, step="f[a]"),
        like(e.StepAborted, step="f[b]"),
        like(e.StepSkipped, step="f", cause="operator"),
        like(e.StepStarted, step="after"),
    )


def test_an_escalated_foreach_goes_on_with_what_its_items_did():
    step = each(ask=Approval(), back_to=BackTo("f", at_most=1), on_failure="back_to")
    run = run_of(step, xs=["a", "b"])
    run.after(answer("a1"), answer("a2", "reject"), GO, done("f[a]"), GO)
    assert run.step("f").round == 2
    run.after(answer("a3"), GO, answer("a4", "reject"), done("f[a]", n=1))
    assert [opened.about for opened in run.state.asks.values()] == ["escalation"]
    run.after(answer("a5"))
    assert run.state.outputs["f"] == {"items": [{"n": 1}, None], "keys": ["a", "b"]}


def test_a_failed_item_that_is_skipped_does_not_fail_its_foreach():
    run = run_of(each(on_failure="continue"), xs=["a", "b"]).after(broken("f[a]"))
    assert run.step("f").broken_items == 1
    run.after(c.SkipStep("f[a]", by="ann"), done("f[b]", n=2))
    assert run.state.outputs["f"] == {"items": [None, {"n": 2}], "keys": ["a", "b"]}


def test_the_place_of_a_skipped_item_goes_to_the_next_that_is_still_wanted():
    run = run_of(each(at_most=1)).after(c.SkipStep("f[b]"), c.SkipStep("f[a]"), GO)
    assert list(run.state.running) == ["f[c]"]


def test_with_a_quorum_the_others_may_fail_and_are_named():
    run = run_of(each(quorum=2)).after(broken("f[a]"), done("f[b]", n=2), GO)
    assert run.step("f").status == "running"
    run.after(done("f[c]", n=3), GO)
    assert run.statuses()["after"] == "running"
    assert run.state.outputs["f"] == {
        "items": [None, {"n": 2}, {"n": 3}],
        "keys": ["a", "b", "c"],
        "failed": ["a"],
    }
    assert run.step("f").warnings == ("f[a] failed and is left out: it broke",)
    assert not run.state.failing


def test_a_quorum_waits_for_all_items_also_when_enough_went_well():
    run = run_of(each(quorum=1)).after(done("f[a]"), GO)
    assert run.step("f").status == "running"
    run.after(done("f[b]"), done("f[c]"), GO)
    assert run.state.outputs["f"]["failed"] == []


def test_a_quorum_that_cannot_be_met_any_more_starts_no_further_items():
    run = run_of(each(quorum=2, at_most=1)).after(broken("f[a]"), GO)
    assert list(run.state.running) == ["f[b]"]
    run.after(broken("f[b]"), GO)
    assert (run.step("f[c]").status, run.step("f").status) == ("skipped", "failed")
    failure = run.step("f").failure
    assert failure is not None
    assert failure.message == ("0 of 3 items went well, and 2 are wanted; f[a]: it broke (and 1 more)")


def test_items_that_were_not_to_be_done_do_not_fill_a_quorum():
    step = each(quorum=2, when='item == "a"')
    run = run_of(step).after(done("f[a]"), GO)
    failure = run.step("f").failure
    assert failure is not None
    assert failure.message == "1 of 3 items went well, and 2 are wanted"


def test_a_quorum_of_more_items_than_there_are_fails_before_the_first():
    failure = run_of(each(quorum=4)).step("f").failure
    assert failure is not None
    assert failure.message == "foreach has 3 items, and 4 of them have to go well"


def test_what_a_failed_item_had_made_is_no_result_of_its_foreach():
    step = each(quorum=2, approve=Approval(on_reject="fail"))
    run = run_of(step).after(done("f[a]", n=1), done("f[b]", n=2), done("f[c]", n=3), GO)
    run.after(answer("a1", "reject"), answer("a2"), answer("a3"), GO)
    assert run.state.outputs["f"]["items"] == [None, {"n": 2}, {"n": 3}]
