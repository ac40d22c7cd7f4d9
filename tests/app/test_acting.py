"""Every verb of the doors is one command; a start with a key is done once, and what nobody can mean is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ropewalk.app import acting
from ropewalk.app.acting import StartRequest, act, command_from, delete, fork, start
from ropewalk.app.open import Ropewalk, open_ropewalk
from ropewalk.core import commands as c
from ropewalk.core.events import NotePublished
from ropewalk.errors import InvalidRequest, KeyReused, NoSuchRun, NoSuchStep, Refused, RopewalkError
from tests.app.states import project


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Ropewalk]:
    async with open_ropewalk(project(tmp_path)) as ropewalk:
        yield ropewalk


@pytest.mark.parametrize(
    ("verb", "values", "command"),
    [
        ("pause", {"reason": "lunch"}, c.Pause(by="ann", reason="lunch")),
        ("pause", {"reason": None}, c.Pause(by="ann")),
        ("resume", {}, c.Resume(by="ann")),
        ("abort", {"reason": "no"}, c.Abort(reason="no", by="ann")),
        ("retry", {"step": "a"}, c.RetryStep(step="a", by="ann")),
        ("skip", {"step": "a"}, c.SkipStep("a", by="ann")),
        ("exec", {"step": "a"}, c.ExecuteStep(step="a", by="ann")),
        ("fact", {"name": "ready", "value": False}, c.SetFact("ready", False, by="ann")),
        ("budget", {"tokens": 5}, c.RaiseBudget(tokens=5, by="ann")),
        ("publish", {"events": [{"name": "x", "data": {"n": 1}}]}, c.Publish((NotePublished(name="x", data={"n": 1}),))),
        ("publish", {}, c.Publish(())),
    ],
)  # fmt: skip
def test_a_verb_is_a_command(verb: str, values: dict[str, Any], command: c.Command):
    assert command_from(verb, values, "ann") == command


def test_more_of_nothing_and_an_unknown_verb_are_refused():
    with pytest.raises(InvalidRequest, match="say of what there is to be more"):
        command_from("budget", {"other": 5}, "ann")
    with pytest.raises(RopewalkError, match="no verb dance"):
        command_from("dance", {}, "ann")


async def test_a_start_with_a_key_is_done_once_and_for_the_same_request_only(opened: Ropewalk):
    wanted = StartRequest("quiet", inputs={"who": "ada"})
    run, is_new = await start(opened, wanted, "ann", key="k")
    assert is_new
    assert await start(opened, wanted, "ann", key="k") == (run, False)
    other, _ = await start(opened, wanted, "bob", key="k")
    assert other != run
    with pytest.raises(KeyReused):
        await start(opened, StartRequest("quiet", inputs={"who": "eve"}), "ann", key="k")
    assert len(await opened.store.runs()) == 2


async def test_a_start_whose_run_was_deleted_begins_it_anew(opened: Ropewalk):
    wanted = StartRequest("quiet")
    run, _ = await start(opened, wanted, "ann", key="k")
    await opened.drive(run)
    await delete(opened, run)
    again, is_new = await start(opened, wanted, "ann", key="k")
    assert (again, is_new) == (run, True)


async def test_a_secret_does_not_count_in_what_is_kept_of_a_start(opened: Ropewalk):
    first = StartRequest("secret", inputs={"token": "canary-0123456789"})
    other = StartRequest("secret", inputs={"token": "other-0123456789"})
    run, _ = await start(opened, first, "ann", key="k")
    assert await start(opened, other, "ann", key="k") == (run, False)


async def test_a_run_that_is_going_on_is_not_deleted_and_one_that_is_gone_is_not_there(opened: Ropewalk):
    run, _ = await start(opened, StartRequest("asking"), "ann")
    await opened.drive(run)
    with pytest.raises(Refused, match="abort it first"):
        await delete(opened, run)
    await act(opened, run, "abort", {}, "ann")
    await opened.drive(run)
    await delete(opened, run[:-2])
    with pytest.raises(NoSuchRun):
        await act(opened, run, "pause", {}, "ann")


async def test_a_fork_begins_at_a_step_that_is_there(opened: Ropewalk):
    run, _ = await start(opened, StartRequest("quiet"), "ann")
    await opened.drive(run)
    with pytest.raises(NoSuchStep, match="first"):
        await fork(opened, run, "nowhere", {}, "ann")
    forked = await fork(opened, run, "second", {"inputs": {"who": "bob"}}, "ann")
    state = await opened.engine.fold(forked)
    assert (state.inputs["who"], state.steps["first"].status) == ("bob", "succeeded")


async def test_values_of_secrets_are_taken_for_a_run_that_waits_for_them(opened: Ropewalk):
    run, _ = await start(opened, StartRequest("secret", inputs={"token": "canary-0123456789"}), "ann")
    opened.engine.vault.forget(run)
    with pytest.raises(RopewalkError):
        await acting.give(opened, run, {"nothing": "x"}, "ann")
    await acting.give(opened, run, {"token": "canary-0123456789"}, "ann")
    assert (await opened.drive(run)).status == "completed"
