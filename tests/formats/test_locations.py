"""The project around a folder is the nearest folder with a mark of its own, whatever the folder is; asking never fails."""

import os

import pytest

from ropewalk.formats.locations import MARKS, STATE, library_folder, project_folder


@pytest.mark.parametrize("mark", MARKS)
def test_a_folder_with_a_mark_is_the_top_of_all_below_it(tmp_path, mark):
    (tmp_path / "top" / mark).mkdir(parents=True)
    deep = tmp_path / "top" / "a" / "b"
    deep.mkdir(parents=True)
    assert project_folder(deep) == project_folder(tmp_path / "top") == (tmp_path / "top").resolve()


def test_the_nearest_mark_wins_of_whichever_kind(tmp_path):
    (tmp_path / STATE).mkdir()
    inner = tmp_path / "vendor" / "inner"
    (inner / ".git").mkdir(parents=True)
    assert project_folder(inner) == inner.resolve()
    assert project_folder(inner.parent) == tmp_path.resolve()


def test_a_worktree_whose_mark_is_a_file_is_a_project(tmp_path):
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    (tmp_path / "src").mkdir()
    assert project_folder(tmp_path / "src") == tmp_path.resolve()


def test_a_folder_without_marks_is_its_own_project(tmp_path):
    (tmp_path / "plain").mkdir()
    assert project_folder(tmp_path / "plain") == (tmp_path / "plain").resolve()


def test_a_link_leads_to_the_project_of_what_it_points_at(tmp_path):
    (tmp_path / "real" / ".git").mkdir(parents=True)
    (tmp_path / "other" / STATE).mkdir(parents=True)
    (tmp_path / "other" / "link").symlink_to(tmp_path / "real")
    assert project_folder(tmp_path / "other" / "link") == (tmp_path / "real").resolve()


def test_a_relative_folder_is_meant_from_where_one_is(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    assert project_folder(tmp_path.__class__(".")) == tmp_path.resolve()
    assert project_folder(tmp_path.__class__("..")) == tmp_path.resolve()


@pytest.mark.parametrize(
    "name", ["missing", "é \u202e\n", "x" * 300, "loop", os.path.join("file.txt", "below")]
)
def test_a_folder_that_is_none_still_has_the_project_around_it(tmp_path, name):
    (tmp_path / STATE).mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file.txt").write_text("")
    assert project_folder(tmp_path / name) == tmp_path.resolve()


@pytest.mark.parametrize("kind", ["workflows", "templates"])
def test_the_library_has_files_of_each_kind(kind):
    folder = library_folder(kind)
    assert folder.name == kind
    assert any(path.is_file() for path in folder.rglob("*.*"))


def test_the_library_is_that_of_workflows_unless_told():
    assert library_folder() == library_folder("workflows")
