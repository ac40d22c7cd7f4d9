"""The JSON Schema accepts what loads, rejects what does not, and describes every key."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from ropewalk.formats.native.schema import descriptions, workflow_schema
from ropewalk.yaml.reading import yaml_document
from tests.formats.test_loading import PLANTED

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.yaml"))


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    made = json.loads(json.dumps(workflow_schema()))
    Draft202012Validator.check_schema(made)
    return Draft202012Validator(made)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_accepts_what_loads(validator, path):
    assert list(validator.iter_errors(yaml_document(path.read_text()).data)) == []


def test_it_rejects_what_does_not(validator):
    paths = [list(error.absolute_path) for error in validator.iter_errors(yaml_document(PLANTED).data)]
    assert ["steps", 1] in paths
    assert ["steps", 3, "retry"] in paths


@pytest.mark.parametrize(
    ("step", "fits"),
    [
        ({"id": "a", "run": "x"}, True),
        ({"id": "a", "run": ["x", 1]}, True),
        ({"run": "x"}, False),
        ({"id": "a"}, False),
        ({"id": "a b", "run": "x"}, False),
        ({"parallel": [{"id": "a", "run": "x"}]}, True),
        ({"parallel": {"id": "g", "steps": [{"id": "a", "run": "x"}]}}, True),
        ({"id": "a", "run": "x", "timeout": "1h30m"}, True),
        ({"id": "a", "run": "x", "timeout": "soon"}, False),
        ({"id": "a", "run": "x", "timeout": {"idle": 5}}, True),
        ({"id": "a", "run": "x", "retry": False}, True),
        ({"id": "a", "run": "x", "retry": 0}, False),
        ({"id": "a", "run": "x", "foreach": [1], "as": "n", "at_most": 2}, True),
        ({"id": "a", "gate": ["x", ["y"], {"run": "z"}, {"artifacts": "f"}]}, True),
        ({"id": "a", "gate": {"run": "x", "condition": "y"}}, False),
        ({"id": "a", "gate": {"run": "x", "thresholds": {"n": 1}, "report": "r.json"}}, True),
        ({"id": "a", "gate": {"run": "x", "protect": ["golden/**"], "may_change": "tests/a.py"}}, True),
        ({"id": "a", "gate": {}}, False),
        ({"id": "a", "ask": True}, True),
        ({"id": "a", "run": "x", "requires": [{"optional": True}]}, False),
        ({"id": "a", "run": "x", "requires": {"any_of": ["p", "q"]}}, True),
        ({"id": "a", "decide": {"routes": {"x": "y", "z": {"end": True}}}}, True),
        ({"id": "a", "run": "x", "unknown": 1}, False),
    ],
)
def test_it_knows_every_shorthand(validator, step, fits):
    assert validator.is_valid({"steps": [step]}) == fits


def test_every_key_says_what_it_is_for():
    silent = [
        f"{name}.{key}"
        for name, one in {"Document": workflow_schema(), **workflow_schema()["$defs"]}.items()
        for key, said in one["properties"].items()
        if not said.get("description")
    ]
    assert silent == []
    assert all(text.endswith(".") for fields in descriptions().values() for text in fields.values())


def test_every_reference_leads_somewhere():
    text = json.dumps(workflow_schema())
    names = {part.split('"')[0] for part in text.split('"$ref": "#/$defs/')[1:]}
    assert names <= workflow_schema()["$defs"].keys()
    assert "Keys" not in "".join(workflow_schema()["$defs"])
