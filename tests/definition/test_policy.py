"""Policies: which failures come back by themselves, and defaults with which a step can be run as it is."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from ropewalk.definition.check import check_workflow
from ropewalk.definition.policy import (
    ASKED_RETURN,
    OWN_RETURN,
    Budget,
    ErrorClass,
    FailurePolicy,
    Join,
    Limits,
    Retry,
    Timeouts,
)
from ropewalk.definition.workflow import Step, Workflow

POLICIES = (Retry, Timeouts, Join, Budget, Limits)


def test_the_first_four_classes_come_back_by_themselves():
    assert get_args(ErrorClass)[:4] == OWN_RETURN == Retry().on


def test_what_the_user_asks_to_retry_comes_back_too_but_no_refusal_gate_or_conflict():
    assert set(OWN_RETURN) < set(ASKED_RETURN) < set(get_args(ErrorClass))
    assert set(get_args(ErrorClass)) - set(ASKED_RETURN) == {"refused", "gate", "conflict"}


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_that_says_nothing_is_stored_as_nothing(policy):
    assert msgspec.json.encode(policy()) == b"{}"
    assert msgspec.json.decode(b"{}", type=policy) == policy()


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_cannot_be_changed_under_a_run(policy):
    with pytest.raises(AttributeError):
        setattr(policy(), policy.__struct_fields__[0], 1)


def test_the_defaults_are_no_fault():
    step = Step("a", "noop", retry=Retry(), timeout=Timeouts(), join=Join(), budget=Budget())
    assert check_workflow(Workflow("w", (step,), limits=Limits())) == []


@pytest.mark.parametrize(
    ("policy", "stored"),
    [
        (Retry, b'{"on": ["often"]}'),
        (Retry, b'{"attempts": "3"}'),
        (Retry, b'{"attempts": 2.5}'),
        (Join, b'{"kind": "most"}'),
        (Limits, b'{"budget": {"tokens": 1.5}}'),
        (Timeouts, b'{"grace_seconds": null}'),
    ],
)
def test_a_stored_policy_of_other_words_or_types_is_refused(policy, stored: bytes):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(stored, type=policy)


@pytest.mark.parametrize("policy", get_args(FailurePolicy))
def test_every_way_to_fail_comes_back_from_the_store(policy: FailurePolicy):
    step = Step("a", "noop", on_failure=policy)
    assert msgspec.json.decode(msgspec.json.encode(step), type=Step) == step


def test_no_limit_is_not_a_limit_of_zero():
    assert msgspec.json.encode(Budget(cost_usd=0)) == b'{"cost_usd":0}'
    assert Budget(cost_usd=0) != Budget()
    assert Timeouts(attempt_seconds=0) != Timeouts()
