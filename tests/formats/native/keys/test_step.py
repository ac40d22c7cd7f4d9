"""The keys of a step say nothing unless written, a group takes only what it can give to its members, and files need no more than a path."""

from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from ropewalk.definition import Step
from ropewalk.formats.native.keys.step import CallKeys, FileKeys, GroupKeys, StepKeys
from ropewalk.formats.native.steps import GROUPED, INHERITED, WORK, WRITTEN


def keys_of(data):
    return msgspec.convert(data, StepKeys)


def test_an_empty_step_says_nothing_that_defaults_could_not_say():
    empty = keys_of({})
    assert [name for name in (*WORK, *INHERITED) if getattr(empty, name) is not UNSET] == []


def test_a_step_that_was_written_in_words_of_the_file_is_known_by_the_names_of_the_fields():
    written = keys_of({"with": {"x": 1}, "as": "n", "finally": True})
    assert (written.arguments, written.item, written.final) == ({"x": 1}, "n", True)
    for name, word in WRITTEN.items():
        with pytest.raises(msgspec.ValidationError, match=f"unknown field `{name}`"):
            keys_of({name: {} if word == "with" else "x"})


def test_every_part_of_a_step_that_a_person_decides_has_a_key():
    """`args` and `kind` come from the work itself; `line` and `internal` are not written by anybody."""
    renamed = {"gates": "gate", "decision": "decide"}
    fields = {renamed.get(name, name) for name in Step.__struct_fields__}
    assert fields - set(StepKeys.__struct_fields__) == {"args", "kind", "line", "internal"}


def test_a_group_takes_what_it_gives_to_its_members_and_nothing_else():
    assert set(GroupKeys.__struct_fields__) - {"steps"} <= GROUPED


def test_steps_are_nested_as_deep_as_the_file_says():
    data: dict[str, Any] = {"id": "inner", "run": "x"}
    for _ in range(50):
        data = {"parallel": [data]}
    keys = keys_of(data)
    for _ in range(50):
        (keys,) = keys.parallel
    assert keys.id == "inner"


@pytest.mark.parametrize(
    "data",
    [
        {"run": ["x", 1, 1.5]},
        {"parallel": []},
        {"parallel": {"steps": [{}]}},
        {"when": False},
        {"join": "quorum 999999999"},
        {"function": "a.b_c:D.e"},
        {"function": "registered"},
        {"creates": []},
        {"creates": {"any_of": []}},
        {"env": {"A": 1, "B": 1.5, "C": True, "": "x"}},
        {"foreach": []},
        {"cache": False},
        {"call": "other"},
        {"call": {"workflow": "other"}},
    ],
)
def test_each_form_of_a_key_is_read(data):
    keys_of(data)


@pytest.mark.parametrize(
    "data",
    [
        {"id": ""},
        {"id": 5},
        {"run": {}},
        {"parallel": {"steps": []}},
        {"parallel": {"steps": [{}], "env": {}}},
        {"parallel": ["x"]},
        {"when": ""},
        {"join": "quorum"},
        {"join": "quorum  2"},
        {"join": "quorum -1"},
        {"join": "quorum ٢"},
        {"join": "quorum " + "9" * 5_000},
        {"join": "ALL"},
        {"function": "a:"},
        {"function": ":a"},
        {"function": "a:b:c"},
        {"function": "a; b"},
        {"creates": [""]},
        {"creates": {"path": ""}},
        {"env": {"A": None}},
        {"env": {"A": ["x"]}},
        {"env": ["A=x"]},
        {"optional": "yes"},
        {"final": True},
        {"workspace": "mine"},
        {"call": {}},
        {"call": {"workflow": "x", "with": {}}},
    ],
)
def test_what_fits_no_form_is_refused(data):
    with pytest.raises(msgspec.ValidationError):
        keys_of(data)


def test_a_file_and_a_call_say_no_more_than_they_must():
    assert msgspec.to_builtins(FileKeys("a")) == {
        "path": "a",
        "optional": False,
        "any_of": [],
        "external": False,
        "aggregate": False,
        "label": False,
    }
    assert CallKeys("w").inputs == {}


def test_two_steps_share_no_mapping_that_they_did_not_write():
    first, second = keys_of({}), keys_of({})
    first.env["A"] = "x"
    first.notes.append("x")
    assert (second.env, second.notes) == ({}, [])
