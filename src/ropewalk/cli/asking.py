"""Answers asks in the terminal in which a run is driven: shows what is asked, reads a line, tells the run.

An answer may come from elsewhere meanwhile; then nobody is asked here any more.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from typing import Any

from ropewalk.app import AskOpened, Driver, Ropewalk
from ropewalk.cli.answering import AnswerWords, hint, read, shown
from ropewalk.cli.screen import Screen
from ropewalk.errors import RopewalkError


class Asking:
    """`pause` and `go_on` clear the place where people type, and give it back."""

    def __init__(
        self, screen: Screen, ropewalk: Ropewalk, pause: Callable[[], None], go_on: Callable[[], None]
    ) -> None:
        self._screen = screen
        self._ropewalk = ropewalk
        self._pause, self._go_on = pause, go_on
        self._later: set[tuple[str, str]] = set()
        self._changed = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()
        self._over = False
        self._here = sys.stdin.isatty()

    def look(self) -> None:
        """Something happened: there may be an ask, or one less."""
        self._changed.set()

    def wanted(self) -> bool:
        """Whether there is an ask that is going to be answered here."""
        return self._here and self._next() is not None

    async def end(self) -> None:
        """Nothing is asked any more; a question that stands there is taken back."""
        self._over = True
        self.look()
        await self._free.wait()

    def _next(self) -> tuple[Driver, AskOpened] | None:
        for run, driver in self._ropewalk.engine.drivers.items():
            for name, opened in driver.state.asks.items():
                if (run, name) not in self._later:
                    return driver, opened
        return None

    async def serve(self) -> None:
        """Ask, one after the other, until it is cancelled."""
        while self._here:
            following = None if self._over else self._next()
            if following is None:
                self._changed.clear()
                await self._changed.wait()
                continue
            self._free.clear()
            self._pause()
            try:
                await self._ask(*following)
            except Exception:
                self._here = False
                self._nudge()
                raise
            finally:
                self._go_on()
                self._free.set()

    async def _ask(self, driver: Driver, opened: AskOpened) -> None:
        screen, run = self._screen, driver.state.run
        screen.line()
        for line in await shown(screen, self._ropewalk, run, opened):
            screen.line(line)
        while self._open(driver, opened.ask):
            screen.write(f"{screen.paint('bold', hint(opened))} ")
            screen.flush()
            typed = await self._line(driver, opened.ask)
            if typed is not None:
                await self._take(run, opened, typed)
                continue
            screen.line()
            if opened.ask not in driver.state.asks:
                screen.line(f"{opened.ask} was answered elsewhere.")
            self._leave(run, opened.ask)

    def _open(self, driver: Driver, ask: str) -> bool:
        """Whether it is still wanted here."""
        left = (driver.state.run, ask) in self._later
        return not self._over and not left and ask in driver.state.asks

    async def _take(self, run: str, opened: AskOpened, line: str) -> None:
        try:
            words = read(opened, line)
            if words.verdict == "later":
                self._leave(run, opened.ask)
                return
            if words.verdict == "amend" and opened.show:
                from ropewalk.cli.editing import edited

                words = AnswerWords("amend", content=await edited(self._ropewalk, run, opened))
            await self._ropewalk.answer(
                run,
                opened.ask,
                words.verdict,
                reason=words.reason,
                value=words.value,
                content=words.content,
                digest=opened.digest,
            )
        except RopewalkError as error:
            self._screen.line(str(error))

    def _leave(self, run: str, ask: str) -> None:
        """Nobody answers it here; the driver may find that it has nothing left to do."""
        self._later.add((run, ask))
        self._nudge()

    def _nudge(self) -> None:
        for driver in self._ropewalk.engine.drivers.values():
            driver.nudge()

    async def _line(self, driver: Driver, ask: str) -> str | None:
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
                if not typed.done() and not self._open(driver, ask):
                    return None
            return typed.result()
        finally:
            loop.remove_reader(sys.stdin.fileno())
