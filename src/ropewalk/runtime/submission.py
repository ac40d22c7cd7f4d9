"""What a run that is driven here is told, with the one who waits for what becomes of it."""

from __future__ import annotations

import asyncio

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.errors import RopewalkError
from ropewalk.runtime.host import RunHandle


class Submission:
    """A command with the one who waits for what becomes of it."""

    __slots__ = ("actor", "command", "done")

    def __init__(
        self, command: c.Command, actor: str = "", done: asyncio.Future[list[e.Event]] | None = None
    ) -> None:
        self.command = command
        self.actor = actor
        self.done = done


Settled = list[tuple[Submission, list[e.Event] | RopewalkError]]


def settle(settled: Settled) -> None:
    """Let those who wait hear what their commands led to, or why they were refused."""
    for submission, result in settled:
        if submission.done is not None and not submission.done.done():
            if isinstance(result, RopewalkError):
                submission.done.set_exception(result)
            else:
                submission.done.set_result(result)


async def heard_by(driver: RunHandle, command: c.Command, actor: str) -> list[e.Event] | None:
    """What the driver made of a command; None when it went to rest without having looked at it."""
    done = driver.submit(command, actor)
    try:
        return await done
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if not done.cancelled() or (task is not None and task.cancelling()):
            raise
        return None
