"""What is left of a run goes by one way, whichever door it is asked through; and what a kill left goes before work begins."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from ropewalk.app.acting import delete
from ropewalk.app.cleaning import cleanup, tidy
from ropewalk.app.open import Ropewalk, open_ropewalk
from ropewalk.app.results import kept_folders
from ropewalk.app.supervisor import Supervisor, supervised
from ropewalk.core.state import State
from ropewalk.definition.workflow import Step, Workflow
from ropewalk.errors import NoSuchRun, Refused
from ropewalk.workspace.ground import attempts_path

pytestmark = pytest.mark.needs("git")


def git(folder: Path, *argv: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    return subprocess.check_output(["git", *identity, *argv], cwd=folder, text=True).strip()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "begin")
    return tmp_path


async def done(ropewalk: Ropewalk) -> State:
    steps = (Step(id="a", kind="run", args={"script": "echo a > a.txt"}),)
    return await ropewalk.drive(await ropewalk.start(Workflow(name="flow", steps=steps)))


async def left_by_a_kill(ropewalk: Ropewalk, run: str) -> Path:
    """A judge's folder that nobody took away."""
    folder = await attempts_path(ropewalk.home, ropewalk.folder) / run / "a.1.1.judge"
    folder.mkdir(parents=True)
    (folder / "file").write_text("x")
    return folder.parent


async def test_a_run_that_is_deleted_leaves_no_ref_and_no_folder(project: Path) -> None:
    async with open_ropewalk(project) as ropewalk:
        state = await done(ropewalk)
        left = await left_by_a_kill(ropewalk, state.run)
        await delete(ropewalk, state.run, unlanded=True)
        assert git(project, "for-each-ref", "refs/ropewalk/", "refs/heads/ropewalk/") == ""
        assert not left.exists()
        with pytest.raises(NoSuchRun):
            await ropewalk.store.row(state.run)


async def test_a_result_that_is_nowhere_else_is_not_deleted_unasked(project: Path) -> None:
    async with open_ropewalk(project) as ropewalk:
        state = await done(ropewalk)
        with pytest.raises(Refused, match="part of no other branch"):
            await delete(ropewalk, state.run)
        assert git(project, "rev-parse", f"ropewalk/{state.run}") == state.commit


async def test_driving_everything_first_takes_away_what_a_kill_left(project: Path) -> None:
    async with open_ropewalk(project) as ropewalk:
        state = await done(ropewalk)
        left = await left_by_a_kill(ropewalk, state.run)
        await ropewalk.drive_all()
        assert not left.exists()


async def test_a_run_that_cannot_be_read_is_named_and_the_others_are_cleared_up_after(project: Path) -> None:
    async with open_ropewalk(project, workspace="folder") as ropewalk:
        bad, good = await done(ropewalk), await done(ropewalk)
        homes = [ropewalk.home / "runs" / state.run / "judges" / "a.1.1" for state in (bad, good)]
        for home in homes:
            home.mkdir(parents=True)
        with closing(sqlite3.connect(ropewalk.home / "ropewalk.db")) as db, db:
            db.execute("UPDATE records SET body = 7 WHERE run = ? AND version = 1", (bad.run,))
        db.close()
        (why,) = (await tidy(ropewalk))[bad.run]
        assert [home.exists() for home in homes] == [True, False]
        cleaned = await cleanup(ropewalk, 0.0, unlanded=True)
        assert (cleaned.removed, cleaned.kept) == ((good.run,), {bad.run: why})


async def test_so_does_a_supervisor(project: Path) -> None:
    async with open_ropewalk(project) as ropewalk:
        state = await done(ropewalk)
        left = await left_by_a_kill(ropewalk, state.run)
        async with supervised(Supervisor(ropewalk)):
            run = await ropewalk.start(Workflow(name="quiet", steps=(Step(id="a", kind="noop"),)))
            async with asyncio.timeout(30):
                while not await ropewalk.store.feed(0, 1, ("run.completed",), run):
                    await ropewalk.store.wait(await ropewalk.store.position(), 1.0)
        assert not left.exists()


async def test_the_folders_of_a_run_without_git_go_too_and_its_files_stay(project: Path) -> None:
    async with open_ropewalk(project, workspace="folder") as ropewalk:
        state = await done(ropewalk)
        home = ropewalk.home / "runs" / state.run
        (home / "judges" / "a.1.1").mkdir(parents=True)
        await ropewalk.drive_all()
        assert not (home / "judges").exists()
        assert (home / "files" / "a.txt").read_text() == "a\n"


@pytest.mark.parametrize("lock", ["chmod 000 locked", "mkfifo locked/pipe"])
async def test_a_folder_that_had_to_stay_is_named_with_its_run(project: Path, lock: str) -> None:
    async with open_ropewalk(project) as ropewalk:
        script = f"mkdir -p locked/.git; echo x > locked/.git/x; {lock}; exit 1"
        steps = (Step(id="a", kind="run", args={"script": script}),)
        state = await ropewalk.drive(await ropewalk.start(Workflow(name="flow", steps=steps)))
        folders = await kept_folders(ropewalk, state)
        assert [Path(folder).name for folder in folders] == ["a.1.1"]
        (why,) = (await tidy(ropewalk))[state.run]
        assert why.startswith(f"{folders[0]}: locked/")
        await delete(ropewalk, state.run, unlanded=True)
        assert await kept_folders(ropewalk, state) == []


async def test_no_folder_is_named_where_all_is_kept_nor_one_that_only_a_reader_had(project: Path) -> None:
    async with open_ropewalk(project) as ropewalk:
        state = await done(ropewalk)
        await left_by_a_kill(ropewalk, state.run)
        assert await kept_folders(ropewalk, state) == []
