"""Who drives a run is asked at the run on top; why it is where it is is told with the runs that it called."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ropewalk.app import acting
from ropewalk.app.acting import StartRequest
from ropewalk.app.driven import driving_run, explain_run, is_driven
from ropewalk.app.open import Ropewalk, open_ropewalk
from ropewalk.core.state import State
from ropewalk.errors import NoSuchRun
from ropewalk.store.port import Lease
from tests.app.states import project


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Ropewalk]:
    async with open_ropewalk(project(tmp_path)) as ropewalk:
        yield ropewalk


async def calling(ropewalk: Ropewalk) -> tuple[State, State]:
    """A run that waits for the one that it called, and that one."""
    run, _ = await acting.start(ropewalk, StartRequest("calling"), "ann")
    state = await ropewalk.drive(run)
    return state, await ropewalk.engine.fold(state.steps["sub"].child)


async def held_here(ropewalk: Ropewalk, state: State) -> None:
    await ropewalk.store.acquire(Lease(state.run, ropewalk.engine.owner, 1, ropewalk.engine.clock.now()))


async def test_a_called_run_is_driven_with_the_run_on_top(opened: Ropewalk):
    state, child = await calling(opened)
    assert (driving_run(state), driving_run(child)) == (state.run, state.run)
    assert not await is_driven(opened, state)
    assert not await is_driven(opened, child)
    await held_here(opened, state)
    assert await is_driven(opened, state)
    assert await is_driven(opened, child)


async def test_a_called_run_that_is_driven_by_itself_does_not_drive_its_caller(opened: Ropewalk):
    state, child = await calling(opened)
    await held_here(opened, child)
    assert await is_driven(opened, child)
    assert not await is_driven(opened, state)


async def test_why_a_caller_waits_is_why_its_called_run_does(opened: Ropewalk):
    state, child = await calling(opened)
    sentence = (await explain_run(opened, state.run, opened.engine.fold)).sentence
    assert "yes asks" in sentence
    assert child.run in sentence


async def test_a_called_run_that_is_not_in_the_store_stops_nobody(opened: Ropewalk):
    state, child = await calling(opened)

    async def without_the_child(run: str) -> State:
        if run == child.run:
            raise NoSuchRun(run=run)
        return await opened.engine.fold(run)

    assert (await explain_run(opened, state.run, without_the_child)).sentence
    with pytest.raises(NoSuchRun):
        await explain_run(opened, "nobody", opened.engine.fold)


async def test_a_holder_that_gives_no_sign_is_told_of(opened: Ropewalk):
    run, _ = await acting.start(opened, StartRequest("quiet"), "ann")
    long_ago = opened.engine.clock.now() - 3_600.0
    await opened.store.acquire(Lease(run, "another host/1", 1, long_ago))
    explanation = await explain_run(opened, run, opened.engine.fold)
    assert "no sign for" in explanation.sentence
