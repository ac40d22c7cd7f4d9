"""Each key that steers a step means one policy in all of its forms, and what is not said keeps what the definition says."""

from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from ropewalk.definition import (
    ASKED_RETURN,
    Approval,
    BackTo,
    Budget,
    Choice,
    Decision,
    Foreach,
    Join,
    Limits,
    Retry,
    Route,
    Timeouts,
)
from ropewalk.formats.native import steering
from ropewalk.formats.native.keys import flow
from tests.formats.told import step, workflow

ROLES = "roles: {r: claude}\n"


def keys(kind: Any, **fields: Any) -> Any:
    return msgspec.convert(fields, kind)


def test_policies_in_every_form():
    assert step("- {id: a, run: b, retry: 5}").retry == Retry(5, on=ASKED_RETURN)
    assert step("- {id: a, run: b, retry: true}").retry == Retry(on=ASKED_RETURN)
    assert step("- {id: a, run: b, retry: false}").retry == Retry(attempts=1)
    assert step(
        "- {id: a, run: b, retry: {attempts: 2, delay: 5s, cap: 1m, jitter: false, on: quota}}"
    ).retry == Retry(2, 5.0, 2.0, 60.0, jitter=False, on=("quota",))
    assert step("- {id: a, run: b, timeout: 90}").timeout == Timeouts(step_seconds=90)
    assert step("- {id: a, run: b, timeout: 1h30m}").timeout == Timeouts(step_seconds=5400)
    assert step("- {id: a, run: b, timeout: none}").timeout == Timeouts()
    full = step("- {id: a, run: b, timeout: {attempt: 1d, step: 1w, idle: 500ms, grace: none}}").timeout
    assert full == Timeouts(86_400, 604_800, 0.5)
    assert step("- {id: a, run: b, timeout: {grace: 1}}").timeout.grace_seconds == 1
    assert step(
        "- {id: a, run: b, budget: {cost_usd: 2, tokens: 5, time: 1m, attempts: 3}}"
    ).budget == Budget(2, 5, 60, 3)


def test_joins_in_every_form():
    text = "- {id: x, run: x}\n- {id: y, run: y}\n- {id: a, run: b, needs: [x, y], join: "
    assert step(text + "all}").join == Join()
    assert step(text + "any}").join == Join("any")
    assert step(text + "quorum 2}").join == Join("quorum", 2)
    assert step(text + "{quorum: 1}}").join == Join("quorum", 1)


def test_lists_in_every_form():
    assert step("- {id: a, run: b, foreach: inputs.x}\ninputs: {x: list}").foreach == Foreach("inputs.x")
    assert step("- {id: a, run: b, foreach: [1, x, {y: null}]}").foreach == Foreach('[1,"x",{"y":null}]')
    beside = step("- {id: a, run: b, foreach: [u], as: page, key: page, at_most: 2}").foreach
    assert beside == Foreach('["u"]', "page", "page", 2)
    some = step("- {id: a, run: b, foreach: {in: [u, v], quorum: 1}}").foreach
    assert some == Foreach('["u","v"]', quorum=1)
    inside = step("- {id: a, run: b, foreach: {in: {k: 1}, as: page, at_most: 3}, at_most: 2}").foreach
    assert inside == Foreach('{"k":1}', "page", "", 3)


def test_decisions_in_every_form():
    head = ROLES + "facts: {f: {type: string}}\nsteps:\n- {id: x, run: x}\n- {id: y, run: y}\n- id: a\n  "
    routes = "decide: {routes: {one: x, two: [x, y], end: {end: true, title: Stop}}"

    def made(text: str) -> Any:
        return workflow(head + text).steps[-1].decision

    assert made(routes + "}") == Decision(
        (Route("one", to=("x",)), Route("two", to=("x", "y")), Route("end", end=True, title="Stop")), "person"
    )
    assert made(routes + ", prompt: Which?}\n  role: r").by == "role"
    assert made(routes + ", fact: f}").by == "fact"
    assert made(routes + ", by: person, fact: f}").by == "person"
    assert made("decide: {routes: {one: {when: 'true', to: x}, two: y}}").by == "condition"


def test_questions_in_every_form():
    assert step("- {id: a, ask: true}").ask == Approval(on_reject="fail")
    assert step("- {id: a, run: b, ask: Go?}").ask == Approval("Go?", on_reject="fail")
    assert step("- {id: a, run: b, approve: Good?}").approve == Approval("Good?")
    assert step("- {id: a, run: b, ask: false, approve: false}").ask is None
    full = workflow(
        "facts: {f: object}\nsteps:\n- {id: a, run: b, approve: {prompt: p, choices: [x, {id: y, title: Y}], form: {type: object}, show: s.md,"
        " expires: 1h, default: reject, on_reject: fail, fact: f}}"
    ).steps[-1]
    assert full.approve == Approval(
        "p", (Choice("x"), Choice("y", "Y")), {"type": "object"}, ("s.md",), 3600, "reject", "fail", "f"
    )


@pytest.mark.parametrize(
    ("value", "once"),
    [
        (UNSET, ()),
        ("a", ("a",)),
        ("a, b", ("a, b",)),
        ([], ()),
        (["b", "a", "b", "a"], ("b", "a")),
        (["é", "e\u0301"], ("é", "e\u0301")),
    ],
)
def test_names_are_each_taken_once_in_the_order_in_which_they_stand(value, once):
    assert steering.names(value) == once


