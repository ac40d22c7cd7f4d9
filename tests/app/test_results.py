"""The files of a run are read from what its steps left joined; of steps that disagree each file is as it was written last."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ropewalk.app import acting
from ropewalk.app.acting import StartRequest
from ropewalk.app.open import Ropewalk, open_ropewalk
from ropewalk.app.results import file_content, kept_folders, run_files, shown_content
from ropewalk.core.state import State
from ropewalk.errors import NoSuchFile
from tests.app.states import project
from tests.formats.told import workflow

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


TWO_WRITE = """
steps:
- {id: begin, run: 'seq 9 > n.txt', creates: n.txt}
- {id: top, needs: begin, run: "sed -i.old s/^1/one/ n.txt; rm n.txt.old", updates: n.txt}
- {id: end, needs: begin, run: "sed -i.old s/^9/%s/ n.txt; rm n.txt.old", updates: n.txt}
"""


async def test_a_question_shows_what_steps_wrote_side_by_side_merged(opened: Ropewalk):
    text = TWO_WRITE % "nine" + "- {id: sign, needs: [top, end], ask: {prompt: Good?, show: n.txt}}\n"
    state = await opened.drive(await opened.start(workflow(text)))
    content = await shown_content(opened, state, state.asks["a1"], "n.txt")
    assert content == b"one\n2\n3\n4\n5\n6\n7\n8\nnine\n"


async def test_where_steps_disagree_a_question_shows_the_version_of_each(opened: Ropewalk):
    text = TWO_WRITE.replace("^9", "^1") % "uno"
    state = await opened.drive(
        await opened.start(
            workflow(text + "- {id: sign, needs: [top, end], ask: {prompt: Good?, show: n.txt}}\n")
        )
    )
    content = await shown_content(opened, state, state.asks["a1"], "n.txt") or b""
    assert content.startswith(b"==> top <==\none\n2\n")
    assert b"\n==> end <==\nuno\n2\n" in content


async def test_an_approval_shows_a_file_that_its_step_did_not_write_as_it_left_it(opened: Ropewalk):
    text = TWO_WRITE % "nine" + (
        "- {id: work, needs: [top, end], run: echo x > x.txt, creates: x.txt,"
        " approve: {prompt: Good?, show: [n.txt, x.txt]}}\n"
    )
    state = await opened.drive(await opened.start(workflow(text)))
    opened_ask = state.asks["a1"]
    assert [artifact.path for artifact in opened_ask.show] == ["x.txt", "n.txt"]
    content = await shown_content(opened, state, opened_ask, "n.txt")
    assert content == b"one\n2\n3\n4\n5\n6\n7\n8\nnine\n"
