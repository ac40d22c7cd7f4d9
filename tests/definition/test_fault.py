"""A fault reads as one line that can be acted on; the faults of a file come in its order, and one error carries them all."""

from __future__ import annotations

import pytest

from ropewalk.definition.fault import (
    LONGEST,
    Fault,
    definition_error,
    errors_in,
    faults_in_order,
    nearest,
    shortened,
)


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (Fault("f.yaml", 3, 7, "it is wrong"), "f.yaml:3:7: it is wrong"),
        (Fault("f.yaml", 0, 0, "it is wrong"), "f.yaml: it is wrong"),
        (Fault("", 0, 0, "it is wrong"), "<text>: it is wrong"),
        (Fault("", 2, 1, "it is wrong"), "<text>:2:1: it is wrong"),
        (Fault("f", 1, 1, "no `biuld`", "build"), "f:1:1: no `biuld`; did you mean build?"),
        (Fault("f", 1, 1, "no `x`", hint="define it"), "f:1:1: no `x`; define it"),
        (Fault("f", 1, 1, "no `x`", "y", "define it"), "f:1:1: no `x`; did you mean y?; define it"),
        (Fault("f", 1, 1, "odd", severity="warning"), "f:1:1: warning: odd"),
    ],
)
def test_a_fault_reads_as_one_line(fault: Fault, line: str):
    assert str(fault) == line


def test_faults_come_by_file_line_and_column_and_each_once():
    late, early, same_line = Fault("a", 10, 1, "late"), Fault("a", 2, 9, "early"), Fault("a", 10, 2, "later")
    other_file = Fault("b", 1, 1, "other")
    assert faults_in_order([other_file, same_line, late, early, late]) == [early, late, same_line, other_file]


def test_faults_of_one_place_stay_in_the_order_in_which_they_were_noted():
    second, first = Fault("a", 1, 1, "z"), Fault("a", 1, 1, "a")
    assert faults_in_order(fault for fault in (second, first)) == [second, first]


def test_a_warning_is_carried_along_but_not_counted():
    error, warning = Fault("f", 2, 1, "wrong"), Fault("f", 1, 1, "odd", severity="warning")
    assert errors_in([error, warning]) == [error]
    refusal = definition_error("f.yaml", [error, warning, error])
    assert refusal.where["count"] == 1
    assert refusal.where["file"] == "f.yaml"
    assert refusal.faults == [warning, error]


def test_a_definition_that_no_file_holds_is_called_the_text():
    assert definition_error("", []).where["file"] == "the text"


@pytest.mark.parametrize(
    ("name", "names", "expected"),
    [
        ("biuld", ["test", "build"], "build"),
        ("BUILD", ["build"], "build"),
        ("on-failure", ["on_failure", "failure"], "on_failure"),
        ("on_failure", ["On-Failure"], "On-Failure"),
        ("zzz", ["build"], ""),
        ("build", [], ""),
        ("build", [""], ""),
        ("", ["build", ""], ""),
        ("größe", ["grosse", "groesse", "größer"], "größer"),
        ("ab", ["AB", "ab", "a-b"], "AB"),
    ],
)
def test_the_nearest_name_is_a_close_one_or_none(name: str, names: list[str], expected: str):
    assert nearest(name, names) == expected


def test_a_name_at_hand_only_once_is_enough_to_be_compared():
    assert nearest("biuld", (name for name in ("build", "test"))) == "build"


@pytest.mark.parametrize(
    ("length", "kept"), [(0, 0), (LONGEST, LONGEST), (LONGEST + 1, LONGEST), (10**6, LONGEST)]
)
def test_a_text_is_cut_only_where_it_is_too_long(length: int, kept: int):
    short = shortened("x" * length)
    assert len(short) == kept
    assert short.endswith("…") is (length > LONGEST)
