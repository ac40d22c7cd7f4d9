"""Steering of the base with the rest of the run."""

from __future__ import annotations

import json
import tomllib

import pytest

from ropewalk.workspace.judging.joining import joined


def test_scripts_and_tools_of_package_json_are_the_bases_and_dependencies_the_runs():
    base = {"scripts": {"test": "jest"}, "jest": {"bail": True}, "dependencies": {"a": "1"}}
    ours = {
        "scripts": {"test": "true", "pretest": "rm -r tests", "build": "tsc", "install": "x"},
        "ava": {},
        "dependencies": {"a": "2", "b": "1"},
    }
    made = json.loads(joined("package.json", json.dumps(base).encode(), json.dumps(ours).encode()) or b"")
    assert made == {
        "scripts": {"test": "jest", "build": "tsc"},
        "jest": {"bail": True},
        "dependencies": {"a": "2", "b": "1"},
    }


def test_a_file_whose_steering_did_not_change_is_the_runs_byte_by_byte():
    ours = b'{ "scripts": {"test": "jest", "build": "tsc"},\n\n "version": "2" }'
    assert joined("package.json", b'{"scripts": {"test": "jest"}}', ours) == ours
    toml = b"[project]\nname = 'b'  # new\n[tool.pytest.ini_options]\naddopts = '-q'\n"
    assert joined("pyproject.toml", b"[tool.pytest.ini_options]\naddopts = '-q'\n", toml) == toml
    ini = b"[metadata]\nname = b\n[flake8]\nmax = 1\n"
    assert joined("setup.cfg", b"[flake8]\nmax = 1\n", ini) == ini


def test_tools_of_pyproject_are_the_bases_and_the_project_the_runs():
    base = (
        "[project]\nname='a'\n[tool.pytest.ini_options]\ntestpaths=['tests']\n[tool.hatch.envs.test]\nx=1\n"
    )
    ours = (
        "[project]\nname='a'\ndependencies=['x']\n[tool.pytest.ini_options]\ntestpaths=['none']\n[tool.coverage.run]\n"
        "omit=['*']\n[tool.poetry]\nname='a'\n[tool.hatch.envs.test]\nx=2\n[tool.hatch.build]\ny=1\n"
    )
    made = tomllib.loads((joined("pyproject.toml", base.encode(), ours.encode()) or b"").decode())
    assert made == {
        "project": {"name": "a", "dependencies": ["x"]},
        "tool": {
            "pytest": {"ini_options": {"testpaths": ["tests"]}},
            "poetry": {"name": "a"},
            "hatch": {"envs": {"test": {"x": 1}}, "build": {"y": 1}},
        },
    }


def test_what_steers_is_left_out_of_a_new_file():
    made = joined(
        "pyproject.toml", b"", b"[project]\nname='a'\n[tool.pytest.ini_options]\naddopts='-k none'\n"
    )
    assert tomllib.loads((made or b"").decode()) == {"project": {"name": "a"}, "tool": {}}
    assert joined("setup.cfg", b"", b"[metadata]\nname=a\n[tool:pytest]\nx=1") == b"[metadata]\nname=a\n"


def test_cargo_keeps_its_tests_switched_on():
    base = b"[package]\nname='a'\n"
    ours = b"[package]\nname='a'\nautotests=false\n[lib]\ntest=false\n[dependencies]\nb='1'\n"
    made = tomllib.loads((joined("Cargo.toml", base, ours) or b"").decode())
    assert made == {"package": {"name": "a"}, "lib": {}, "dependencies": {"b": "1"}}


@pytest.mark.parametrize(
    ("name", "base", "ours"),
    [
        ("Makefile", b"a:", b"b:"),
        ("package.json", b"{}", b"{"),
        ("package.json", b"[]", b"{}"),
        ("pyproject.toml", b"", b"= no"),
        ("pyproject.toml", b"[tool.x]\na=1", b"tool = 3"),
        ("setup.cfg", b"", b"\xff\xfe"),
    ],
)
def test_what_cannot_be_joined_is_taken_whole(name, base, ours):
    assert joined(name, base, ours) is None
