"""The files of a run are read from what its steps left joined; of steps that disagree each file is as it was written last."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ropewalk.app import acting
from ropewalk.app.acting import StartRequest
from ropewalk.app.open import Ropewalk, open_ropewalk
from ropewalk.app.results import file_content, kept_folders, run_files
from ropewalk.core.state import State
from ropewalk.errors import NoSuchFile
from tests.app.states import project

pytestmark = pytest.mark.needs("git")


GIT = ("git", "-c", "user.name=ann", "-c", "user.email=ann@example.org")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    project(tmp_path)
    for argv in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "begin"]):
        subprocess.run([*GIT, *argv], cwd=tmp_path, check=True)
    return tmp_path


@pytest.fixture
async def opened(folder: Path) -> AsyncIterator[Ropewalk]:
    async with open_ropewalk(folder, workspace="git") as ropewalk:
        yield ropewalk


async def driven(ropewalk: Ropewalk, workflow: str) -> State:
    run, _ = await acting.start(ropewalk, StartRequest(workflow), "ann")
    return await ropewalk.drive(run)


async def test_a_run_that_has_ended_is_read_from_its_result(opened: Ropewalk):
    state = await driven(opened, "many")
    files = await run_files(opened, state)
    assert files.commit == state.commit
    assert sorted(files.made) == ["a.txt", "b.txt"]
    assert await file_content(opened, state, files, "a.txt") == b"a\n"


async def test_a_run_that_waits_is_read_from_the_merge_so_far(opened: Ropewalk):
    state = await driven(opened, "writing")
    assert state.status == "paused"
    files = await run_files(opened, state)
    assert list(files.made) == ["plan.md"]
    assert await file_content(opened, state, files, "plan.md") == b"# the plan\n"


async def test_where_steps_disagree_each_file_is_as_it_was_written_last(opened: Ropewalk):
    state = await driven(opened, "clash")
    files = await run_files(opened, state)
    assert files.commit == ""
    assert await file_content(opened, state, files, "same.txt") == b"2\n"
    assert files.made["same.txt"].step == "two"


async def test_a_file_that_no_step_made_has_a_name(opened: Ropewalk):
    state = await driven(opened, "many")
    with pytest.raises(NoSuchFile):
        await file_content(opened, state, await run_files(opened, state), "../secret")


async def test_a_run_that_ended_well_keeps_no_folder(opened: Ropewalk):
    assert await kept_folders(opened, await driven(opened, "many")) == []


async def test_where_nothing_is_versioned_files_are_their_steps_own(tmp_path: Path):
    plain = tmp_path / "plain"
    plain.mkdir()
    async with open_ropewalk(project(plain), workspace="folder") as ropewalk:
        state = await driven(ropewalk, "many")
        files = await run_files(ropewalk, state)
        assert files.commit == ""
        assert sorted(files.made) == ["a.txt", "b.txt"]
        assert await kept_folders(ropewalk, state) == []
