"""Ctrl-C and SIGTERM while a run is driven: the first leaves the run as it is, the second ends this process at once.

What the killed process had started is ended by its lifeline, so nothing is left behind either way.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from weft.cli import exits
from weft.runtime.engine import Engine

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FIRST = "\nStopping: what runs now is ended, and the run stays as it is. (Once more kills at once.)\n"


class Interrupts:
    """`seen` says whether somebody wants us to end."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.seen = False

    def came(self) -> None:
        """What a signal does."""
        if self.seen:
            os._exit(exits.INTERRUPTED)
        self.seen = True
        sys.stderr.write(FIRST)
        sys.stderr.flush()
        for driver in list(self._engine.drivers.values()):
            driver.stop()


@contextmanager
def interrupts(engine: Engine) -> Iterator[Interrupts]:
    """Watches the signals as long as runs are driven."""
    watching = Interrupts(engine)
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, watching.came)
    try:
        yield watching
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
