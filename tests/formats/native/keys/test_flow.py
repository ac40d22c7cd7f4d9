"""What a steering key leaves out is what the definition says, and each form takes its own keys and no others."""

from typing import Any

import msgspec
import pytest

from ropewalk.definition import BackTo, Limits, Retry
from ropewalk.formats.native import steering
from ropewalk.formats.native.keys import flow

STRUCTS = [
    kind for kind in vars(flow).values() if isinstance(kind, type) and kind.__module__ == flow.__name__
]


LEAST: dict[Any, dict[str, Any]] = {
    flow.ForeachKeys: {"in": "x"},
    flow.BackToKeys: {"to": "a"},
    flow.JoinKeys: {"quorum": 1},
    flow.DecideKeys: {"routes": {"x": "a"}},
    flow.FailureKeys: {"back_to": "a"},
    flow.ChoiceKeys: {"id": "x"},
}
"""What each form cannot do without; the others take an empty mapping."""


def test_the_usual_values_of_the_keys_are_those_of_the_definition():
    """Two tables of the same numbers would part one day, and a key written out with its usual value would change a run."""
    assert steering.limits(flow.LimitsKeys()) == Limits()
    assert steering.back_to(flow.BackToKeys("a")) == BackTo("a")
    assert flow.FailureKeys("a").at_most == BackTo("a").at_most
    assert steering.retry(flow.RetryKeys(on=list(Retry().on))) == Retry()


@pytest.mark.parametrize("kind", STRUCTS, ids=lambda kind: kind.__name__)
def test_a_form_takes_the_least_and_refuses_a_key_that_is_not_its_own(kind):
    least = LEAST.get(kind, {})
    msgspec.convert(least, kind)
    with pytest.raises(msgspec.ValidationError, match="unknown field `xyz`"):
        msgspec.convert({**least, "xyz": 1}, kind)


@pytest.mark.parametrize(("kind", "least"), LEAST.items(), ids=lambda part: getattr(part, "__name__", ""))
def test_a_form_without_what_it_needs_is_refused(kind, least):
    (name,) = least
    with pytest.raises(msgspec.ValidationError, match=f"missing required field `{name}`"):
        msgspec.convert({}, kind)


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("ForeachKeys", {"in": "x", "as": "y", "key": "z", "at_most": 1}),
        ("ForeachKeys", {"in": []}),
        ("ForeachKeys", {"in": {}}),
        ("JoinKeys", {"quorum": 1}),
        ("DecideKeys", {"routes": {"": "a"}}),
        ("Route", []),
        ("Route", {}),
        ("RetryKeys", {"factor": 1, "on": []}),
        ("Retry", True),
        ("Retry", 1),
        ("TimeoutKeys", {}),
        ("Timeout", "none"),
        ("BudgetKeys", {"cost_usd": 0}),
        ("Approval", False),
        ("Approval", {"choices": ["x", {"id": "y"}]}),
    ],
)
def test_the_least_that_a_form_takes(form, value):
    msgspec.convert(value, getattr(flow, form))


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("ForeachKeys", {}),
        ("ForeachKeys", {"in": ""}),
        ("ForeachKeys", {"over": "x"}),
        ("ForeachKeys", {"in": "x", "name": "y"}),
        ("ForeachKeys", {"in": "x", "at_most": 0}),
        ("BackToKeys", {"when": "true"}),
        ("BackToKeys", {"to": "a", "at_most": 0}),
        ("JoinKeys", {"quorum": 0}),
        ("JoinKeys", {"quorum": "2"}),
        ("DecideKeys", {"routes": {}}),
        ("DecideKeys", {"routes": {"a": None}}),
        ("DecideKeys", {"routes": {"a": "b"}, "by": "chance"}),
        ("RetryKeys", {"attempts": 0}),
        ("RetryKeys", {"factor": 0.99}),
        ("RetryKeys", {"on": "everything"}),
        ("RetryKeys", {"delay": -1}),
        ("Retry", 0),
        ("BudgetKeys", {"cost_usd": -1}),
        ("BudgetKeys", {"tokens": 0}),
        ("LimitsKeys", {"parallel": 0}),
        ("LimitsKeys", {"depth": None}),
        ("Approval", ""),
        ("Approval", {"on_reject": "continue"}),
        ("Approval", {"choices": [{"title": "y"}]}),
    ],
)
def test_what_would_mean_nothing_is_refused(form, value):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(value, getattr(flow, form))