@pytest.mark.parametrize(
    ("value", "by_variable"),
    [
        ("T", {"T": "T"}),
        (["T", "U", "T"], {"T": "T", "U": "U"}),
        ({"V": "T", "W": "T"}, {"V": "T", "W": "T"}),
        ([], {}),
    ],
)
def test_secrets_are_given_under_their_own_names_or_under_others(value, by_variable):
    assert steering.secrets(value) == by_variable


def test_what_was_not_said_is_left_to_the_definition():
    budget_keys = keys(flow.BudgetKeys, tokens=3)
    assert steering.set_keys(budget_keys) == {"tokens": 3}
    assert steering.set_keys(budget_keys, "tokens") == {}
    assert steering.budget(UNSET) == Budget()
    assert steering.limits(UNSET) == steering.limits(flow.LimitsKeys()) == Limits()
    assert steering.limits(keys(flow.LimitsKeys, timeout="none", budget={"time": "none"})) == Limits()


@pytest.mark.parametrize(
    ("value", "policy"),
    [
        (1, Retry(1, on=ASKED_RETURN)),
        (flow.RetryKeys(), Retry(on=ASKED_RETURN)),
        (flow.RetryKeys(on=[]), Retry(on=())),
        (flow.RetryKeys(on=["lost", "quota", "lost"]), Retry(on=("lost", "quota"))),
        (flow.RetryKeys(delay="none"), Retry(delay_seconds=0.0, on=ASKED_RETURN)),
    ],
)
def test_who_asks_for_retries_asks_for_the_failures_that_stay_unless_they_name_others(value, policy):
    assert steering.retry(value) == policy


def test_true_is_not_the_number_one_among_retries():
    assert steering.retry(True).attempts == Retry().attempts > 1
    assert steering.retry(False).attempts == 1


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("all", Join()),
        ("any", Join("any")),
        ("any\n", Join("any")),
        ("quorum 12", Join("quorum", 12)),
        ("quorum 2\n", Join("quorum", 2)),
    ],
)
def test_a_join_in_words_may_be_a_block_of_yaml(text, joined):
    assert steering.join(text) == joined


def test_a_grace_that_is_taken_away_is_the_usual_one_and_none_of_the_others_is_touched():
    assert steering.timeouts(flow.TimeoutKeys(grace="none", idle="none", step=0)) == Timeouts(step_seconds=0)
    assert steering.timeouts(flow.TimeoutKeys(grace=0)).grace_seconds == 0


@pytest.mark.parametrize(
    ("value", "expression"),
    [
        ("inputs.x", "inputs.x"),
        ([], "[]"),
        ([True, None, -1.5, 'a"b\\'], '[true,null,-1.5,"a\\"b\\\\"]'),
        ({"é": ["\u202e", "\n"]}, '{"é":["\u202e","\\n"]}'),
    ],
)
def test_a_list_or_mapping_is_the_expression_that_gives_it(value, expression):
    assert steering.expression(value) == expression


def test_what_stands_inside_foreach_goes_before_what_stands_next_to_it():
    inside = keys(flow.ForeachKeys, **{"in": "x", "as": "inner"})
    assert steering.foreach(inside, "outer", "item.id", 4) == Foreach("x", "inner", "item.id", 4)
    assert steering.foreach("x", UNSET, UNSET, UNSET) == Foreach("x")


def test_a_limit_next_to_back_to_counts_only_where_it_has_none_inside():
    assert steering.back_to("a", 5) == BackTo("a", at_most=5)
    assert steering.back_to("a") == BackTo("a")
    assert steering.back_to(flow.BackToKeys("a"), 5) == BackTo("a")


@pytest.mark.parametrize(
    ("fields", "role", "by"),
    [
        ({}, "", "person"),
        ({}, "r", "role"),
        ({"fact": "f"}, "r", "fact"),
        ({"fact": "f", "routes": {"x": {"when": "true"}}}, "r", "condition"),
        ({"by": "person", "fact": "f", "routes": {"x": {"when": "true"}}}, "r", "person"),
    ],
)
def test_who_picks_a_route_is_who_is_named_else_the_first_of_conditions_fact_role_and_person(
    fields, role, by
):
    decided = steering.decision(keys(flow.DecideKeys, **{"routes": {"x": "a"}, **fields}), role)
    assert decided.by == by


def test_routes_stay_in_the_order_in_which_they_are_written():
    routes = {"z": ["b", "a", "b"], "a": {}, "m": {"to": "c", "end": True}}
    assert steering.decision(keys(flow.DecideKeys, routes=routes), "").routes == (
        Route("z", to=("b", "a")),
        Route("a"),
        Route("m", to=("c",), end=True),
    )


@pytest.mark.parametrize("value", [UNSET, False])
def test_nobody_is_asked_where_the_file_says_nothing_or_no(value):
    assert steering.approval(value, "fail") is None


def test_what_follows_a_rejection_is_what_the_file_says_else_what_the_place_says():
    assert steering.approval(True, "fail") == Approval(on_reject="fail")
    assert steering.approval(flow.ApprovalKeys(), "back_to") == Approval(on_reject="back_to")
    named = flow.ApprovalKeys(on_reject="redo", choices=["x", flow.ChoiceKeys("y")], expires="none", show=[])
    assert steering.approval(named, "fail") == Approval(choices=(Choice("x"), Choice("y")))
