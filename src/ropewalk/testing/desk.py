"""A real desk for tests of agents and kinds: folders on disk, what was said in memory, answers given beforehand.

With a manual clock nothing waits: `sleep` moves the time on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ropewalk.agents import Redactor
from ropewalk.agents.port import Permission


class ListeningDesk:
    """Keeps everything that it is told: `said`, `noted`, `asked`, `published`, `signs` of life, `slept` seconds.

    `answers` are taken in order for what is asked; when they run out the first choice is given.
    `clock` None is the real clock; a number is the time that a manual one starts at.
    """

    def __init__(self, home: Path, *, clock: float | None = None, answers: Sequence[str] = ()) -> None:
        self.folder = home / "folder"
        self.spool = home / "spool"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.spool.mkdir(parents=True, exist_ok=True)
        self.said: list[tuple[str, str]] = []
        self.noted: list[Mapping[str, Any]] = []
        self.asked: list[Permission] = []
        self.published: list[tuple[str, Mapping[str, Any]]] = []
        self.slept: list[float] = []
        self.signs = 0
        self.reads: tuple[str, ...] = ()
        self.hides: tuple[str, ...] = ()
        self.secrets: Mapping[str, str] = {}
        self.redactor = Redactor()
        self._clock = clock
        self._answers = list(answers)

    def say(self, text: str, channel: str = "out") -> None:
        self.said.append((channel, text))

    def heard(self, channel: str = "") -> str:
        """Everything said on the channel, or on all of them."""
        return "".join(text for name, text in self.said if channel in ("", name))

    def alive(self) -> None:
        self.signs += 1

    async def note(self, note: Mapping[str, Any]) -> None:
        self.noted.append(note)

    async def ask(self, permission: Permission) -> str:
        self.asked.append(permission)
        return self._answers.pop(0) if self._answers else permission.choices[0]

    async def publish(self, name: str, data: Mapping[str, Any]) -> None:
        self.published.append((name, data))

    def now(self) -> float:
        return time.time() if self._clock is None else self._clock

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self._clock is None:
            await asyncio.sleep(seconds)
        else:
            self._clock += seconds
            await asyncio.sleep(0)
