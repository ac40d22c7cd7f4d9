"""A path counts from where the user stands, and a run remembers it from the top of the project; anything else is a name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ropewalk.cli.context import CommandContext
from ropewalk.cli.reading import load, name, options
from ropewalk.errors import InvalidDefinition, NoSuchWorkflow, VariantNeeded
from ropewalk.formats.locations import project_folder
from ropewalk.formats.reading import ReadOptions

FLOW = "name: w\nsteps:\n  - {id: a, uses: noop}\n"
TWO = "workflow:\n  id: two\n  full_sequence: [{agent: a}]\n  short_sequence: [{agent: b}]\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("project/.ropewalk", "project/flows/sdlc", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True)
    for file in (
        "project/top.yaml",
        "project/flows/größe.yaml",
        "project/flows/plain",
        "project/flows/..w.yaml",
        "elsewhere/w.yaml",
    ):
        (tmp_path / file).write_text(FLOW)
    (tmp_path / "project" / "flows" / "linked.yaml").symlink_to(tmp_path / "elsewhere" / "w.yaml")
    (tmp_path / "link").symlink_to(tmp_path / "project")
    return tmp_path / "project"


def remembered(word: str, folder: Path) -> str:
    return name(word, CommandContext(str(folder), None), project_folder(folder))


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        ("größe.yaml", "./flows/größe.yaml"),
        ("./größe.yaml", "./flows/größe.yaml"),
        ("plain", "./flows/plain"),
        ("..w.yaml", "./flows/..w.yaml"),
        ("../top.yaml", "./top.yaml"),
        ("../flows/../top.yaml", "./top.yaml"),
        ("sdlc", "sdlc"),
        ("top.yaml", "top.yaml"),
        ("flows/größe.yaml", "flows/größe.yaml"),
        ("x" * 200, "x" * 200),
        ("", ""),
        ("..", ".."),
        ("a\0b", "a\0b"),
    ],
)
def test_a_file_is_remembered_from_the_top_and_every_other_word_as_it_is(project, word, kept):
    assert remembered(word, project / "flows") == kept


@pytest.mark.parametrize("word", ["../../elsewhere/w.yaml", "linked.yaml"])
def test_a_file_outside_of_the_project_is_remembered_by_its_whole_path(project, word):
    assert remembered(word, project / "flows") == os.path.realpath(project.parent / "elsewhere" / "w.yaml")


def test_a_project_that_is_reached_by_a_link_has_its_own_files(project):
    assert remembered("größe.yaml", project.parent / "link" / "flows") == "./flows/größe.yaml"
    assert remembered(str(project.parent / "link" / "top.yaml"), project) == "./top.yaml"


def test_a_run_of_a_path_is_found_again_from_anywhere(ropewalk, monkeypatch):
    (ropewalk.folder / ".ropewalk").mkdir()
    ropewalk.write("flows/w.yaml", FLOW)
    monkeypatch.chdir(ropewalk.folder / "flows")
    assert ropewalk("run", "w.yaml").code == 0
    assert ropewalk("run", "flows/w.yaml").code == 0
    assert len(ropewalk.json("runs", "-C", "..")["runs"]) == 2


def read(text: str, folder: Path, *how: object):
    (folder / "w.yaml").write_text(text)
    return load(CommandContext(str(folder), None), "w.yaml", *how)  # type: ignore[arg-type]


def test_one_of_several_workflows_in_a_file_has_to_be_named(tmp_path):
    with pytest.raises(VariantNeeded) as refused:
        read(TWO, tmp_path, None, False)
    assert len(refused.value.names) == 2
    for variant in refused.value.names:
        assert read(TWO, tmp_path, variant, False).workflow.steps


def test_what_cannot_be_loaded_says_why_and_makes_no_store(tmp_path):
    with pytest.raises(InvalidDefinition):
        read("name: w\nsteps: 3\n", tmp_path, None, False)
    with pytest.raises(NoSuchWorkflow):
        load(CommandContext(str(tmp_path), None), "none.yaml", None, False)
    assert [path.name for path in tmp_path.iterdir()] == ["w.yaml"]


def test_what_a_user_may_say_reaches_the_reader_of_the_file():
    assert options(None, False, False) == {"options": ReadOptions()}
    assert options("", False, False) == {"options": ReadOptions()}
    assert options("short", True, True) == {"options": ReadOptions("short", True, approvals=False)}
