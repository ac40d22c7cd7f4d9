"""`ropewalk` as the first process of a container: orphans of the whole container come to it, and nobody else reaps them.

So the first process stays behind as nothing but an init, and its child is the program: who knows its own children and who
has to take everybody's are two processes, and neither takes the other's.
"""

from __future__ import annotations

import os
import signal
from types import FrameType

_FORWARDED = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGWINCH,
)


def leave_init_behind() -> None:
    """In the first process of a PID namespace: returns in a child of it. Anywhere else it does nothing."""
    if os.getpid() == 1:
        _fork()


def _fork() -> None:
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, _FORWARDED)
    program = os.fork()
    if program:
        _serve(program, blocked)
    _take_terminal()
    signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def _serve(program: int, blocked: set[signal.Signals | int]) -> None:
    """Reap whatever ends, pass signals on, and end as the program does. Never returns."""

    def forward(number: int, frame: FrameType | None) -> None:
        os.kill(program, number)

    for number in _FORWARDED:
        signal.signal(number, forward)
    signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    while True:
        pid, status = os.wait()
        if pid == program:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def _take_terminal() -> None:
    """In a terminal the program gets Ctrl-C by itself: it must not hear it a second time from the init."""
    if os.isatty(0):
        os.setpgid(0, 0)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        try:
            os.tcsetpgrp(0, os.getpid())
        except OSError:
            pass  # it is the terminal of another session
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
