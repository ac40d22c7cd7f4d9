"""A policy is written in the shortest form that reads back as it, and not at all where it is what holds anyway."""

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
    Findings,
    Foreach,
    Gate,
    Join,
    Ref,
    Retry,
    Route,
    Step,
    Timeouts,
)
from ropewalk.definition.findings import Nowhere
from ropewalk.formats.native import gates as gate_reader
from ropewalk.formats.native import steering
from ropewalk.formats.native.keys import flow
from ropewalk.formats.native.keys.gate import Gates
from ropewalk.formats.native.written import policies


@pytest.mark.parametrize(
    ("policy", "keys"),
    [
        (Retry(), None),
        (Retry(attempts=1), False),
        (Retry(on=ASKED_RETURN), 3),
        (Retry(1, on=ASKED_RETURN), 1),
        (Retry(5), {"attempts": 5, "on": list(Retry().on)}),
        (Retry(on=()), {"on": []}),
        (Retry(on=("lost",)), {"on": ["lost"]}),
        (Retry(jitter=False, on=ASKED_RETURN), {"jitter": False}),
        (Retry(delay_seconds=0, on=ASKED_RETURN), {"delay": 0}),
        (Retry(2, 0.5, 1.0, 90, on=ASKED_RETURN), {"attempts": 2, "factor": 1.0, "delay": 0.5, "cap": "90s"}),
    ],
)
def test_retries_are_written_shortly_and_read_back(policy, keys):
    assert policies.retry(policy) == keys
    assert keys is None or type(policies.retry(policy)) is type(keys)
    if keys is not None:
        assert steering.retry(msgspec.convert(keys, flow.Retry)) == policy


@pytest.mark.parametrize(
    ("policy", "keys"),
    [
        (Timeouts(), None),
        (Timeouts(step_seconds=90), "90s"),
        (Timeouts(step_seconds=0), 0),
        (Timeouts(attempt_seconds=0), {"attempt": 0}),
        (Timeouts(step_seconds=60, grace_seconds=0), {"step": "1m", "grace": 0}),
        (Timeouts(1, 2, 0.5, 9), {"attempt": "1s", "step": "2s", "idle": 0.5, "grace": "9s"}),
    ],
)
def test_limits_in_time_are_written_shortly_and_read_back(policy, keys):
    assert policies.timeout(policy) == keys
    if keys is not None:
        assert steering.timeouts(msgspec.convert(keys, flow.Timeout)) == policy


@pytest.mark.parametrize(
    ("limit", "keys"),
    [
        (Budget(), None),
        (Budget(seconds=0), {"time": 0}),
        (Budget(cost_usd=0), {"cost_usd": 0}),
        (Budget(1.5, 10, 60, 3), {"cost_usd": 1.5, "tokens": 10, "attempts": 3, "time": "1m"}),
    ],
)
def test_a_budget_of_nothing_is_not_a_budget_that_nobody_set(limit, keys):
    assert policies.budget(limit) == keys
    assert steering.budget(UNSET if keys is None else msgspec.convert(keys, flow.BudgetKeys)) == limit


@pytest.mark.parametrize(
    ("joined", "keys"), [(Join(), None), (Join("any"), "any"), (Join("quorum", 2), {"quorum": 2})]
)
def test_a_join_is_written_unless_it_waits_for_all(joined, keys):
    assert policies.join(joined) == keys


@pytest.mark.parametrize(
    ("each", "keys"),
    [
        (None, None),
        (Foreach("[1]"), "[1]"),
        (Foreach("x", "item", "id"), {"in": "x", "key": "id"}),
        (Foreach("x", quorum=2), {"in": "x", "quorum": 2}),
        (Foreach("x", "page", at_most=2), {"in": "x", "at_most": 2, "as": "page"}),
    ],
)
def test_a_list_is_its_expression_where_nothing_else_was_said(each, keys):
    assert policies.foreach(each) == keys


@pytest.mark.parametrize(
    ("back", "keys"),
    [
        (None, None),
        (BackTo("a"), "a"),
        (BackTo("a", at_most=1), {"to": "a", "at_most": 1}),
        (BackTo("a", "true"), {"to": "a", "when": "true"}),
    ],
)
def test_a_way_back_is_the_name_of_its_step_where_nothing_else_was_said(back, keys):
    assert policies.back_to(back) == keys


@pytest.mark.parametrize(
    ("route", "keys"),
    [
        (Route("r", to=("a", "b")), ["a", "b"]),
        (Route("r"), {}),
        (Route("r", end=True), {"end": True}),
        (Route("r", to=("a",), end=True), {"to": ["a"], "end": True}),
        (Route("r", "true", ("a",)), {"when": "true", "to": ["a"]}),
    ],
)
@pytest.mark.parametrize("by", ["condition", "role", "person", "fact"])
def test_a_decision_says_who_picks_so_that_nothing_else_decides_it(route, keys, by):
    decided = Decision((route,), by, "f" if by == "fact" else "", "Which?")
    written = policies.decision(decided)
    assert (written["routes"], written["by"]) == ({"r": keys}, by)
    assert steering.decision(msgspec.convert(written, flow.DecideKeys), "somebody") == decided


