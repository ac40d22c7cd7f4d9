"""Folders of any depth are gone through and taken away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ropewalk.trees import files_below, remove_tree, walk

DEPTH = 1500


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    """A folder with a file in each of very many folders in folders, of which some are shut."""
    top, here = tmp_path / "deep", os.getcwd()
    top.mkdir()
    os.chdir(top)
    try:
        for floor in range(DEPTH):
            os.mkdir("d")
            if floor % 100 == 0:
                os.mkdir("beside")
                Path("beside", "file").touch()
            os.chdir("d")
        Path("last").touch()
    finally:
        os.chdir(here)
    return top


def test_a_very_deep_folder_is_gone_through_to_its_end(deep: Path):
    assert sum(1 for _ in walk(deep)) == DEPTH + DEPTH // 100 + 1
    assert sorted({path.name for path in files_below(deep)}) == ["file", "last"]
    remove_tree(deep)


def test_a_very_deep_folder_is_taken_away(deep: Path):
    (deep / "d").chmod(0o500)
    remove_tree(deep)
    assert not deep.exists()


def test_it_goes_as_os_walk_does_and_follows_no_link(tmp_path: Path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "skipped" / "c").mkdir(parents=True)
    (tmp_path / "a" / "file").touch()
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "nowhere").symlink_to("nothing")
    found = {}
    for place, folders, files in walk(tmp_path):
        found[os.path.relpath(place, tmp_path)] = (sorted(folders), sorted(files))
        folders[:] = [name for name in folders if name != "skipped"]
    assert found == {
        ".": (["a", "skipped"], []),
        "a": (["b", "up"], ["file", "nowhere"]),
        "a/b": ([], []),
    }
    assert sorted(path.name for path in files_below(tmp_path / "a")) == ["file", "nowhere", "up"]
    assert [place for place, *_ in walk(os.fsencode(tmp_path / "a" / "b"))] == [
        os.fsencode(tmp_path / "a" / "b")
    ]
    assert list(walk(tmp_path / "gone")) == [(str(tmp_path / "gone"), [], [])]


def test_what_is_not_there_cannot_be_taken_away(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        remove_tree(tmp_path / "gone")
