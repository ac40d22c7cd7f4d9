"""Who waits for the answer of an ask: each hears its verdict once, also where another process has put it on record."""

from __future__ import annotations

import asyncio

from ropewalk.core import State
from ropewalk.core import events as e


class AwaitedAnswers:
    """Those that attempts of one run wait for."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[str]] = {}

    def verdict(self, state: State, ask: str) -> asyncio.Future[str]:
        """The verdict of an ask, whenever it comes; at once when it came already."""
        answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        earlier = state.answers.get(ask)
        if earlier is not None:
            answered.set_result(earlier.verdict)
        else:
            self._waiting[ask] = answered
        return answered

    def hear(self, event: e.Event) -> None:
        """An ask that was withdrawn counts as rejected."""
        if isinstance(event, e.AskAnswered | e.AskWithdrawn):
            waiting = self._waiting.pop(event.ask, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(event.verdict if isinstance(event, e.AskAnswered) else "reject")
