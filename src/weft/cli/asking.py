"""Answers asks in the terminal in which a run is driven: shows what is asked, reads a line, tells the run.

An answer may come from elsewhere meanwhile; then nobody is asked here any more.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from typing import Any

from weft.app.open import Weft
from weft.cli.answering import Given, hint, read, shown
from weft.cli.screen import Screen
from weft.core.events import AskOpened
from weft.errors import WeftError


class Asking:
    """`pause` and `go_on` clear the place where people type, and give it back."""

    def __init__(
        self, screen: Screen, weft: Weft, pause: Callable[[], None], go_on: Callable[[], None]
    ) -> None:
        self._screen = screen
        self._weft = weft
        self._pause, self._go_on = pause, go_on
        self._later: set[tuple[str, str]] = set()
        self._changed = asyncio.Event()
        self._here = sys.stdin.isatty()

    def look(self) -> None:
        """Something happened: there may be an ask, or one less."""
        self._changed.set()

    def wanted(self) -> bool:
        """Whether there is an ask that is going to be answered here."""
        return self._here and self._next() is not None

    def _next(self) -> tuple[str, AskOpened] | None:
        for run, driver in self._weft.engine.drivers.items():
            for name, opened in driver.state.asks.items():
                if (run, name) not in self._later:
                    return run, opened
        return None

    def _open(self, run: str, name: str) -> bool:
        driver = self._weft.engine.drivers.get(run)
        return driver is not None and name in driver.state.asks

    async def serve(self) -> None:
        """Ask, one after the other, for ever."""
        while self._here:
            found = self._next()
            if found is None:
                self._changed.clear()
                await self._changed.wait()
                continue
            self._pause()
            try:
                await self._ask(*found)
            finally:
                self._go_on()

    async def _ask(self, run: str, opened: AskOpened) -> None:
        screen = self._screen
        screen.line()
        for line in await shown(screen, self._weft, run, opened):
            screen.line(line)
        while self._open(run, opened.ask):
            screen.out.write(f"{screen.paint('bold', hint(opened))} ")
            screen.flush()
            typed = await self._line(run, opened.ask)
            if typed is None:
                screen.line()
                if self._open(run, opened.ask):
                    self._leave(run, opened.ask)
                else:
                    screen.line(f"{opened.ask} was answered elsewhere.")
                return
            await self._take(run, opened, typed)

    async def _take(self, run: str, opened: AskOpened, line: str) -> None:
        try:
            given = read(opened, line)
            if given.verdict == "later":
                self._leave(run, opened.ask)
                return
            if given.verdict == "amend" and opened.show:
                from weft.cli.editing import edited

                given = Given("amend", content=await edited(self._weft, run, opened))
            await self._weft.answer(
                run,
                opened.ask,
                given.verdict,
                reason=given.reason,
                value=given.value,
                content=given.content,
                digest=opened.digest,
            )
        except WeftError as error:
            self._screen.line(str(error))

    def _leave(self, run: str, ask: str) -> None:
        """Nobody wants to answer here; the driver may find that it has nothing left to do."""
        self._later.add((run, ask))
        for driver in self._weft.engine.drivers.values():
            driver.nudge()

    async def _line(self, run: str, ask: str) -> str | None:
        """The next line that is typed; None at the end of the input, or when the ask was answered elsewhere."""
        loop = asyncio.get_running_loop()
        typed: asyncio.Future[str | None] = loop.create_future()
        gathered = bytearray()

        def take() -> None:
            data = os.read(sys.stdin.fileno(), 4096)
            gathered.extend(data)
            if not typed.done() and (not data or b"\n" in gathered):
                typed.set_result(gathered.decode("utf-8", "replace") if gathered else None)

        loop.add_reader(sys.stdin.fileno(), take)
        try:
            while not typed.done():
                self._changed.clear()
                looking = asyncio.ensure_future(self._changed.wait())
                both: set[asyncio.Future[Any]] = {typed, looking}
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                looking.cancel()
                if not typed.done() and not self._open(run, ask):
                    return None
            return typed.result()
        finally:
            loop.remove_reader(sys.stdin.fileno())
