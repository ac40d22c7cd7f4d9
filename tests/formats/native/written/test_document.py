"""A workflow is written with the least that reads back as it: a type alone, a name alone, or a mapping of what differs."""

import msgspec
import pytest

from ropewalk.definition import (
    Budget,
    Fact,
    Findings,
    Gate,
    Input,
    Limits,
    Phase,
    Role,
    Secret,
    Step,
    Workflow,
)
from ropewalk.formats.native.keys.document import DocumentKeys
from ropewalk.formats.native.workflow import workflow
from ropewalk.formats.native.written.document import document_keys
from ropewalk.yaml import Positions

STEPS = (Step("a", "run", {"script": "x"}),)


def again(written: Workflow) -> Workflow:
    positions = Positions.nowhere({})
    findings = Findings("", positions)
    made, _ = workflow(
        msgspec.convert(document_keys(written), DocumentKeys), "other", findings, positions, set()
    )
    assert findings.faults == []
    return msgspec.structs.replace(
        made, steps=tuple(msgspec.structs.replace(step, line=0) for step in made.steps)
    )


def test_a_workflow_of_which_nothing_else_is_said_has_three_keys():
    assert document_keys(Workflow("w", STEPS)) == {
        "ropewalk": 1,
        "name": "w",
        "steps": [{"id": "a", "run": "x"}],
    }


@pytest.mark.parametrize(
    ("part", "key", "keys"),
    [
        ({"inputs": {"i": Input()}}, "inputs", {"i": "string"}),
        ({"inputs": {"i": Input("integer")}}, "inputs", {"i": "integer"}),
        ({"inputs": {"i": Input(required=False)}}, "inputs", {"i": {"type": "string", "required": False}}),
        (
            {"inputs": {"i": Input(required=False, default=0)}},
            "inputs",
            {"i": {"type": "string", "default": 0}},
        ),
        (
            {"inputs": {"i": Input(default="d")}},
            "inputs",
            {"i": {"type": "string", "default": "d", "required": True}},
        ),
        (
            {"inputs": {"i": Input("list", choices=([1], []))}},
            "inputs",
            {"i": {"type": "list", "choices": [[1], []]}},
        ),
        ({"secrets": {"s": Secret(env="E")}}, "secrets", {"s": {"env": "E"}}),
        ({"secrets": {"s": Secret(command=("pass", "x"))}}, "secrets", {"s": {"command": ["pass", "x"]}}),
        ({"secrets": {"s": Secret()}}, "secrets", {"s": {}}),
        ({"facts": {"f": Fact("string")}}, "facts", {"f": "string"}),
        ({"facts": {"f": Fact(default=False)}}, "facts", {"f": {"type": "boolean", "default": False}}),
        ({"roles": {"r": Role()}}, "roles", {"r": {}}),
        ({"roles": {"r": Role(("a", "b"))}}, "roles", {"r": ["a", "b"]}),
        ({"roles": {"r": Role((), "m")}}, "roles", {"r": {"model": "m"}}),
        (
            {"roles": {"r": Role(("a",), secrets={"V": "s"})}},
            "roles",
            {"r": {"agent": ["a"], "secrets": {"V": "s"}}},
        ),
        ({"phases": (Phase("p"), Phase("q", "Q"))}, "phases", ["p", {"id": "q", "title": "Q"}]),
        ({"limits": Limits(parallel=1)}, "limits", {"parallel": 1}),
        ({"limits": Limits(timeout_seconds=0)}, "limits", {"timeout": 0}),
        ({"limits": Limits(budget=Budget(seconds=90))}, "limits", {"budget": {"time": "90s"}}),
        ({"gates": (Gate("spelling"),)}, "gate", [{"uses": "spelling"}]),
        ({"protect": ("a", "b")}, "protect", ["a", "b"]),
        ({"merge": {"b": "ours", "a": "union"}}, "merge", {"b": "ours", "a": "union"}),
        ({"version": "1.10"}, "version", "1.10"),
        ({"extra": {"é\u202e": [None, {}]}}, "extra", {"é\u202e": [None, {}]}),
    ],
)
def test_each_part_is_written_in_its_shortest_form_and_reads_back(part, key, keys):
    written = Workflow("w", STEPS, **part)
    assert document_keys(written).keys() - {"ropewalk", "name", "steps"} == {key}
    assert document_keys(written)[key] == keys
    assert again(written) == written


def test_the_order_of_what_is_tried_first_is_kept():
    written = Workflow(
        "w", STEPS, merge={"z": "ours", "a": "theirs", "m": "union"}, outputs={"b": "1", "a": "2"}
    )
    assert list(again(written).merge) == ["z", "a", "m"]
    assert list(again(written).outputs) == ["b", "a"]


def test_a_step_that_runs_last_is_not_moved_out_of_its_place():
    final = Step("z", "noop", final=True)
    written = Workflow("w", (final, *STEPS))
    assert [keys["id"] for keys in document_keys(written)["steps"]] == ["z", "a"]
    assert again(written).steps == written.steps


def test_where_a_workflow_came_from_is_no_part_of_it():
    written = Workflow("w", STEPS, format="bmad", source="x.yaml", warnings=("w",))
    assert document_keys(written) == document_keys(Workflow("w", STEPS))
