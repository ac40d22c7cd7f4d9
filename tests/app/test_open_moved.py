"""A project that was moved while its run waited goes on where it is now."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ropewalk.app.open import open_ropewalk
from ropewalk.app.results import file_content, run_files
from ropewalk.formats.loading import load_workflow

pytestmark = pytest.mark.needs("git")

FLOW = """
name: w
steps:
  - {id: a, run: "echo a > a.txt; echo a >> note.txt"}
  - {id: ok, needs: [a], ask: Go on?}
  - {id: kid, needs: [ok], call: {workflow: child.yaml}}
  - {id: b, needs: [kid], run: "cat a.txt k.txt; echo b > b.txt"}
"""
CHILD = 'name: child\nsteps:\n  - {id: k, run: "cp a.txt k.txt"}\n'


def git(folder: Path, *argv: str) -> None:
    subprocess.run(["git", *argv], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("how", ["repository", "repository and a copy", "plain", "folder"])
async def test_a_run_goes_on_in_a_project_that_was_moved(tmp_path: Path, how: str):
    old, new = tmp_path / "old", tmp_path / "far/new"
    (old / "flows").mkdir(parents=True)
    (old / "flows/w.yaml").write_text(FLOW)
    (old / "flows/child.yaml").write_text(CHILD)
    (old / "note.txt").write_text("note\n")
    if how.startswith("repository"):
        git(old, "init", "-q", "-b", "main")
        git(old, "add", "-A")
        git(old, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "begin")
    settings = {"workspace": "folder"} if how == "folder" else {}
    async with open_ropewalk(old, **settings) as ropewalk:
        run = await ropewalk.start(load_workflow(old / "flows/w.yaml").workflow)
        state = await ropewalk.drive(run)
        assert state.reason == "asked"
    new.parent.mkdir()
    if how.endswith("copy"):
        shutil.copytree(old, new, symlinks=True)
    else:
        old.rename(new)
    async with open_ropewalk(new, **settings) as ropewalk:
        (ask,) = state.asks
        await ropewalk.answer(run, ask, "approve", by="ann")
        state = await ropewalk.drive(run)
        assert state.status == "completed", state.reason
        assert state.outputs["b"]["stdout"] == "a\na"
        assert await file_content(ropewalk, state, await run_files(ropewalk, state), "b.txt") == b"b\n"
        if how.endswith("copy"):
            git(new, "rev-parse", "--verify", state.branch)
            with pytest.raises(subprocess.CalledProcessError):
                git(old, "rev-parse", "--verify", state.branch)


async def test_a_repository_that_is_nowhere_is_said(tmp_path: Path):
    old = tmp_path / "old"
    old.mkdir()
    git(old, "init", "-q", "-b", "main")
    git(old, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "begin")
    (old / "flows").mkdir()
    (old / "flows/w.yaml").write_text(FLOW)
    (old / "flows/child.yaml").write_text("name: child\nsteps: [{id: a, run: x}]")
    async with open_ropewalk(old) as ropewalk:
        run = await ropewalk.start(load_workflow(old / "flows/w.yaml").workflow)
    (tmp_path / "new").mkdir()
    (old / ".ropewalk").rename(tmp_path / "new/.ropewalk")
    old.rename(tmp_path / "elsewhere")
    async with open_ropewalk(tmp_path / "new") as ropewalk:
        state = await ropewalk.drive(run)
        assert state.status == "failed"
        assert "call ropewalk in the folder where it is now" in state.reason
