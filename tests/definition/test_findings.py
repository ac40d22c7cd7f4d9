"""Faults are collected with the place that the path leads to; where no file holds the workflow, the step is named instead."""

from __future__ import annotations

import pytest

from ropewalk.definition.check import check_workflow
from ropewalk.definition.fault import LONGEST
from ropewalk.definition.findings import Findings, Nowhere, texts_in
from ropewalk.definition.workflow import Input, Step, Workflow


class Lines:
    """Places that show which of the three was asked for: values in line 1, keys in line 2, characters in line 3."""

    def value(self, path) -> tuple[int, int]:
        return 1, len(path)

    def key(self, path) -> tuple[int, int]:
        return 2, len(path)

    def inside(self, path, offset: int) -> tuple[int, int]:
        return 3, offset


@pytest.mark.parametrize(
    ("options", "place"),
    [({}, (1, 2)), ({"key": True}, (2, 2)), ({"offset": 0}, (3, 0)), ({"offset": 7, "key": True}, (3, 7))],
)
def test_a_fault_points_at_a_value_a_key_or_a_character(options, place):
    findings = Findings("f.yaml", Lines())
    findings.fault(("inputs", "a"), "wrong", "fix it", **options)
    (fault,) = findings.faults
    assert (fault.file, fault.line, fault.column) == ("f.yaml", *place)
    assert (fault.what, fault.hint, fault.severity) == ("wrong", "fix it", "error")


def test_a_warning_has_a_place_as_well():
    findings = Findings("f.yaml", Lines())
    findings.warning(("steps", 0, "when"), "never", "remove it", key=True)
    assert [str(fault) for fault in findings.faults] == ["f.yaml:2:3: warning: never; remove it"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (("steps", 1), "step `b`: wrong"),
        (("steps", 0, "needs", 3), "step `a`: wrong"),
        (("steps", 2, "id"), "wrong"),
        (("steps",), "wrong"),
        (("steps", "x"), "wrong"),
        (("roles", 1), "wrong"),
        ((), "wrong"),
    ],
)
def test_without_a_place_the_step_is_named(path, message: str):
    findings = Findings("", Nowhere(), ["a", "b"])
    findings.fault(path, "wrong")
    assert [fault.what for fault in findings.faults] == [message]


def test_with_a_place_the_step_is_not_named():
    findings = Findings("f.yaml", Lines(), ["a"])
    findings.fault(("steps", 0), "wrong")
    assert findings.faults[0].what == "wrong"


def test_a_workflow_without_a_file_has_no_places():
    step = Step("a", "run", {"script": "x"}, when="inputs.b")
    faults = check_workflow(Workflow("w", (step,), inputs={"a-b": Input()}))
    assert [str(fault) for fault in faults] == [
        "<text>: `a-b` cannot be read as `inputs.a-b`; write `a_b`",
        "<text>: step `a`: `inputs` has no field `b`",
    ]


def test_a_name_of_any_length_makes_no_message_longer_than_a_line():
    findings = Findings("", Nowhere(), ["n" * 5_000])
    findings.fault(("steps", 0), "wrong", "write " + "y" * 5_000)
    (fault,) = findings.faults
    assert (len(fault.what), len(fault.hint)) == (LONGEST, LONGEST)


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("a", [((), "a")]),
        ("", [((), "")]),
        ({"k": "a", "l": ["b", ("c",)]}, [(("k",), "a"), (("l", 0), "b"), (("l", 1, 0), "c")]),
        ([{"z": "1"}, {"a": "2"}], [((0, "z"), "1"), ((1, "a"), "2")]),
        ({"key is no text of the value": None}, []),
        ([1, 2.5, True, None, b"bytes", {"a"}], []),
    ],
)
def test_every_text_of_a_value_comes_with_its_path_in_written_order(value, texts):
    assert list(texts_in((), value)) == texts


def test_the_path_of_a_text_goes_on_from_the_one_of_its_value():
    assert list(texts_in(("args",), {"argv": ["x"]})) == [(("args", "argv", 0), "x")]
