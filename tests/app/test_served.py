"""Projects with a door are known to all confinements of their user, and forgotten when they are gone."""

import shutil

import pytest

from ropewalk.app.confining import confinement_of, own_paths
from ropewalk.app.open import open_ropewalk
from ropewalk.app.served import note_served, served
from ropewalk.app.settings import Settings


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


async def test_what_is_confined_in_one_project_sees_neither_store_nor_token_of_another(tmp_path):
    other, ours = tmp_path / "other", tmp_path / "ours"
    for folder in (other, ours):
        (folder / ".ropewalk").mkdir(parents=True)
    async with open_ropewalk(other, store=str(tmp_path / "data" / "runs.db")) as ropewalk:
        note_served(own_paths(ropewalk.settings, ropewalk.home))
        hidden = confinement_of(Settings(), ours, ours / ".ropewalk").hidden
    assert {str(other / ".ropewalk"), str(tmp_path / "data" / "runs.db")} <= set(hidden)


def test_a_project_that_is_gone_is_forgotten(tmp_path, state):
    (tmp_path / "project").mkdir()
    note_served([str(tmp_path / "project")])
    note_served([str(tmp_path / "project")])
    assert served() == (str(tmp_path / "project"),)
    shutil.rmtree(tmp_path / "project")
    assert served() == ()
    assert list((state / "ropewalk" / "served").iterdir()) == []


def test_where_nothing_can_be_kept_nothing_is(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null")
    note_served([str(tmp_path)])
    assert served() == ()


def test_without_a_folder_named_it_lies_in_the_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    note_served([str(tmp_path)])
    assert [path.name for path in (tmp_path / "home/.local/state/ropewalk/served").iterdir()]
    assert served() == (str(tmp_path),)
