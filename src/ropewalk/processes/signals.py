"""Signals of the fork server and its keepers: deaf to what asks a program to end, woken when a child does.

`signal` itself is not imported: its enumerations take longer than the whole fork server.
"""

from __future__ import annotations

import os

try:
    import _signal as signal  # type: ignore[import-not-found]
except ImportError:  # a Python that has renamed what is private
    import signal

_DEAF = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGPIPE,
    signal.SIGALRM,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGTSTP,
    signal.SIGTTIN,
    signal.SIGTTOU,
)
TERM = int(signal.SIGTERM)
KILL = int(signal.SIGKILL)


def become_deaf() -> None:
    """A signal to a whole group or session must not end those that end the rest."""
    for number in _DEAF:
        signal.signal(number, signal.SIG_IGN)


USUAL = (*_DEAF, signal.SIGCHLD, signal.SIGXFSZ)
"""What a program expects to be as the system has it: Python ignores some of these, and we do more."""


def reset_signals() -> None:
    """As a program expects them."""
    for number in USUAL:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def wake_by_children() -> int:
    """A descriptor that is readable after a child has ended. It replaces an earlier one of this process."""
    reads, writes = os.pipe()
    os.set_blocking(reads, False)
    os.set_blocking(writes, False)
    signal.signal(signal.SIGCHLD, _nothing)
    signal.set_wakeup_fd(writes, warn_on_full_buffer=False)
    return reads


def clear(wake: int) -> None:
    """Take what has woken us."""
    try:
        while os.read(wake, 4096):
            pass
    except BlockingIOError:
        pass


def _nothing(number: int, frame: object) -> None:
    """A handler has to be there for the descriptor to be written."""
