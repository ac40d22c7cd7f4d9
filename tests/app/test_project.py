"""What a program does with ropewalk: everything that people do at the other doors, by typed calls."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import ropewalk
from ropewalk.errors import InvalidInput, NoSuchAsk, NoSuchFile, NoSuchStep, NoSuchWorkflow, Refused
from tests.app.states import project


@pytest.fixture
async def opened(tmp_path: Path):
    async with ropewalk.open(project(tmp_path), workspace="folder", actor="nightly") as one:
        yield one


async def test_a_run_is_started_driven_and_looked_at(opened: ropewalk.Project):
    run = await opened.start("quiet", inputs={"who": "ada"}, labels={"team": "x"})
    assert (await opened.run(run)).status == "pending"
    view = await opened.drive(run)
    assert (view.status, view.outputs, view.labels) == ("completed", {"said": "hi"}, {"team": "x"})
    assert [one.id for one in await opened.steps(run)] == ["first", "second"]
    assert (await opened.step(run, "first")).outputs["stdout"] == "hi"
    assert (await opened.run(run, version=1)).status == "pending"
    assert [one.run for one in (await opened.runs(status=["completed"])).runs] == [run]
    assert (await opened.explain(run)).kind == "completed"
    assert opened.folder.name


async def test_what_is_asked_is_answered_once_and_what_was_made_is_read(opened: ropewalk.Project):
    run = await opened.start(opened.workflow("writing"))
    await opened.drive(run)
    (ask,) = await opened.asks(run)
    assert (ask.step, [one.path for one in ask.show]) == ("write", ["plan.md"])
    await opened.answer(run, ask.ask, "amend", content={"plan.md": b"# better\n"}, digest=ask.digest)
    view = await opened.drive(run)
    assert (view.status, await opened.asks()) == ("completed", [])
    assert [(one.path, one.step) for one in await opened.artifacts(run)] == [("plan.md", "write")]
    assert await opened.artifact(run, "plan.md") == b"# better\n"
    with pytest.raises(NoSuchFile):
        await opened.artifact(run, "nothing.md")
    with pytest.raises((Refused, NoSuchAsk)):
        await opened.answer(run, "a9", "approve")


async def test_every_verb_is_there_and_what_makes_no_sense_is_refused(opened: ropewalk.Project):
    run = await opened.start("asking")
    await opened.drive(run)
    assert (await opened.pause(run, reason="lunch")).reason == "by request"
    assert (await opened.resume(run)).status in {"running", "paused"}
    await opened.publish(run, "deploy.done", {"by": "nightly"})
    assert (await opened.skip(run, "yes", reason="not needed")).steps[0].status == "skipped"
    assert (await opened.drive(run)).status == "completed"
    with pytest.raises(Refused):
        await opened.abort(run)
    with pytest.raises(NoSuchStep):
        await opened.step(run, "yess")
    again = await opened.fork(run, "yes")
    assert (await opened.drive(again)).forked_from == f"{run}/yes"
    assert (await opened.abort(again, reason="enough")).status in {"aborted", "running"}
    await opened.drive(again)
    await opened.delete(again)
    assert [one.run for one in (await opened.runs()).runs] == [run]


async def test_a_failed_run_is_tried_again_and_a_fact_moves_one_on(opened: ropewalk.Project):
    run = await opened.start("failing")
    assert (await opened.drive(run)).errors[0].class_ == "permanent"
    assert (await opened.retry(run, step="breaks", reason="once more")).status == "running"
    assert (await opened.drive(run)).status == "failed"
    assert b"no" in await opened.output(run, "breaks/1.2")
    waits = await opened.start("knowing")
    await opened.drive(waits)
    await opened.set_fact(waits, "ready", True)
    assert (await opened.drive(waits)).facts == {"ready": True}


async def test_one_step_is_executed_and_a_budget_raised(opened: ropewalk.Project):
    run = await opened.start("blocking")
    assert (await opened.drive(run)).reason == "blocked"
    with pytest.raises(Refused):
        await opened.execute(run, "breaks")
    assert (await opened.raise_budget(run, attempts=2)).run == run
    await opened.retry(run, step="breaks")
    await opened.pause(run)
    assert (await opened.execute(run, "breaks")).steps[0].status == "running"


async def test_a_secret_is_given_by_name(opened: ropewalk.Project):
    run = await opened.start("secret", inputs={"token": "canary-0123456789"})
    assert (await opened.give_secrets(run, {"token": "canary-9876543210"})).run == run
    assert (await opened.drive(run)).status == "completed"
    with pytest.raises(Refused):
        await opened.give_secrets(run, {"token": "canary-9876543210"})


async def test_records_are_read_from_a_position_on_and_followed(opened: ropewalk.Project):
    run = await opened.start("quiet")
    await opened.drive(run)
    found = [one async for one in opened.events(run=run)]
    assert [found[0].kind, found[-1].kind] == ["run.created", "run.completed"]
    assert [one async for one in opened.events(after=found[-1].position)] == []
    later = opened.events(after=found[-1].position, kinds=["run.completed"], follow=True)
    coming = asyncio.ensure_future(anext(later))
    await asyncio.sleep(0)
    other = await opened.start("quiet")
    await opened.drive(other)
    assert (await coming).run == other
    await later.aclose()


async def test_bad_requests_have_one_clear_error(opened: ropewalk.Project):
    with pytest.raises(NoSuchWorkflow):
        await opened.start("quiett")
    with pytest.raises(InvalidInput):
        await opened.start("quiet", inputs={"whom": "ada"})
    with pytest.raises(Refused):
        await opened.land(await opened.start("quiet"))
    assert (await opened.cleanup(days=0)) is not None


def test_the_library_promises_what_it_lists():
    assert all(hasattr(ropewalk, name) for name in ropewalk.__all__)
    assert set(ropewalk.__all__) <= set(dir(ropewalk))
    with pytest.raises(AttributeError):
        ropewalk.nothing  # noqa: B018 - the look itself is what fails
