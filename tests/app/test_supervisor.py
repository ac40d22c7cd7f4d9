"""The supervisor drives all that can move, comes back to what failed, and is ended by nothing that a run does."""

import asyncio

import pytest

from tests.web.opened import project
from weft.app import showing
from weft.app import supervisor as supervising
from weft.app.acting import Wanted, start, tell
from weft.app.open import open_weft
from weft.app.supervisor import Supervisor, supervised
from weft.errors import LeaseHeld, StoreError


@pytest.fixture
async def weft(tmp_path):
    async with open_weft(project(tmp_path / "project")) as opened:
        yield opened


async def reaches(weft, run, *kinds):
    async with asyncio.timeout(30):
        after = 0
        while not await weft.store.feed(0, 1, kinds, run):
            await weft.store.wait(after)
            after = await weft.store.position()


async def begun(weft, workflow="quiet"):
    return (await start(weft, Wanted(workflow=workflow), "ann"))[0]


async def test_what_was_there_and_what_comes_is_driven(weft):
    before = await begun(weft)
    async with supervised(Supervisor(weft)):
        await reaches(weft, before, "run.completed")
        await reaches(weft, await begun(weft), "run.completed")


async def test_an_answer_from_another_process_lets_the_run_go_on(weft, tmp_path):
    supervisor = Supervisor(weft)
    async with supervised(supervisor):
        run = await begun(weft, "asking")
        await reaches(weft, run, "run.paused")
        async with open_weft(weft.folder) as other:
            (asked,) = await showing.asks(other)
            await other.answer(run, asked["ask"], "approve")
        await reaches(weft, run, "run.completed")
    assert supervisor.errors == 0
    assert supervisor.driven == []


async def test_a_run_that_cannot_be_driven_is_tried_again_and_holds_nobody_up(weft, monkeypatch):
    monkeypatch.setattr(supervising, "FIRST_SECONDS", 0.001)
    bad = await begun(weft)
    real = weft.drive
    tried: list[str] = []

    async def drive(run):
        if run == bad and len(tried) < 2:
            tried.append(run)
            raise RuntimeError("a bug of weft")
        return await real(run)

    monkeypatch.setattr(weft, "drive", drive)
    supervisor = Supervisor(weft)
    async with supervised(supervisor):
        good = await begun(weft)
        await reaches(weft, good, "run.completed")
        await reaches(weft, bad, "run.completed")
    assert supervisor.errors == 2
    assert supervisor.last_error == f"driving run {bad}: a bug of weft"


async def test_a_run_that_another_drives_is_left_to_it_for_a_while(weft, monkeypatch):
    run = await begun(weft)
    real = weft.drive
    tried: list[str] = []

    async def drive(name):
        tried.append(name)
        if len(tried) == 1:
            raise LeaseHeld(run=name, owner="somebody")
        return await real(name)

    monkeypatch.setattr(weft, "drive", drive)
    monkeypatch.setattr(supervising, "LOOK_SECONDS", 0.02)
    supervisor = Supervisor(weft)
    async with supervised(supervisor):
        await reaches(weft, run, "run.completed")
    assert (len(tried), supervisor.errors) == (2, 0)


async def test_a_store_that_fails_for_a_moment_is_asked_again(weft, monkeypatch):
    monkeypatch.setattr(supervising, "FIRST_SECONDS", 0.001)
    real_look, real_wait = weft.store.unfinished, weft.store.wait
    failed: list[str] = []

    async def unfinished():
        if not failed:
            failed.append("unfinished")
            raise StoreError(store="it", reason="is busy")
        return await real_look()

    async def wait(after, timeout_seconds=None):
        if len(failed) == 1:
            failed.append("wait")
            raise StoreError(store="it", reason="is busy")
        return await real_wait(after, timeout_seconds)

    run = await begun(weft)
    monkeypatch.setattr(weft.store, "unfinished", unfinished)
    monkeypatch.setattr(weft.store, "wait", wait)
    supervisor = Supervisor(weft)
    async with supervised(supervisor):
        await reaches(weft, run, "run.completed")
    assert failed == ["unfinished", "wait"]
    assert supervisor.errors == 1


async def test_a_run_that_waits_for_people_is_not_driven_until_they_speak(weft, monkeypatch):
    async with supervised(Supervisor(weft)):
        run = await begun(weft, "asking")
        await reaches(weft, run, "run.paused")
    driven = []

    async def drive(name):
        driven.append(name)

    async with supervised(Supervisor(weft)):
        monkeypatch.setattr(weft, "drive", drive)
        other = await begun(weft)
        async with asyncio.timeout(30):
            for _ in range(100_000):
                if driven:
                    break
                await asyncio.sleep(0)
    monkeypatch.undo()
    assert set(driven) == {other}
    await tell(weft, run, "abort", {"reason": "enough"}, "ann")


async def test_a_run_that_is_gone_when_its_rest_is_over_is_not_looked_for_again_and_again(weft):
    supervisor = Supervisor(weft)
    supervisor._rests["r-gone"] = weft.engine.clock.now() - 1.0
    await supervisor._look()
    assert supervisor._patience() == supervising.LOOK_SECONDS


async def test_without_a_supervisor_nothing_is_driven(weft):
    async with supervised(None):
        run = await begun(weft)
    assert (await weft.store.row(run)).status == "pending"
