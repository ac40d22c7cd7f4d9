"""Who hands in a command hears what it led to or why it was refused, and None when the driver went to rest before it looked."""

from __future__ import annotations

import asyncio

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.errors import Refused
from ropewalk.runtime.submission import Submission, heard_by, settle

PAUSE = c.Pause(by="ann")


class Inbox:
    """A driver as far as a submission needs one."""

    def __init__(self) -> None:
        self.handed_in: list[Submission] = []

    def submit(self, command: c.Command, actor: str = "") -> asyncio.Future[list[e.Event]]:
        done: asyncio.Future[list[e.Event]] = asyncio.get_running_loop().create_future()
        self.handed_in.append(Submission(command, actor, done))
        return done


async def waiting(inbox: Inbox) -> asyncio.Task[list[e.Event] | None]:
    task = asyncio.create_task(heard_by(inbox, PAUSE, "ann"))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    return task


async def test_it_hears_the_events():
    inbox = Inbox()
    task = await waiting(inbox)
    (submission,) = inbox.handed_in
    assert (submission.command, submission.actor) == (PAUSE, "ann")
    settle([(submission, [e.RunPaused(reason="by request")])])
    assert await task == [e.RunPaused(reason="by request")]


async def test_it_hears_the_refusal():
    inbox = Inbox()
    task = await waiting(inbox)
    settle([(inbox.handed_in[0], Refused(verb="pause", reason="the run has ended"))])
    with pytest.raises(Refused, match="the run has ended"):
        await task


async def test_a_driver_that_went_to_rest_without_a_look_gives_none():
    inbox = Inbox()
    task = await waiting(inbox)
    assert inbox.handed_in[0].done is not None
    inbox.handed_in[0].done.cancel()
    assert await task is None


async def test_who_is_cancelled_while_it_waits_is_cancelled():
    task = await waiting(Inbox())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_nobody_waits_and_somebody_who_has_heard_already_are_passed_over():
    done: asyncio.Future[list[e.Event]] = asyncio.get_running_loop().create_future()
    done.set_result([])
    settle([(Submission(PAUSE), []), (Submission(PAUSE, "ann", done), [e.RunStarted()])])
    assert done.result() == []
