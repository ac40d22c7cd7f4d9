"""The supervisor drives all that can move, comes back to what failed, and is ended by nothing that a run does."""

import asyncio

import pytest

from ropewalk.app import showing
from ropewalk.app import supervisor as supervising
from ropewalk.app.acting import StartRequest, act, give, start
from ropewalk.app.open import open_ropewalk
from ropewalk.app.supervisor import Supervisor, supervised
from ropewalk.errors import LeaseHeld, StoreError
from tests.app import states
from tests.web.opened import project


@pytest.fixture
async def ropewalk(tmp_path):
    async with open_ropewalk(project(tmp_path / "project")) as opened:
        yield opened


async def reaches(ropewalk, run, *kinds):
    async with asyncio.timeout(30):
        after = 0
        while not await ropewalk.store.feed(0, 1, kinds, run):
            await ropewalk.store.wait(after)
            after = await ropewalk.store.position()


async def begun(ropewalk, workflow="quiet"):
    return (await start(ropewalk, StartRequest(workflow=workflow), "ann"))[0]


async def test_what_was_there_and_what_comes_is_driven(ropewalk):
    before = await begun(ropewalk)
    async with supervised(Supervisor(ropewalk)):
        await reaches(ropewalk, before, "run.completed")
        await reaches(ropewalk, await begun(ropewalk), "run.completed")


async def test_an_answer_from_another_process_lets_the_run_go_on(ropewalk, tmp_path):
    supervisor = Supervisor(ropewalk)
    async with supervised(supervisor):
        run = await begun(ropewalk, "asking")
        await reaches(ropewalk, run, "run.paused")
        async with open_ropewalk(ropewalk.folder) as other:
            (asked,) = await showing.asks(other)
            await other.answer(run, asked.ask, "approve")
        await reaches(ropewalk, run, "run.completed")
    assert supervisor.errors == 0
    assert supervisor.driven == []


async def test_a_run_that_waits_for_a_secret_goes_on_as_soon_as_it_is_given(tmp_path, monkeypatch):
    monkeypatch.setattr(supervising, "LOOK_SECONDS", 3_600.0)
    async with open_ropewalk(states.project(tmp_path)) as ropewalk:
        run, _ = await start(ropewalk, StartRequest("secret", inputs={"token": "canary-0123456789"}), "ann")
        ropewalk.engine.vault.forget(run)
        async with supervised(Supervisor(ropewalk)):
            await reaches(ropewalk, run, "run.paused")
            await give(ropewalk, run, {"token": "canary-0123456789"}, "ann")
            await reaches(ropewalk, run, "run.completed")


async def test_a_run_that_cannot_be_driven_is_tried_again_and_holds_nobody_up(ropewalk, monkeypatch):
    monkeypatch.setattr(supervising, "FIRST_SECONDS", 0.001)
    bad = await begun(ropewalk)
    real = ropewalk.drive
    tried: list[str] = []

    async def drive(run):
        if run == bad and len(tried) < 2:
            tried.append(run)
            raise RuntimeError("a bug of ropewalk")
        return await real(run)

    monkeypatch.setattr(ropewalk, "drive", drive)
    supervisor = Supervisor(ropewalk)
    async with supervised(supervisor):
        good = await begun(ropewalk)
        await reaches(ropewalk, good, "run.completed")
        await reaches(ropewalk, bad, "run.completed")
    assert supervisor.errors == 2
    assert supervisor.last_error == f"driving run {bad}: a bug of ropewalk"


async def test_a_run_that_another_drives_is_left_to_it_for_a_while(ropewalk, monkeypatch):
    run = await begun(ropewalk)
    real = ropewalk.drive
    tried: list[str] = []

    async def drive(name):
        tried.append(name)
        if len(tried) == 1:
            raise LeaseHeld(run=name, owner="somebody")
        return await real(name)

    monkeypatch.setattr(ropewalk, "drive", drive)
    monkeypatch.setattr(supervising, "LOOK_SECONDS", 0.02)
    supervisor = Supervisor(ropewalk)
    async with supervised(supervisor):
        await reaches(ropewalk, run, "run.completed")
    assert (len(tried), supervisor.errors) == (2, 0)


async def test_a_store_that_fails_for_a_moment_is_asked_again(ropewalk, monkeypatch):
    monkeypatch.setattr(supervising, "FIRST_SECONDS", 0.001)
    real_look, real_wait = ropewalk.store.unfinished, ropewalk.store.wait
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

    run = await begun(ropewalk)
    monkeypatch.setattr(ropewalk.store, "unfinished", unfinished)
    monkeypatch.setattr(ropewalk.store, "wait", wait)
    supervisor = Supervisor(ropewalk)
    async with supervised(supervisor):
        await reaches(ropewalk, run, "run.completed")
    assert failed == ["unfinished", "wait"]
    assert supervisor.errors == 1


async def test_a_run_that_waits_for_people_is_not_driven_until_they_speak(ropewalk, monkeypatch):
    async with supervised(Supervisor(ropewalk)):
        run = await begun(ropewalk, "asking")
        await reaches(ropewalk, run, "run.paused")
    driven = []

    async def drive(name):
        driven.append(name)

    async with supervised(Supervisor(ropewalk)):
        monkeypatch.setattr(ropewalk, "drive", drive)
        other = await begun(ropewalk)
        async with asyncio.timeout(30):
            for _ in range(100_000):
                if driven:
                    break
                await asyncio.sleep(0)
    monkeypatch.undo()
    assert set(driven) == {other}
    await act(ropewalk, run, "abort", {"reason": "enough"}, "ann")


async def test_a_run_that_is_gone_when_its_rest_is_over_is_not_looked_for_again_and_again(ropewalk):
    supervisor = Supervisor(ropewalk)
    supervisor._rests["r-gone"] = ropewalk.engine.clock.now() - 1.0
    await supervisor._look()
    assert supervisor._patience() == supervising.LOOK_SECONDS


async def test_without_a_supervisor_nothing_is_driven(ropewalk):
    async with supervised(None):
        run = await begun(ropewalk)
    assert (await ropewalk.store.row(run)).status == "pending"
