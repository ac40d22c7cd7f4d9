"""Ctrl-C and SIGTERM while a run is driven: the first leaves the run as it is, the second ends this process at once.

What the killed process had started is ended by its keepers, so nothing is left behind either way.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ropewalk.app import Engine, stop_signals
from ropewalk.cli import exits

FIRST = "Stopping: what runs now is ended, the run stays as it is. (Once more kills at once.)"


class Interrupts:
    """`seen` says whether somebody wants us to end; `say` tells them that it was heard."""

    def __init__(self, engine: Engine, say: Callable[[str], None]) -> None:
        self._engine = engine
        self._say = say
        self.seen = False

    def came(self) -> None:
        """What a signal does."""
        if self.seen:
            os._exit(exits.INTERRUPTED)
        self.seen = True
        self._say(FIRST)
        for driver in list(self._engine.drivers.values()):
            driver.stop()


@contextmanager
def interrupts(engine: Engine, say: Callable[[str], None]) -> Iterator[Interrupts]:
    """Watches the signals as long as runs are driven."""
    watching = Interrupts(engine, say)
    loop = asyncio.get_running_loop()
    heard = stop_signals()
    for number in heard:
        loop.add_signal_handler(number, watching.came)
    try:
        yield watching
    finally:
        for number in heard:
            loop.remove_signal_handler(number)
