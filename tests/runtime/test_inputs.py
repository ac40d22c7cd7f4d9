"""What a run is started with is checked whole, and told whole."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.definition.secrets import SECRET_MARK
from ropewalk.definition.workflow import Fact, Input, Step, Workflow
from ropewalk.errors import InvalidInput
from ropewalk.runtime.inputs import (
    call_faults,
    changed_inputs,
    checked_facts,
    checked_inputs,
    parted,
    refuse_told,
    secret_values,
)

FLOW = Workflow(
    name="flow",
    steps=(),
    inputs={
        "who": Input(),
        "count": Input(type="integer", required=False, default=2),
        "fast": Input(type="boolean", required=False, default=False),
        "tags": Input(type="list", required=False, default=[]),
        "size": Input(required=False, default="s", choices=("s", "m")),
    },
)


def test_defaults_are_filled_in_and_text_is_read_as_the_declared_type() -> None:
    given = {"who": "ann", "count": "7", "fast": "yes", "tags": '["x"]', "size": "m"}
    assert checked_inputs(FLOW, given) == {"who": "ann", "count": 7, "fast": True, "tags": ["x"], "size": "m"}
    assert checked_inputs(FLOW, {"who": "1"}) == {
        "who": "1",
        "count": 2,
        "fast": False,
        "tags": [],
        "size": "s",
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "who: is missing"),
        ({"who": "a", "cuont": 1}, "did you mean count"),
        ({"who": "a", "count": "many"}, "integer wanted, got 'many'"),
        ({"who": "a", "count": True}, "integer wanted, got True"),
        ({"who": "a", "size": "xl"}, "'xl' is none of s, m"),
        ({"who": 5}, "string wanted, got 5"),
    ],
)
def test_a_wrong_input_is_named_with_what_would_be_right(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_inputs(FLOW, given)
    assert said in f"{refused.value.where['name']}: {refused.value}".replace("Input who: is", "who: is")


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_inputs(FLOW, {"count": "x", "nobody": 1})
    assert all(part in str(refused.value) for part in ("count", "nobody", "who"))


SECRET = Workflow(
    name="flow",
    steps=(),
    inputs={
        "token": Input(secret=True),
        "pin": Input(type="integer", secret=True, required=False),
        "who": Input(),
    },
)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"token": "canary"}, "it is shorter than 8 characters"),
        ({"token": ""}, "it is empty"),
        (
            {"token": ["canary-0123456789"]},
            "a value of type string wanted; the value that was given is not shown",
        ),
        ({"token": "x" * 9, "pin": "canary-0123456789"}, "a value of type integer wanted; the value"),
        ({}, "token: is missing; give it with `--input token=@env:NAME`"),
    ],
)
def test_a_wrong_secret_is_told_without_its_value(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        checked_inputs(SECRET, {"who": "ann", **given})
    assert said in f"{error.value.where['name']}: {error.value.where['reason']}"
    assert "canary" not in str(error.value)


def test_what_goes_on_record_of_inputs_has_no_secret_in_it() -> None:
    values = checked_inputs(SECRET, {"token": "canary-0123456789\n", "who": "ann", "pin": "123456789"})
    shown, held = parted(SECRET, values)
    assert shown == {"token": SECRET_MARK, "pin": SECRET_MARK, "who": "ann"}
    assert held == {"token": "canary-0123456789", "pin": "123456789"}
    assert parted(SECRET, {"token": SECRET_MARK, "pin": None, "who": "x"})[1] == {}


@pytest.mark.parametrize(
    "kept",
    [
        {"inputs": {"who": "see open-sesame-1"}},
        {"facts": {"x": ["deep", {"open-sesame-1": 1}]}},
        {"labels": {"open-sesame-1": "x"}},
        {"labels": {"x": "b3Blbi1zZXNhbWUtMQ=="}},
    ],
)
def test_a_secret_that_is_told_openly_as_well_is_refused(kept: dict[str, dict[str, Any]]) -> None:
    with pytest.raises(InvalidInput, match="has the value of the secret token in it") as refused:
        refuse_told({"token": "open-sesame-1"}, **kept)
    assert "open-sesame-1" not in str(refused.value)
    refuse_told({"token": "open-sesame-1"}, inputs={"token": SECRET_MARK, "who": "me"}, facts=None, labels={})
    refuse_told({}, **kept)


def test_only_values_of_secret_inputs_are_taken_for_a_run_that_is_there() -> None:
    assert secret_values(SECRET, {"token": "canary-0123456789"}) == {"token": "canary-0123456789"}
    with pytest.raises(InvalidInput, match="is no secret input; there are token, pin"):
        secret_values(SECRET, {"who": "ann"})
    with pytest.raises(InvalidInput, match="the workflow has none"):
        secret_values(FLOW, {"who": "ann"})
    assert changed_inputs(FLOW, {"count": "3"}) == {"count": 3}


def test_values_that_are_nested_too_deep_or_hold_themselves_are_refused():
    ring: list[object] = []
    ring.append(ring)
    workflow = Workflow(name="w", steps=(), inputs={"n": Input(type="any")})
    for value in (ring, {"a": ring}):
        with pytest.raises(InvalidInput, match="nested deeper than 64 levels"):
            checked_inputs(workflow, {"n": value})


FACTS = Workflow("w", (), facts={"has_ui": Fact(), "n": Fact("integer", choices=(1, 2))})


def test_facts_from_the_start_are_of_their_types_and_known() -> None:
    assert checked_facts(FACTS, {"has_ui": True, "n": "2"}) == {"has_ui": True, "n": 2}
    for name, value, why in (
        ("has_iu", True, "The workflow has no fact has_iu; did you mean has_ui?"),
        ("has_ui", "maybe", "The fact has_ui is a boolean, and 'maybe' is none."),
        ("n", 3, "The fact n is one of 1, 2, not 3."),
    ):
        with pytest.raises(InvalidInput) as refused:
            checked_facts(FACTS, {name: value})
        assert str(refused.value).startswith(why)


def test_what_a_call_gives_is_checked_as_far_as_it_is_known_before_the_run() -> None:
    inputs = {"who": "{{ inputs.x }}", "count": "many", "fast": "{{ inputs.y }}", "other": "{{ z }}"}
    step = Step("a", "call", args={"workflow": "flow", "inputs": inputs})
    assert call_faults(FLOW, step, FLOW) == [
        ("count", "integer wanted, got 'many'"),
        ("other", "the workflow has no such input"),
    ]
    keyed = Workflow(
        name="k", steps=(), inputs={"key": Input(secret=True), "plain": Input(), "more": Input(secret=True)}
    )
    caller = Workflow(name="c", steps=(), inputs={"t": Input(secret=True)})
    step = Step("a", "call", args={"workflow": "k"}, secrets={"key": "t", "plain": "t"})
    assert call_faults(caller, step, keyed) == [
        ("more", "is missing; name it under `secrets`"),
        ("plain", "is no secret input of it"),
    ]
