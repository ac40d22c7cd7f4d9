"""A file needs its steps and nothing else; what it leaves out is what the definition says, and what nobody reads is refused."""

import msgspec
import pytest
from msgspec import UNSET

from ropewalk.definition import Fact, Input, Phase, Role, Secret, Workflow
from ropewalk.formats.native.keys import document
from ropewalk.formats.native.keys.document import DefaultsKeys, DocumentKeys, FactKeys, InputKeys, RoleKeys
from ropewalk.formats.native.keys.step import StepKeys
from ropewalk.formats.native.steps import INHERITED

STEPS = [{"id": "a", "run": "b"}]


def keys_of(**data):
    return msgspec.convert({"steps": STEPS, **data}, DocumentKeys)


def test_every_part_of_a_workflow_that_a_person_decides_has_a_key():
    fields = {"gate" if name == "gates" else name for name in Workflow.__struct_fields__}
    assert fields - set(DocumentKeys.__struct_fields__) == {"format", "source", "warnings"}


@pytest.mark.parametrize(
    ("keys", "struct"),
    [
        (document.InputKeys, Input),
        (document.SecretKeys, Secret),
        (document.FactKeys, Fact),
        (document.PhaseKeys, Phase),
        (document.RoleKeys, Role),
    ],
)
def test_every_field_of_a_declaration_can_be_written_and_no_other(keys, struct):
    fields = {"agent" if name == "agents" else name for name in struct.__struct_fields__}
    assert set(keys.__struct_fields__) == fields


@pytest.mark.parametrize(
    ("keys", "usual", "names"),
    [
        (InputKeys(), Input(), ("type", "description", "secret")),
        (FactKeys(), Fact(), ("type", "question")),
        (RoleKeys(), Role(), ("model", "persona", "title", "options", "secrets")),
        (
            DocumentKeys([]),
            Workflow("", ()),
            ("description", "version", "merge", "documents", "land", "extra"),
        ),
    ],
)
def test_the_usual_values_of_the_keys_are_those_of_the_definition(keys, usual, names):
    assert [getattr(keys, name) for name in names] == [getattr(usual, name) for name in names]


def test_a_default_of_null_is_a_default_and_no_default_is_none():
    assert keys_of(inputs={"a": {"default": None}}).inputs["a"].default is None
    assert keys_of(inputs={"a": {}}).inputs["a"].default is UNSET


def test_a_file_says_of_all_steps_only_what_a_step_can_say():
    names = set(DefaultsKeys.__struct_fields__)
    assert names <= set(StepKeys.__struct_fields__)
    assert names == {*INHERITED, "role", "env"}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"ropewalk": 1},
        {"version": 1.10},
        {"inputs": {"a": None, "b": "integer", "c": {"choices": []}}},
        {"facts": {"a": None, "b": "any"}},
        {"roles": {"a": None, "b": "claude", "c": [], "d": {}}},
        {"secrets": {"a": {}}},
        {"phases": ["p", {"id": "q"}]},
        {"finally": []},
        {"extra": {"deep": [{"er": None}]}},
    ],
)
def test_each_form_of_a_key_is_read(data):
    keys_of(**data)


@pytest.mark.parametrize(
    "data",
    [
        {"steps": []},
        {"steps": None},
        {"steps": {"a": {"run": "b"}}},
        {"ropewalk": 2},
        {"ropewalk": "1"},
        {"ropewalk": True},
        {"name": ""},
        {"version": True},
        {"inputs": {"a": "text"}},
        {"inputs": {"a": {"typ": "string"}}},
        {"inputs": ["a"]},
        {"secrets": {"a": "the secret itself"}},
        {"secrets": {"a": {"command": []}}},
        {"secrets": {"a": {"env": ""}}},
        {"facts": {"a": {"required": True}}},
        {"roles": {"a": {"permissions": "always"}}},
        {"roles": {"a": {"confine": "container"}}},
        {"phases": [{"title": "P"}]},
        {"land": "push"},
        {"final": []},
        {"outputs": {"a": ""}},
        {"merge": {"a": ""}},
        {"defaults": {"run": "x"}},
        {"unknown": 1},
    ],
)
def test_what_fits_no_form_is_refused(data):
    with pytest.raises(msgspec.ValidationError):
        keys_of(**data)
