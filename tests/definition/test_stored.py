"""A stored workflow comes back whole, and its digest changes with what it says, never with how or where it was written."""

from __future__ import annotations

from hashlib import sha256

import msgspec
import pytest

from ropewalk.definition.policy import Join, Limits, Retry
from ropewalk.definition.stored import decode_workflow, encode_workflow, workflow_digest
from ropewalk.definition.workflow import (
    BackTo,
    Decision,
    Fact,
    Foreach,
    Gate,
    Input,
    Role,
    Route,
    Step,
    Workflow,
)

FULL = Workflow(
    "flow",
    (
        Step("plan", "run", {"argv": ["echo", "größe 😀 \u202e"]}, retry=Retry(5, 0.5)),
        Step(
            "each", "role", needs=("plan",), foreach=Foreach("[1]"), gates=(Gate("command", {"script": "x"}),)
        ),
        Step(
            "pick", "decide", decision=Decision((Route("yes", to=("each",)), Route("no", end=True)), "person")
        ),
        Step(
            "last", "noop", back_to=BackTo("plan"), join=Join("quorum", 1), extra={"deep": [{"a": None}, 1.5]}
        ),
    ),
    inputs={"n": Input("integer", default=0)},
    facts={"ok": Fact(choices=(True, "x"))},
    roles={"r": Role(("claude",), options={"k": [1]})},
    limits=Limits(parallel=2),
    outputs={"x": "outputs.plan.stdout"},
)


def flow(**keys) -> Workflow:
    return Workflow("w", (Step("a", "noop", **keys),))


@pytest.mark.parametrize("workflow", [FULL, flow(), Workflow("", ())])
def test_a_stored_workflow_comes_back_whole(workflow: Workflow):
    assert decode_workflow(encode_workflow(workflow)) == workflow


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"null",
        b"{}",
        b"[]",
        b'{"name": "w"}',
        b'{"name": 1, "steps": []}',
        b'{"name": "w", "steps": [{}]}',
        b'"\xff"',
    ],
)
def test_other_bytes_are_refused(stored: bytes):
    with pytest.raises(msgspec.DecodeError):
        decode_workflow(stored)


def test_the_digest_is_the_sha256_of_what_differs_from_its_default():
    assert workflow_digest(flow()) == sha256(b'{"name":"w","steps":[{"id":"a","kind":"noop"}]}').hexdigest()


def test_a_default_that_is_said_aloud_changes_nothing():
    aloud = flow(args={}, retry=Retry(attempts=3, delay_seconds=1, jitter=True), join=Join("all", 0), when="")
    assert workflow_digest(aloud) == workflow_digest(flow())
    inputs = {"n": Input("string", True, None, "")}
    assert workflow_digest(msgspec.structs.replace(FULL, inputs=inputs)) == workflow_digest(
        msgspec.structs.replace(FULL, inputs={"n": Input()})
    )


def test_where_it_stood_and_what_was_remarked_on_it_changes_nothing():
    steps = tuple(msgspec.structs.replace(step, line=step.line + 7) for step in FULL.steps)
    moved = msgspec.structs.replace(
        FULL, source="/elsewhere.yaml", format="bmad", warnings=("odd",), steps=steps
    )
    assert workflow_digest(moved) == workflow_digest(FULL)


def test_it_stays_the_same_when_it_was_stored_in_between():
    assert workflow_digest(decode_workflow(encode_workflow(FULL))) == workflow_digest(FULL)


def test_lists_and_tuples_or_the_order_of_names_make_no_other_workflow():
    first, second = flow(args={"a": [1, 2], "b": 1}), flow(args={"b": 1, "a": (1, 2)})
    assert workflow_digest(first) == workflow_digest(second)


def test_a_whole_number_of_seconds_is_the_same_with_a_fraction():
    assert workflow_digest(flow(retry=Retry(delay_seconds=9))) == workflow_digest(
        flow(retry=Retry(delay_seconds=9.0))
    )


@pytest.mark.parametrize(
    "keys",
    [
        {"kind": "run"},
        {"when": "false"},
        {"args": {"a": 1}},
        {"args": {"a": "1"}},
        {"args": {"a": None}},
        {"args": {"a": True}},
        {"args": {"": ""}},
        {"extra": {"a": 1}},
        {"retry": Retry(jitter=False)},
        {"foreach": Foreach("[]")},
        {"back_to": BackTo("a")},
        {"notes": ("x",)},
        {"optional": True},
    ],
)
def test_whatever_it_says_otherwise_changes_the_digest(keys):
    said_otherwise = Workflow("w", (msgspec.structs.replace(Step("a", "noop"), **keys),))
    assert workflow_digest(said_otherwise) != workflow_digest(flow())


def test_the_order_of_steps_changes_the_digest():
    turned = msgspec.structs.replace(FULL, steps=FULL.steps[::-1])
    assert workflow_digest(turned) != workflow_digest(FULL)


def test_plain_values_of_different_kinds_are_different():
    digests = {
        workflow_digest(flow(args={"a": value})) for value in (1, 1.5, "1", True, None, [], {}, [1], {"1": 1})
    }
    assert len(digests) == 9
