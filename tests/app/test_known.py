"""A workflow is checked against the names that are installed here, which nobody looks up before one is missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.app.known import Names, known_here, load_known
from ropewalk.app.settings import Settings
from ropewalk.errors import InvalidDefinition


def test_names_are_looked_up_once_and_only_when_they_are_asked_for():
    looked: list[int] = []

    def look() -> tuple[str, ...]:
        looked.append(1)
        return ("a", "b", "a")

    names = Names(look)
    assert looked == []
    assert "a" in names
    assert "c" not in names
    assert sorted(names) == ["a", "b"]
    assert len(names) == 2
    assert looked == [1]


def test_the_kinds_and_gates_of_the_product_are_known():
    known = known_here(Settings)
    assert known.kinds is not None
    assert known.gates is not None
    assert all(kind in known.kinds for kind in ("run", "role", "ask", "call", "noop", "function"))
    assert all(gate in known.gates for gate in ("command", "condition", "artifacts", "document"))
    assert "dance" not in known.kinds


@pytest.mark.parametrize(
    ("step", "why"),
    [("{id: a, uses: dance}", "dance"), ("{id: a, run: x, gate: {uses: glance}}", "glance")],
)
def test_a_kind_or_a_gate_that_is_not_installed_is_a_fault_with_its_place(
    tmp_path: Path, step: str, why: str
):
    path = tmp_path / "w.yaml"
    path.write_text(f"name: w\nsteps:\n  - {step}\n")
    with pytest.raises(InvalidDefinition) as refused:
        load_known(path, tmp_path)
    (fault,) = refused.value.faults
    assert why in fault.what
    assert fault.line == 3


def test_a_file_that_is_whole_is_loaded(tmp_path: Path):
    path = tmp_path / "w.yaml"
    path.write_text("name: w\nsteps:\n  - {id: a, uses: noop}\n")
    assert [step.id for step in load_known(path, tmp_path).workflow.steps] == ["a"]


def test_an_agent_that_is_neither_built_in_nor_in_the_settings_is_a_fault_with_the_nearest_name(
    tmp_path: Path,
):
    path = tmp_path / "w.yaml"
    path.write_text("name: w\nroles: {r: {agent: [cluade, mine]}}\nsteps:\n  - {id: a, role: r, prompt: x}\n")
    with pytest.raises(InvalidDefinition) as refused:
        load_known(path, tmp_path)
    assert [fault.nearest for fault in refused.value.faults] == ["claude", ""]
    (tmp_path / "ropewalk.toml").write_text(
        '[agents.mine]\nargv = ["true"]\n[agents.cluade]\nargv = ["true"]\n'
    )
    assert load_known(path, tmp_path).workflow.roles["r"].agents == ("cluade", "mine")


def test_the_settings_are_read_only_when_an_agent_is_named(tmp_path: Path):
    (tmp_path / "ropewalk.toml").write_text("this is no TOML")
    path = tmp_path / "w.yaml"
    path.write_text("name: w\nsteps:\n  - {id: a, uses: noop}\n")
    assert load_known(path, tmp_path).workflow.name == "w"


def test_files_count_from_the_top_of_the_repository_around_the_project(tmp_path: Path):
    (tmp_path / ".git").mkdir()
    project = tmp_path / "mono" / "svc"
    (project / "src").mkdir(parents=True)
    path = project / "w.yaml"
    path.write_text("name: w\nsteps:\n  - {id: a, run: x, dir: mono/svc/src, requires: mono/svc/w.yaml}\n")
    assert load_known(path, project).workflow.steps[0].folder == "mono/svc/src"
    path.write_text("name: w\nsteps:\n  - {id: a, run: x, requires: w.yaml}\n")
    with pytest.raises(InvalidDefinition):
        load_known(path, project)
