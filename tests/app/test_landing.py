"""A landing is asked for at any door and done by whoever drives the run; who asked waits for it, and hears why it did not come
to that."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import ropewalk
from ropewalk.app import acting, landing
from ropewalk.app.landing import land
from ropewalk.app.open import Ropewalk, open_ropewalk
from ropewalk.app.supervisor import Supervisor, supervised
from ropewalk.errors import NotLanded, Refused

pytestmark = pytest.mark.needs("git")

WORKFLOW = 'name: one\nsteps:\n  - {id: a, run: "echo A > f.txt"}\n'


def git(folder: Path, *argv: str) -> str:
    who = ("-c", "user.name=ann", "-c", "user.email=ann@example.org")
    done = subprocess.run(["git", *who, *argv], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "f.txt").write_text("base\n")
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows/one.yaml").write_text(WORKFLOW)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "begin")
    return tmp_path


@pytest.fixture
async def opened(folder: Path) -> AsyncIterator[Ropewalk]:
    async with open_ropewalk(folder, workspace="git") as one:
        yield one


def diverge(folder: Path) -> None:
    (folder / "f.txt").write_text("other\n")
    git(folder, "commit", "-qam", "meanwhile")


async def completed(opened: Ropewalk) -> str:
    run, _ = await acting.start(opened, acting.StartRequest("one"), "ann")
    assert (await opened.drive(run)).status == "completed"
    return run


async def test_who_asks_drives_it_where_nobody_else_does(opened: Ropewalk, folder: Path):
    run = await completed(opened)
    state = await land(opened, run, by="ann")
    assert (state.status, state.landed, state.landing) == ("completed", "main", None)
    assert git(folder, "show", "main:f.txt") == "A"
    assert (await opened.store.row(run)).status == "completed"


async def test_who_asks_waits_for_a_process_that_drives_the_run(
    opened: Ropewalk, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    run = await completed(opened)
    async with open_ropewalk(folder, workspace="git") as elsewhere, supervised(Supervisor(elsewhere)):
        monkeypatch.setattr(opened.engine, "drive", elsewhere.engine.drive)
        asked = landing.ask_to_land

        async def ask_and_let_the_other_begin(*given: Any) -> object:
            events = await asked(opened, *given[1:])
            while run not in elsewhere.engine.drivers and (await opened.engine.fold(run)).landing:
                await opened.store.wait(await opened.store.position(), 0.01)
            return events

        monkeypatch.setattr(landing, "ask_to_land", ask_and_let_the_other_begin)
        assert (await land(opened, run)).landed == "main"


@pytest.mark.parametrize("land_key", ["land: merge\n", ""])
async def test_what_would_refuse_the_landing_at_the_end_is_told_at_the_start(
    opened: Ropewalk, folder: Path, land_key: str
):
    (folder / "workflows/two.yaml").write_text(
        f'name: two\n{land_key}steps:\n  - {{id: a, run: "echo A > g.txt", creates: g.txt}}\n'
    )
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "two")
    clean, _ = await acting.start(opened, acting.StartRequest("two"), "ann")
    (folder / "f.txt").write_text("mine\n")
    (folder / "g.txt").write_text("mine\n")
    dirty, _ = await acting.start(opened, acting.StartRequest("two", with_changes=True), "ann")
    warned = [
        [text for text in (await opened.engine.fold(run)).base["warnings"] if "land: merge" in text]
        for run in (clean, dirty)
    ]
    assert warned[0] == []
    if not land_key:
        assert warned[1] == []
        return
    assert (
        "as long as main, which is checked out here, has what is not committed: f.txt, g.txt;" in warned[1][0]
    )
    assert (await opened.drive(dirty)).status == "failed"
    assert (folder / "f.txt").read_text() == "mine\n"


@pytest.mark.parametrize(
    ("key", "squash", "subject"),
    [
        ("title: Do it\n", True, "Do it"),
        ("", True, "three"),
        ("squash: true\n", False, "three"),
        ("squash: 'feat: {{ run.workflow }}'\n", True, "feat: three"),
        ("squash: 'feat: {{ run.workflow }}'\n", "fix: it", "fix: it"),
        ("land: merge\nsquash: 'feat: {{ run.workflow }}'\n", None, "feat: three"),
    ],
)
async def test_a_result_lands_as_one_commit_where_the_workflow_or_a_person_says_so(
    opened: Ropewalk, folder: Path, key: str, squash: bool | str | None, subject: str
):
    (folder / "workflows/three.yaml").write_text(f"name: three\n{key}" + WORKFLOW.partition("\n")[2])
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "three")
    run, _ = await acting.start(opened, acting.StartRequest("three"), "ann")
    state = await opened.drive(run)
    if squash is not None:
        state = await land(opened, run, squash=squash)
    assert (state.landed, state.commit) == ("main", git(folder, "rev-parse", "main"))
    assert git(folder, "log", "--format=%s", "main").split("\n") == [subject, "three", "begin"]
    assert git(folder, "show", "main:f.txt") == "A"


async def test_what_disagrees_is_asked_and_the_library_says_so(folder: Path):
    async with ropewalk.open(folder, workspace="git", actor="nightly") as project:
        run = await project.start("one")
        await project.drive(run)
        diverge(folder)
        with pytest.raises(Refused, match="it waits for an answer to a1"):
            await project.land(run)
        assert (await project.run(run)).landing == "main"
        assert (await project.explain(run)).kind == "person"
        await project.answer(run, "a1", "reject", reason="not so")
        view = await project.run(run)
        assert (view.status, view.landed, view.landing) == ("completed", "", "")
        assert "not so" in str(view.not_landed)
        assert "Its result did not land:" in (await project.explain(run)).sentence


async def test_a_gate_that_says_no_is_the_reason_that_is_given(opened: Ropewalk, folder: Path):
    (folder / "workflows/one.yaml").write_text(WORKFLOW + "gate: test ! -e theirs.txt\n")
    git(folder, "commit", "-qam", "with a gate")
    run = await completed(opened)
    (folder / "theirs.txt").write_text("T\n")
    git(folder, "add", "theirs.txt")
    git(folder, "commit", "-qm", "meanwhile")
    with pytest.raises(NotLanded, match=r"gate test ! -e theirs\.txt failed"):
        await land(opened, run)


async def test_while_it_is_on_its_way_the_explanation_says_where_to(opened: Ropewalk):
    run = await completed(opened)
    await acting.land(opened, run, "", "ann")
    async with ropewalk.open(opened.folder, workspace="git") as project:
        why = await project.explain(run)
    assert why.kind == "undriven"
    assert why.commands == (f"ropewalk drive {run}",)
    with pytest.raises(Refused, match="on its way to main"):
        await acting.land(opened, run, "", "bob")
