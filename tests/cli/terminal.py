"""The real program in a terminal: what it shows can be waited for, and typed at."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

PATIENCE_SECONDS = 60.0
OWN = (
    "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "from ropewalk.cli.main import main; sys.exit(main())"
)
"""The terminal becomes the program's own, so that Ctrl-C reaches it."""


class Terminal:
    """`ropewalk` with these words; `seen` is all that it has printed so far, with its control characters."""

    def __init__(self, folder: Path, *words: str, lines: int = 40, columns: int = 100) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        keep = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "COLUMNS", "LINES"}}
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWN, *words],
            cwd=folder,
            env={**keep, "TERM": "xterm-256color", "NO_COLOR": "1"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.seen = ""
        self._read_to = 0

    def until(self, text: str) -> str:
        """Wait for a text that was not waited for yet; gives what was shown up to there."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (place := self.seen.find(text, self._read_to)) < 0:
            assert time.monotonic() < deadline, f"{text!r} was not shown: {self.seen[-2000:]}"
            assert self._more(), f"it ended without {text!r}: {self.seen[-2000:]}"
        shown = self.seen[self._read_to : place + len(text)]
        self._read_to = place + len(text)
        return shown

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def ended(self) -> int:
        """Read to the end; gives the exit code."""
        while self._more():
            pass
        code = self.process.wait(PATIENCE_SECONDS)
        os.close(self._master)
        return code

    def _more(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], 0.1)
        if not ready:
            return self.process.poll() is None
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.seen += data.decode("utf-8", "replace")
        return bool(data)