@pytest.mark.parametrize("usual", ["fail", "redo"])
@pytest.mark.parametrize(
    "asked",
    [
        Approval(),
        Approval("Go?"),
        Approval("Go?", on_reject="back_to"),
        Approval("", (Choice("x"), Choice("y", "Y")), {"type": "object"}, ("s",), 0, "x", "fail", "f"),
        Approval(on_reject="fail"),
    ],
)
def test_a_question_reads_back_wherever_it_was_asked(asked, usual):
    keys = policies.approval(asked, usual)
    assert steering.approval(msgspec.convert(keys, flow.Approval), usual) == asked


def test_no_question_is_nothing_and_one_without_words_is_true():
    assert policies.approval(None, "fail") is None
    assert policies.approval(Approval(on_reject="fail"), "fail") is True
    assert policies.approval(Approval("Go?", on_reject="fail"), "fail") == "Go?"


def test_a_file_is_its_path_where_nothing_else_was_said():
    refs = (
        Ref("a"),
        Ref("b", soft=True),
        Ref("p or q", any_of=("p", "q")),
        Ref("c", label=True, external=True),
    )
    assert policies.files(refs) == [
        "a",
        {"path": "b", "optional": True},
        {"path": "p or q", "any_of": ["p", "q"]},
        {"path": "c", "external": True, "label": True},
    ]


def test_secrets_are_a_list_only_where_each_has_its_own_name():
    assert policies.secrets({"A": "A", "B": "B"}) == ["A", "B"]
    assert policies.secrets({"A": "A", "B": "C"}) == {"A": "A", "B": "C"}


def test_only_what_differs_is_written_and_tuples_as_lists():
    step = Step("a", "run", notes=("n",), optional=True)
    assert policies.differing(step, Step("b", "x"), "notes", "optional", "needs", "title") == {
        "notes": ["n"],
        "optional": True,
    }


def again(gate: Gate) -> tuple[tuple[Gate, ...], list[Any]]:
    findings = Findings("f.yaml", Nowhere())
    keys = msgspec.convert(policies.gates((gate,)), Gates)
    return gate_reader.gates(keys, ("gate",), findings), findings.faults


@pytest.mark.parametrize(
    ("gate", "key"),
    [
        (Gate("command", {"script": "x"}, "id", ("a",), ("b",)), "run"),
        (Gate("command", {"argv": ["x", "0"]}), "run"),
        (Gate("command", {"script": "x", "shell": "bash"}), "uses"),
        (Gate("command", {"script": ""}), "uses"),
        (Gate("command", {"argv": []}), "uses"),
        (Gate("command"), "uses"),
        (Gate("condition", {"condition": "true"}), "condition"),
        (Gate("condition", {"condition": ""}), "uses"),
        (Gate("artifacts", {"artifacts": ["a", "b"]}), "artifacts"),
        (Gate("artifacts", {"artifacts": []}), "uses"),
        (Gate("thresholds", {"thresholds": {"n": ">= 1"}, "report": "r", "scale": 10}), "thresholds"),
        (Gate("thresholds", {"thresholds": {"n": ">= 1"}, "script": "x"}), "thresholds"),
        (Gate("thresholds", {"thresholds": {"n": ">= 1"}, "argv": ["x"], "report": "r"}), "thresholds"),
        (Gate("thresholds", {"thresholds": {"n": ">= 1"}, "script": "x", "argv": ["y"]}), "uses"),
        (Gate("thresholds", {"thresholds": {"n": ">= 1"}, "script": ""}), "uses"),
        (Gate("thresholds", {"thresholds": {"n": ">= 1"}, "report": ""}), "uses"),
        (Gate("thresholds", {"thresholds": {}}), "uses"),
        (Gate("thresholds", {"report": "r"}), "uses"),
        (Gate("document", {"document": "d", "template": "t"}), "document"),
        (Gate("document", {"document": "d", "template": ""}), "uses"),
        (Gate("document", {"document": "d"}), "uses"),
        (Gate("verdict", {"role": "r", "criteria": ["c"]}), "verdict"),
        (Gate("verdict", {"role": "r", "criteria": ["c"], "prompt": "p"}), "verdict"),
        (Gate("verdict", {"role": "r", "criteria": ["c"], "model": "m"}), "uses"),
        (Gate("spelling", {"words": [None, {"é": "\u202e"}]}), "uses"),
        (Gate("spelling"), "uses"),
    ],
)
def test_a_gate_is_written_in_its_own_form_where_that_reads_back_else_as_a_plugin(gate, key):
    (keys,) = policies.gates((gate,))
    assert key in keys
    assert again(gate) == ((gate,), [])
