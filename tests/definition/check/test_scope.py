"""The names of an expression have the types that the workflow declares, and outputs are there only after their step."""

from __future__ import annotations

import pytest

from ropewalk.definition.check.scope import RUN, Scope
from ropewalk.definition.check.shape import Shape
from ropewalk.definition.check.subject import Known, Subject
from ropewalk.definition.condition import ANY, BOOL, DOUBLE, INT, STRING, Type, list_of, map_of, object_of
from ropewalk.definition.findings import Findings, Nowhere
from ropewalk.definition.workflow import (
    Approval,
    Choice,
    Decision,
    Fact,
    Foreach,
    Input,
    Route,
    Step,
    Workflow,
)

CLOSED = {"type": "object", "properties": {"n": {"type": "integer"}}, "additionalProperties": False}


def scope(*steps: Step, unsure: frozenset[str] = frozenset(), **keys) -> Scope:
    workflow = Workflow("w", steps, **keys)
    subject = Subject(workflow, Known(), Findings("", Nowhere()), unsure)
    return Scope(subject, Shape(workflow))


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (Input("string"), STRING),
        (Input("integer"), INT),
        (Input("number"), DOUBLE),
        (Input("boolean"), BOOL),
        (Input("list"), list_of()),
        (Input("object"), map_of()),
        (Input("any"), ANY),
        (Input(choices=("x", "y")), Type("string", choices=("x", "y"))),
        (Input("integer", choices=(1, 2)), INT),
        (Input("any", choices=("x", 2)), ANY),
    ],
)
def test_an_input_or_a_fact_has_the_type_that_it_is_declared_with(declared: Input, expected: Type):
    fact = Fact(declared.type, choices=declared.choices)
    names = scope(inputs={"v": declared}, facts={"v": fact}).names
    assert names == {
        "inputs": object_of({"v": expected}),
        "facts": object_of({"v": expected}),
        "outputs": object_of({}),
        "run": RUN,
    }


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Step("a", "run"), object_of({"exit_code": INT, "stdout": STRING}, closed=False)),
        (Step("a", "teleport"), object_of({}, closed=False)),
        (
            Step("a", "noop", {"outputs": {"n": 5, "s": "x"}}),
            object_of({"n": INT, "s": STRING}, closed=False),
        ),
        (Step("a", "noop", {"outputs": "{{ inputs.x }}"}), object_of({}, closed=False)),
        (
            Step("a", "decide", decision=Decision((Route("yes"), Route("no")))),
            object_of({"route": Type("string", choices=("yes", "no"))}),
        ),
        (Step("a", "decide"), object_of({})),
        (Step("a", "role", output=CLOSED), object_of({"n": INT})),
        (Step("a", "run", output=CLOSED), object_of({"exit_code": INT, "stdout": STRING, "n": INT})),
        (Step("a", "run", output={"type": "array"}), ANY),
        (
            Step("a", "role", output=CLOSED, foreach=Foreach("[1]")),
            object_of({"items": list_of(object_of({"n": INT})), "keys": list_of(STRING)}),
        ),
        (
            Step("a", "role", output=CLOSED, foreach=Foreach("[1]", quorum=1)),
            object_of(
                {"items": list_of(object_of({"n": INT})), "keys": list_of(STRING), "failed": list_of(STRING)}
            ),
        ),
    ],
)
def test_the_outputs_of_a_step_are_those_of_its_kind_and_of_its_schema(step: Step, expected: Type):
    assert scope(step).names["outputs"] == object_of({"a": expected})


