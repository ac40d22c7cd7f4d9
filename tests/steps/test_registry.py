"""Kinds, gates and agents by name; a plug-in that breaks is told of and harms nobody."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from ropewalk.errors import PluginError
from ropewalk.steps.registry import GATES, KINDS, Gates, Kinds, plugin_agents

PLUGINS = """
class Good:
    name, schema, workspace = "good", {}, "own"
    async def perform(self, brief, desk, tools): ...

made = Good()
class Poor: name = "poor"
class Angry:
    def __init__(self): raise RuntimeError("not today")
"""


@pytest.fixture
def found(tmp_path: Path, monkeypatch) -> Callable[[str], Iterable[EntryPoint]]:
    (tmp_path / "plugged_in.py").write_text(PLUGINS)
    (tmp_path / "plugged_broken.py").write_text("raise ValueError('broken at import')")
    (tmp_path / "plugged_leaving.py").write_text("raise SystemExit(3)")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "modules", {k: v for k, v in sys.modules.items() if not k.startswith("plugged")})
    points = {
        "good": "plugged_in:Good",
        "made": "plugged_in:made",
        "poor": "plugged_in:Poor",
        "angry": "plugged_in:Angry",
        "absent": "plugged_in:NotThere",
        "broken": "plugged_broken:X",
        "leaving": "plugged_leaving:X",
        "nowhere": "no_such_module:X",
        "run": "plugged_in:Good",
    }
    return lambda group: [EntryPoint(name, value, group) for name, value in points.items()]


def test_every_built_in_thing_loads_and_calls_itself_by_its_name():
    for name in KINDS:
        assert Kinds().kind(name).name == name
    for name in GATES:
        assert Gates().gate(name).name == name


def test_the_same_thing_is_given_to_all_who_ask():
    kinds = Kinds()
    assert kinds.kind("run") is kinds.kind("run")


def test_names_are_known_without_importing_anything(found):
    names = Kinds(found).names()
    assert names[: len(KINDS)] == tuple(KINDS)
    assert {"good", "broken"} < set(names)
    assert "plugged_in" not in sys.modules


def test_a_good_plug_in_loads_as_a_class_or_as_a_thing(found):
    kinds = Kinds(found)
    assert kinds.kind("good").name == kinds.kind("made").name == "good"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("poor", "lacks schema, workspace, perform"),
        ("angry", "RuntimeError: not today"),
        ("absent", "AttributeError"),
        ("broken", "ValueError: broken at import"),
        ("leaving", "SystemExit: 3"),
        ("nowhere", "ModuleNotFoundError"),
        ("unheard-of", "nothing of that name"),
    ],
)
def test_a_plug_in_that_breaks_is_one_clear_error_each_time(found, name, said):
    kinds = Kinds(found)
    for _ in range(2):
        with pytest.raises(PluginError) as caught:
            kinds.kind(name)
        assert said in str(caught.value)
        assert name in str(caught.value)
    assert kinds.kind("good").name == "good"


def test_all_that_is_wrong_can_be_listed_once_and_built_in_names_stay_ours(found):
    kinds = Kinds(found)
    faults = kinds.load_all()
    assert sorted(fault.where["name"] for fault in faults) == sorted(
        ["poor", "angry", "absent", "broken", "leaving", "nowhere", "run"]
    )
    assert kinds.kind("run").schema
    assert len(kinds.load_all()) == len(faults)


def test_two_plug_ins_of_one_name_are_told_and_the_first_stays():
    points = [EntryPoint("x", "json:loads", "g"), EntryPoint("x", "json:dumps", "g")]
    kinds = Kinds(lambda group: points)
    assert kinds.names().count("x") == 1
    assert "takes a name that json:loads has" in str(kinds.faults[0])


def test_agents_of_plug_ins_are_a_registry_too():
    assert plugin_agents(lambda group: []).names() == ()
    assert plugin_agents().load_all() == []


def test_asking_for_a_built_in_kind_looks_for_no_entry_points():
    code = (
        "import sys; from ropewalk.steps.registry import Kinds; Kinds().kind('noop');"
        "print([m for m in ('jinja2', 'jsonschema', 'asyncio.subprocess', 'ruamel.yaml') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "jinja2" not in done.stdout
    assert "jsonschema" not in done.stdout
