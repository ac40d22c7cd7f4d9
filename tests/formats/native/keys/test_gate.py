"""A gate is a command in short or a mapping of known keys; which of them go together is for the reader of gates to say."""

import msgspec
import pytest

from ropewalk.formats.native.gates import KINDS, WRITTEN
from ropewalk.formats.native.keys.gate import GateKeys, Gates, VerdictKeys


@pytest.mark.parametrize(
    "data",
    [
        "pytest -q",
        [],
        ["pytest -q", ["ruff", "check", 1], {"run": "x"}],
        {},
        {"with": {}, "uses": "x"},
        {"scale": 10},
        {"scale": 100},
        {"thresholds": {"a": 1, "b": 0.5, "c": "< 3"}},
        {"verdict": {"role": "r", "criteria": "c"}},
        {"person": False},
        {"protect": "a", "may_change": ["b", "c"]},
    ],
)
def test_each_form_of_a_gate_is_read(data):
    msgspec.convert(data, Gates)


@pytest.mark.parametrize(
    "data",
    [
        "",
        5,
        None,
        True,
        [""],
        [5],
        [None],
        [[["deep"]]],
        [[True]],
        {"arguments": {}},
        {"scale": 5},
        {"scale": "10"},
        {"thresholds": {}},
        {"thresholds": {"a": ""}},
        {"thresholds": {"a": True}},
        {"thresholds": {"a": None}},
        {"run": []},
        {"condition": True},
        {"document": ""},
        {"verdict": {"role": "r"}},
        {"verdict": {"role": "", "criteria": "c"}},
        {"protect": [""]},
        {"unknown": 1},
    ],
)
def test_what_is_no_gate_in_any_form_is_refused(data):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(data, Gates)


def test_a_list_in_the_list_is_a_command_and_keeps_its_numbers():
    assert msgspec.convert([["head", "-n", 5]], Gates) == [["head", "-n", 5]]


def test_a_judge_needs_somebody_and_something_to_judge_by():
    assert [field.name for field in msgspec.structs.fields(VerdictKeys) if field.required] == [
        "role",
        "criteria",
    ]


def test_each_kind_of_gate_has_its_key_and_nothing_is_said_of_it_unless_written():
    empty = GateKeys()
    assert all(getattr(empty, kind) is msgspec.UNSET for kind in KINDS)
    renamed = {
        field.name: field.encode_name
        for field in msgspec.structs.fields(GateKeys)
        if field.name != field.encode_name
    }
    assert renamed == WRITTEN
