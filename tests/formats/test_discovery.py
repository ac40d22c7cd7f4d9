"""A name leads to the first file that has it: the caller's folder, the project's folders, then the library."""

import os

import pytest

from ropewalk.errors import NoSuchWorkflow
from ropewalk.formats import discovery
from ropewalk.formats.discovery import find_workflow, list_workflows
from ropewalk.formats.locations import library_folder

FLOW = "description: |\n  Does\n  it.\nsteps: [{id: a, run: b}]\n"


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A project with a workflow in each folder, and a library next to it."""
    top = tmp_path / "top"
    library = tmp_path / "library"
    files = {
        top / ".ropewalk/workflows/nightly.yaml": FLOW,
        top / ".ropewalk/workflows/team/deploy.yml": FLOW,
        top / ".bmad-core/workflows/green.yaml": "workflow: {id: green}\n",
        top / "workflows/nightly.yaml": "steps: []",
        top / "workflows/broken.yaml": "a: [\n",
        top / "workflows/notes.txt": "not one",
        library / "sdlc.yaml": FLOW,
        top / "deep/er/other.yaml": FLOW,
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(discovery, "library_folder", lambda: library)
    return top


def test_a_workflow_is_found_by_name_from_any_folder_of_the_project(house):
    for start in (house, house / "deep/er"):
        assert find_workflow("nightly", start) == house.resolve() / ".ropewalk/workflows/nightly.yaml"
        assert find_workflow("team/deploy", start) == house.resolve() / ".ropewalk/workflows/team/deploy.yml"
    assert find_workflow("sdlc", house).name == "sdlc.yaml"


def test_a_workflow_is_found_by_path(house):
    assert find_workflow("deep/er/other.yaml", house) == house / "deep/er/other.yaml"
    assert find_workflow("other.yaml", house / "deep/er") == house / "deep/er/other.yaml"
    assert find_workflow(str(house / "deep/er/other.yaml")) == house / "deep/er/other.yaml"


def test_a_path_that_leads_to_no_file_is_not_said_to_lead_nowhere(house):
    os.mkfifo(house / "pipe.yaml")
    assert find_workflow("pipe.yaml", house) == house / "pipe.yaml"
    (house / "folder.yaml").mkdir()
    with pytest.raises(NoSuchWorkflow):
        find_workflow("folder.yaml", house)


def test_a_called_workflow_is_looked_for_beside_the_caller_first(house):
    (house / "deep/er/nightly.yml").write_text(FLOW)
    near = house / "deep/er"
    assert find_workflow("nightly", house, near) == near / "nightly.yml"
    assert find_workflow("./other.yaml", house, near) == near / "./other.yaml"
    assert find_workflow("sdlc", house, near).name == "sdlc.yaml"


def test_a_name_that_nobody_has_is_refused_with_the_nearest(house):
    with pytest.raises(NoSuchWorkflow, match=r"no workflow nightli.*did you mean nightly"):
        find_workflow("nightli", house)
    with pytest.raises(NoSuchWorkflow, match=r"put yours into \.ropewalk/workflows/"):
        find_workflow("quux", house)
    with pytest.raises(NoSuchWorkflow, match=r"there is no file .*quux\.yaml"):
        find_workflow("quux.yaml", house)


def test_the_list_tells_source_kind_and_what_is_wrong(house):
    told = [(entry.name, entry.source, entry.kind, entry.description) for entry in list_workflows(house)]
    assert told[:2] == [
        ("nightly", ".ropewalk/workflows", "ropewalk", "Does it."),
        ("team/deploy", ".ropewalk/workflows", "ropewalk", "Does it."),
    ]
    assert [name for name, *_ in told] == ["nightly", "team/deploy", "green", "broken", "sdlc"]
    broken = next(entry for entry in list_workflows(house) if entry.name == "broken")
    assert "broken.yaml:2:1: a value is missing" in broken.problem
    assert broken.kind == ""


def test_a_file_that_is_no_workflow_says_so(house):
    (house / "workflows/list.yaml").write_text("- a\n")
    entry = next(entry for entry in list_workflows(house) if entry.name == "list")
    assert (entry.kind, entry.problem) == ("", "is no workflow of a known format")


def test_without_folders_there_is_the_library(tmp_path):
    assert all(entry.source == "library" for entry in list_workflows(tmp_path))
    assert library_folder().name == "workflows"


def test_each_pack_of_bmad_has_a_folder_of_its_own(house):
    folder = house / ".bmad-film/workflows"
    folder.mkdir(parents=True)
    (folder / "film.yaml").write_text("workflow: {id: film, sequence: [{agent: a}]}\n")
    assert find_workflow("film", house) == house.resolve() / ".bmad-film/workflows/film.yaml"
    assert [
        (entry.name, entry.kind) for entry in list_workflows(house) if entry.source == ".bmad-film/workflows"
    ] == [("film", "bmad")]
