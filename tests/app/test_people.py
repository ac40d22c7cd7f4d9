"""What people do to a run happens whole or not at all: what is refused has changed no file, no record and no other run."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ropewalk.app.open import STATE, Ropewalk, open_ropewalk
from ropewalk.core.events import AskAnswered
from ropewalk.core.state import State
from ropewalk.definition.workflow import Step, Workflow
from ropewalk.errors import (
    InvalidInput,
    NoSuchAsk,
    NoSuchBlob,
    NoSuchRun,
    NoSuchStep,
    Refused,
    RopewalkError,
    StoreError,
    WorkspaceError,
)
from ropewalk.trees import remove_tree
from tests.formats.told import workflow
from tests.workspace.repositories import git, repository

pytestmark = pytest.mark.needs("git")

WRITING = """
facts: {mood: string}
inputs: {who: {default: ann}}
steps:
- {id: write, run: 'echo plan > plan.md; echo more > übung.md', creates: [plan.md, übung.md], approve: Good?}
- {id: after, needs: write, run: 'cat plan.md übung.md; echo $WHO', env: {WHO: '{{ inputs.who }}'}}
"""
ASKING = "steps:\n- {id: question, ask: Shall it go on?}\n"
SECRETS = """
facts: {mood: string}
inputs: {first: {secret: true}, second: {secret: true}, open: {default: ""}}
steps:
- {id: uses, run: 'test "$A$B" = canary-1111canary-2222', secrets: {A: first, B: second}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return repository(tmp_path / "project", {"README.md": "# It\n"})


@pytest.fixture(params=["folder", "git"])
async def opened(request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[Ropewalk]:
    async with open_ropewalk(folder, workspace=request.param, actor="nightly") as ropewalk:
        yield ropewalk


@pytest.fixture
async def plain(folder: Path) -> AsyncIterator[Ropewalk]:
    async with open_ropewalk(folder, workspace="folder", actor="nightly") as ropewalk:
        yield ropewalk


async def driven(ropewalk: Ropewalk, text: str) -> State:
    return await ropewalk.drive(await ropewalk.start(workflow(text)))


async def read(ropewalk: Ropewalk, run: str) -> str:
    state = await ropewalk.drive(run)
    assert state.status == "completed", state.reason
    return str(state.outputs["after"]["stdout"])


async def exported(ropewalk: Ropewalk, run: str) -> list[bytes]:
    return [line async for line in ropewalk.store.export(run)]


async def sent(lines: list[bytes]) -> AsyncIterator[bytes]:
    for line in lines:
        yield line


async def test_every_file_of_an_amendment_is_what_later_steps_read(opened: Ropewalk):
    run = (await driven(opened, WRITING)).run
    content = {"plan.md": "bęttęr\n".encode(), "übung.md": b""}
    events = await opened.answer(run, "a1", "amend", content=content, digest="")
    (answered,) = [event for event in events if isinstance(event, AskAnswered)]
    assert [(artifact.path, artifact.size) for artifact in answered.artifacts] == [
        ("plan.md", 9),
        ("übung.md", 0),
    ]
    assert answered.by == "nightly", "who opened the project, where nobody is named"
    assert await read(opened, run) == "bęttęr\nann"


REFUSED: Mapping[str, tuple[str, dict[str, Any], dict[str, bytes]]] = {
    "a digest of something else": ("amend", {"digest": "stale"}, {"plan.md": b"late\n"}),
    "a verdict that is none": ("amends", {}, {"plan.md": b"late\n"}),
    "content of what is approved": ("approve", {}, {"plan.md": b"late\n"}),
    "a file that was not shown": ("amend", {}, {"plan.md": b"late\n", "README.md": b"late\n"}),
    "a way out of the folder": ("amend", {}, {"../plan.md": b"late\n"}),
    "a file without a name": ("amend", {}, {"": b"late\n"}),
    "a part of what is no conflict": ("approve", {"path": "plan.md"}, {}),
    "hunk 0 of what is no conflict": ("amend", {"hunk": 0}, {"plan.md": b"late\n"}),
    "a hunk of what is no conflict": ("amend", {"hunk": 1}, {"plan.md": b"late\n"}),
}


async def test_an_amendment_that_is_refused_has_touched_nothing(opened: Ropewalk):
    state = await driven(opened, WRITING)
    for name, (verdict, how, content) in REFUSED.items():
        with pytest.raises(Refused):
            pytest.fail(f"{name}: {await opened.answer(state.run, 'a1', verdict, content=content, **how)}")
    assert (await opened.engine.fold(state.run)).version == state.version
    await opened.answer(state.run, "a1", "approve")
    assert await read(opened, state.run) == "plan\nmore\nann"


async def test_what_is_answered_already_or_never_was_asked_is_not_amended(plain: Ropewalk):
    run = (await driven(plain, WRITING)).run
    with pytest.raises(NoSuchAsk, match="no ask a9"):
        await plain.answer(run, "a9", "amend", content={"plan.md": b"late\n"})
    await plain.answer(run, "a1", "approve", by="ann")
    with pytest.raises(Refused, match=r"already answered \(approve by ann\)"):
        await plain.answer(run, "a1", "amend", content={"plan.md": b"late\n"}, by="bob")
    assert await read(plain, run) == "plan\nmore\nann"


async def test_a_question_that_shows_no_file_takes_none(plain: Ropewalk):
    run = (await driven(plain, ASKING)).run
    with pytest.raises(Refused, match="there is no file"):
        await plain.answer(run, "a1", "amend", content={"plan.md": b"late\n"})


async def test_a_fork_keeps_what_comes_before_and_changes_only_what_was_named(opened: Ropewalk):
    state = await driven(opened, WRITING)
    await opened.answer(state.run, "a1", "approve")
    await opened.drive(state.run)
    fork = await opened.fork(state.run, "after", inputs={"who": "bob"}, facts={"mood": "good"}, by="carol")
    begun = await opened.engine.fold(fork)
    assert (begun.forked_from, begun.facts) == (f"{state.run}/after", {"mood": "good"})
    assert begun.steps["write"].status == "succeeded"
    assert (await opened.store.read(fork))[0].actor == "carol"
    if opened.settings.workspace == "git":
        assert await read(opened, fork) == "plan\nmore\nbob"
    unchanged = await opened.engine.fold(state.run)
    assert (unchanged.inputs, unchanged.facts, unchanged.status) == ({"who": "ann"}, {}, "completed")


@pytest.mark.parametrize(
    ("step", "inputs", "error"),
    [("nowhere", {}, NoSuchStep), ("", {}, NoSuchStep), ("after", {"whom": "bob"}, InvalidInput)],
)
async def test_a_fork_that_makes_no_sense_leaves_no_run_and_no_ref(
    opened: Ropewalk, step: str, inputs: dict[str, str], error: type[RopewalkError]
):
    run = (await driven(opened, WRITING)).run
    before = git(opened.folder, "for-each-ref")
    with pytest.raises(error):
        await opened.fork(run, step, inputs=inputs)
    assert [row.run for row in await opened.store.runs()] == [run]
    assert git(opened.folder, "for-each-ref") == before


@pytest.mark.parametrize("where", ["inputs", "facts"])
async def test_a_fork_puts_nothing_on_record_that_is_a_secret_of_the_run_it_comes_from(
    plain: Ropewalk, where: str
):
    run = await plain.start(workflow(SECRETS), inputs={"first": "canary-1111", "second": "canary-2222"})
    values = {"inputs": {"open": "it is canary-1111"}, "facts": {"mood": "canary-2222"}}[where]
    with pytest.raises(InvalidInput, match="has the value of the secret"):
        await plain.fork(run, "uses", **{where: values})  # type: ignore[arg-type]
    assert [row.run for row in await plain.store.runs()] == [run]


async def test_a_fork_of_work_that_git_has_lost_is_refused_and_leaves_no_run(folder: Path):
    async with open_ropewalk(folder) as ropewalk:
        run = (await driven(ropewalk, WRITING)).run
        await ropewalk.answer(run, "a1", "approve")
        assert (await ropewalk.drive(run)).status == "completed"
    remove_tree(folder / ".git")
    repository(folder, {"README.md": "# It\n"})
    async with open_ropewalk(folder) as ropewalk:
        base = (await ropewalk.engine.fold(run)).base["commit"]
        assert git(folder, "rev-parse", "main") == base, "what the run began from is there"
        with pytest.raises(WorkspaceError):
            await ropewalk.fork(run, "after")
        assert [row.run for row in await ropewalk.store.runs()] == [run]


async def test_a_run_that_is_taken_in_stands_still_in_this_project_until_somebody_resumes_it(
    plain: Ropewalk, tmp_path: Path
):
    run = (await driven(plain, WRITING)).run
    lines = await exported(plain, run)
    other = repository(tmp_path / "other", {"README.md": "# Other\n"})
    async with open_ropewalk(other, workspace="folder", actor="taker") as taking:
        assert await taking.take_in(sent(lines)) == run
        state = await taking.engine.fold(run)
        assert (state.status, state.imported, state.base["root"]) == ("paused", True, str(other))
        assert (await taking.store.read(run))[-1].actor == "taker"
        assert set(await taking.drive_all()) == {run}
        assert (await taking.engine.fold(run)).version == state.version
        with pytest.raises(Refused, match="is in this store"):
            await taking.take_in(sent(lines))
        assert await taking.store.verify() == []


@pytest.mark.parametrize("kept", ["nothing", "the heading", "no definition", "half", "other words"])
async def test_what_is_no_whole_run_is_not_taken_in(plain: Ropewalk, tmp_path: Path, kept: str):
    run = (await driven(plain, ASKING)).run
    lines = await exported(plain, run)
    broken = {
        "nothing": [],
        "the heading": [b'{"line":"run","run":"r","version":0,"hash":""}\n'],
        "no definition": [line for line in lines if b'"line":"blob"' not in line],
        "half": lines[:-1],
        "other words": [line.replace(b"Shall", b"Shell") for line in lines],
    }[kept]
    async with open_ropewalk(repository(tmp_path / "other", {}), workspace="folder") as taking:
        if broken == lines:
            pytest.fail("the text stands in no line")
        with pytest.raises(StoreError):
            await taking.take_in(sent(broken))
        assert await taking.store.position() == 0


async def test_a_run_that_waits_for_secrets_goes_on_when_the_last_of_them_is_there(folder: Path):
    async with open_ropewalk(folder, workspace="folder") as ropewalk:
        values = {"first": "canary-1111", "second": "canary-2222"}
        run = await ropewalk.start(workflow(SECRETS), inputs=values)
    async with open_ropewalk(folder, workspace="folder") as ropewalk:
        assert (await ropewalk.drive(run)).reason == "secret"
        version = (await ropewalk.engine.fold(run)).version
        await ropewalk.give(run, {"second": "canary-2222"})
        assert (await ropewalk.engine.fold(run)).version == version, "it still waits for the other"
        state = await ropewalk.drive(run)
        assert (state.reason, ropewalk.engine.vault.lacking(state)) == ("secret", ("first",))
        await ropewalk.give(run, {"first": "canary-1111"}, by="ann")
        assert (await ropewalk.engine.fold(run)).status == "running"
        assert (await ropewalk.store.read(run))[-1].actor == "ann"
        assert (await ropewalk.drive(run)).status == "completed"
        with pytest.raises(NoSuchRun):
            await ropewalk.give("nobody", {"first": "x"})


async def test_everything_unfinished_is_driven_and_what_cannot_be_is_named_with_its_error(folder: Path):
    async with open_ropewalk(folder, workspace="folder") as ropewalk:
        for name in ("ended", "good", "held", "lost"):
            await ropewalk.start(Workflow(name=name, steps=(Step(id="a", kind="noop"),)), run=name)
        await ropewalk.drive("ended")
        (created, *_) = await ropewalk.store.read("lost")
    with closing(sqlite3.connect(folder / STATE / "ropewalk.db")) as db, db:
        db.execute("DELETE FROM blobs WHERE digest = ?", (created.event.digest,))  # type: ignore[attr-defined]
    async with (
        open_ropewalk(folder, workspace="folder") as other,
        open_ropewalk(folder, workspace="folder") as ropewalk,
    ):
        await other.engine.leases.take("held")
        states = await ropewalk.drive_all()
    assert isinstance(states.pop("lost"), NoSuchBlob)
    assert {run: state.status for run, state in states.items() if isinstance(state, State)} == {
        "good": "completed",
        "held": "pending",
    }


async def test_a_run_that_was_called_is_left_to_the_one_that_called_it(plain: Ropewalk):
    (plain.folder / "child.yaml").write_text(f"name: child\n{ASKING}")
    parent = (await driven(plain, "steps:\n- {id: sub, call: child.yaml}\n")).run
    (child,) = set(await plain.store.unfinished()) - {parent}
    assert set(await plain.drive_all()) == {parent}
    await plain.answer(child, "a1", "approve")
    states = await plain.drive_all()
    assert {run: state.status for run, state in states.items() if isinstance(state, State)} == {
        parent: "completed"
    }


async def test_nothing_unfinished_is_nothing_to_drive(plain: Ropewalk):
    assert await plain.drive_all() == {}
