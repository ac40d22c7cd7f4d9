"""What was written is frozen data that nothing has checked: it can be made of anything, compared, and never changed."""

from __future__ import annotations

import inspect
from typing import get_args

import msgspec
import pytest

from ropewalk.definition import workflow as module
from ropewalk.definition.check import check_workflow
from ropewalk.definition.workflow import (
    Approval,
    BackTo,
    Confine,
    Decision,
    Foreach,
    Gate,
    Input,
    Permissions,
    Role,
    Step,
    Workflow,
)

STRUCTS = [
    kind
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, msgspec.Struct) and kind.__module__ == module.__name__
]


@pytest.mark.parametrize("kind", STRUCTS)
def test_every_part_is_frozen_and_leaves_its_defaults_out(kind: type[msgspec.Struct]):
    assert kind.__struct_config__.frozen
    assert kind.__struct_config__.omit_defaults


@pytest.mark.parametrize("kind", STRUCTS)
def test_the_defaults_are_of_the_types_that_they_are_declared_with(kind: type[msgspec.Struct]):
    needed = {"id": "a", "kind": "noop", "name": "w", "over": "[1]", "to": "a", "steps": []}
    names = [field.name for field in msgspec.structs.fields(kind) if field.required]
    made = msgspec.convert({name: needed[name] for name in names}, kind)
    spelt = {name: getattr(made, name) for name in kind.__struct_fields__}
    plain = {name: msgspec.to_builtins(value) for name, value in spelt.items()}
    assert msgspec.convert(plain, kind) == made


def test_the_smallest_workflow_has_no_fault():
    assert check_workflow(Workflow("w", (Step("a", "noop"),))) == []


def test_nonsense_can_be_written_down_and_is_found_by_the_check():
    steps = (
        Step("", "nothing"),
        Step("a", "noop", needs=("ghost",)),
        Step("a", "noop", back_to=BackTo("", at_most=-1)),
    )
    workflow = Workflow("w", steps, inputs={"": Input("integer", default="x")})
    assert [step.id for step in workflow.steps] == ["", "a", "a"]
    assert len(check_workflow(workflow)) >= 4


@pytest.mark.parametrize("made", [Step, Role, Gate, Approval, Workflow])
def test_two_of_a_kind_share_none_of_their_defaults(made):
    needed = {"Step": ("a", "noop"), "Gate": ("command",), "Workflow": ("w", ())}.get(made.__name__, ())
    first, second = made(*needed), made(*needed)
    shared = [
        name
        for name in made.__struct_fields__
        if isinstance(getattr(first, name), dict) and getattr(first, name) is getattr(second, name)
    ]
    assert shared == []
    assert first == second


def test_what_was_written_is_equal_whichever_format_it_came_from():
    first = Step("a", "run", {"argv": ["x"]}, foreach=Foreach("[1]"), decision=Decision())
    second = Step(id="a", kind="run", args={"argv": ["x"]}, decision=Decision(), foreach=Foreach(over="[1]"))
    assert first == second
    assert first != msgspec.structs.replace(second, foreach=Foreach("[1]", at_most=1))


@pytest.mark.parametrize(
    ("words", "laxest", "strictest"), [(Permissions, "allow", "deny"), (Confine, "none", "worktree")]
)
def test_the_later_word_is_the_stricter(words, laxest: str, strictest: str):
    assert (get_args(words)[0], get_args(words)[-1]) == (laxest, strictest)


@pytest.mark.parametrize(
    "keys",
    [
        {"workspace": "all"},
        {"on_failure": "retry"},
        {"confine": "yes"},
        {"needs": "a"},
        {"args": []},
        {"id": 1},
    ],
)
def test_a_stored_step_of_other_words_or_types_is_refused(keys):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"id": "a", "kind": "noop", **keys}, Step)
