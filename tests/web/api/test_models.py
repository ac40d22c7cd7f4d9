"""What the API takes is bounded and known: an unknown key, a text without end or a figure that is none is refused."""

import pytest
from pydantic import BaseModel, ValidationError

from ropewalk.web.api import models
from ropewalk.web.api.models import (
    AnswerBody,
    Batch,
    Body,
    FactGiven,
    More,
    OnStep,
    SecretsGiven,
    Start,
)

BODIES = [
    kind
    for kind in vars(models).values()
    if isinstance(kind, type) and issubclass(kind, Body) and kind is not Body
]


@pytest.mark.parametrize("kind", BODIES, ids=lambda kind: kind.__name__)
def test_no_body_takes_a_key_that_it_does_not_know(kind):
    with pytest.raises(ValidationError) as refused:
        kind.model_validate({"unheard_of": 1})
    assert ("extra_forbidden", ("unheard_of",)) in [
        (fault["type"], fault["loc"]) for fault in refused.value.errors()
    ]


def test_everything_that_is_taken_is_such_a_body():
    kinds = {kind for kind in vars(models).values() if isinstance(kind, type) and issubclass(kind, BaseModel)}
    assert kinds == {BaseModel, Body, *BODIES}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (Start, {"workflow": "x" * 201}),
        (Start, {"workflow": "a\0b"}),
        (Start, {"workflow": None}),
        (Start, {"workflow": "x", "parallel": -1}),
        (Start, {"workflow": "x", "parallel": 10_001}),
        (Start, {"workflow": "x", "parallel": 1.5}),
        (Start, {"workflow": "x", "labels": {"team": "x" * 201}}),
        (Start, {"workflow": "x", "inputs": []}),
        (OnStep, {}),
        (OnStep, {"step": "a", "reason": "x" * 20_001}),
        (FactGiven, {"name": "1st", "value": 1}),
        (FactGiven, {"name": "a.b", "value": 1}),
        (FactGiven, {"name": "a\n", "value": 1}),
        (FactGiven, {"name": "", "value": 1}),
        (FactGiven, {"name": "a"}),
        (More, {"cost_usd": 0}),
        (More, {"cost_usd": -1}),
        (More, {"cost_usd": float("inf")}),
        (More, {"seconds": float("nan")}),
        (More, {"tokens": 10**15 + 1}),
        (More, {"attempts": 0}),
        (Batch, {"events": []}),
        (Batch, {"events": [{"name": "a"}] * 101}),
        (Batch, {"events": [{"name": "1a"}]}),
        (Batch, {"events": [{"name": "a b"}]}),
        (SecretsGiven, {"values": {"token": "x" * 65_537}}),
        (SecretsGiven, {"values": {"token": 7}}),
        (AnswerBody, {}),
        (AnswerBody, {"verdict": "approve", "content": {"a.md": None}}),
        (AnswerBody, {"verdict": "approve", "by": "boss"}),
    ],
)
def test_what_is_out_of_bounds_is_refused(kind, body):
    with pytest.raises(ValidationError):
        kind.model_validate(body)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (Start, {"workflow": "x" * 200, "parallel": 10_000, "labels": {"": ""}}),
        (FactGiven, {"name": "_größe1", "value": None}),
        (More, {}),
        (More, {"cost_usd": 1e9, "tokens": 10**15}),
        (Batch, {"events": [{"name": "build.done-1", "data": {"n": [None]}}] * 100}),
        (SecretsGiven, {"values": {"token": "\0" + "x" * 65_535}}),
        (AnswerBody, {"verdict": "approve", "value": {"a": [1]}, "content": {"a.md": ""}}),
    ],
)
def test_what_is_just_within_bounds_is_taken(kind, body):
    assert kind.model_validate(body).model_dump(exclude_unset=True) == body


def test_a_body_holds_no_more_than_was_sent_but_for_what_is_usual():
    assert Start.model_validate({"workflow": "quiet"}).model_dump() == {
        "workflow": "quiet", "inputs": {}, "facts": {}, "labels": {}, "parallel": 0,
        "sequential": False, "rehearse": False, "with_changes": False,
    }  # fmt: skip


def test_two_bodies_share_nothing_that_one_could_change():
    Start(workflow="a").inputs["x"] = 1
    assert Start(workflow="b").inputs == {}