def test_an_answer_has_the_choices_that_are_offered():
    choices = (Choice("x"), Choice("y"))
    answered = scope(Step("a", "ask", ask=Approval(choices=choices))).outputs["a"]
    assert answered.closed
    assert answered.fields["choice"].choices == ("x", "y")


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        ("[1, 2]", INT),
        ("[1, 2.5]", DOUBLE),
        ('[1, "a"]', ANY),
        ('[{"a": 1}, {"b": 2}]', object_of({"a": INT, "b": INT})),
        ("[]", ANY),
        ('{"a": 1}', ANY),
        ("5", ANY),
        ("inputs.rows", ANY),
        ("inputs.named", object_of({"key": STRING, "value": ANY})),
        ("inputs.nobody", ANY),
        ("inputs", ANY),
        ("nobody.at.all", ANY),
        ("outputs.plan.items", object_of({"n": INT})),
        ("outputs.plan.keys", STRING),
        ("outputs['plan'].items", ANY),
        ("inputs.rows.filter(x, x != 0)", ANY),
        ("[" * 10_000, ANY),
        ("[" * 1_000 + "]" * 1_000, ANY),
        ("[\udc80]", ANY),
    ],
)
def test_an_item_is_known_as_far_as_the_list_tells(over: str, expected: Type):
    plan = Step("plan", "role", output=CLOSED, foreach=Foreach("[1]"))
    assert scope(plan, inputs={"rows": Input("list"), "named": Input("object")}).item(over) == expected


def test_only_a_step_with_a_list_reads_an_item_and_by_the_name_that_it_gives():
    each, plain = Step("each", "run", foreach=Foreach("[1]", name="page")), Step("plain", "run")
    names = scope(each, plain)
    assert names.of(each)["page"] == INT
    assert names.of(plain).keys() == names.names.keys() == {"inputs", "facts", "outputs", "run"}


def test_a_gate_reads_the_own_outputs_by_themselves_but_no_step_is_hidden_by_one():
    properties = {"coverage": {"type": "number"}, "stdout": {}}
    step = Step("a", "run", output={"properties": properties, "additionalProperties": True})
    other = Step("stdout", "noop")
    names = scope(step, other)
    own = names.of(step, own=True)["outputs"]
    assert own.fields["coverage"] == DOUBLE
    assert own.fields["a"].fields["coverage"] == DOUBLE
    assert own.fields["stdout"] == names.outputs["stdout"]
    assert "coverage" not in names.of(step)["outputs"].fields
    assert not own.closed


def test_in_a_gate_of_a_list_the_step_stands_for_one_item():
    step = Step("a", "run", foreach=Foreach("[1]"))
    names = scope(step)
    assert names.of(step)["outputs"].fields["a"].fields.keys() == {"items", "keys"}
    assert names.of(step, own=True)["outputs"].fields["a"].fields.keys() == {"exit_code", "stdout"}


FIRST, AFTER, APART = Step("first", "run"), Step("after", "run", needs=("first",)), Step("apart", "run")
LAST = Step("last", "run", final=True)
ROUND = (Step("x", "run", needs=("y",)), Step("y", "run", needs=("x",)))


@pytest.mark.parametrize(
    ("reader", "step", "reason"),
    [
        (AFTER, "first", ""),
        (FIRST, "after", "`after` may not have ended when `first` starts"),
        (APART, "first", "`first` may not have ended when `apart` starts"),
        (APART, "apart", "`apart` has no outputs before it has run"),
        (APART, "last", "`last` runs after all others"),
        (LAST, "apart", ""),
        (LAST, "last", ""),
        (ROUND[0], "y", ""),
        (ROUND[0], "apart", ""),
        (APART, "x", ""),
    ],
)
def test_outputs_are_missing_unless_the_step_must_have_ended(reader: Step, step: str, reason: str):
    assert scope(FIRST, AFTER, APART, LAST, *ROUND).missing(reader, step) == reason


def test_nothing_is_missing_for_a_step_that_was_not_fully_understood():
    assert scope(FIRST, APART, unsure=frozenset({"apart"})).missing(APART, "first") == ""


@pytest.mark.parametrize(
    ("more", "closed"),
    [
        ({}, True),
        ({"required": ["n"]}, True),
        ({"additionalProperties": True}, False),
        ({"patternProperties": {"^x": {}}}, False),
        ({"allOf": [{"properties": {"m": {}}}]}, False),
    ],
)
def test_outputs_that_a_schema_does_not_name_are_none_unless_it_leaves_room_for_more(more, closed):
    step = Step("a", "role", output={"properties": {"n": {"type": "integer"}}, **more})
    assert scope(step).outputs["a"].closed is closed
