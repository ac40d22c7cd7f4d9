"""This process as the last one to whom orphans come: when its fork server and every keeper were killed in one blow.

Only a program that knows all of its own children may do that, so `ropewalk` does, and a program that uses ropewalk as a library
does not: there a process that had left its session outlives such a blow.
"""

from __future__ import annotations

import os
import select
import threading
import time

from ropewalk.processes import kernel, signals

_LOOK_SECONDS = 0.005

_active = False
_own: set[int] = set()
_one_at_a_time = threading.Lock()
"""The kernel's list of children may leave one out while another thread reaps."""


def adopt_orphans() -> None:
    """From now on what loses its keeper and its fork server is ours, and ended."""
    global _active
    _active = kernel.become_subreaper()


def is_active() -> bool:
    """Whether orphans come to this process."""
    return _active


def spare_child(pid: int) -> None:
    """A child of this process that leads a session of its own is not a stranger."""
    _own.add(pid)


def forget(pid: int) -> None:
    """A child that was spared is over."""
    _own.discard(pid)


def end_strangers(seconds: float = 2.0) -> list[int]:
    """End and reap what came to us from other sessions; gives what could not be ended in that time. It blocks.

    A fork server that is still dying has yet to leave us what was below it: until it has, no look is the last one.
    """
    deadline = time.monotonic() + seconds
    with _one_at_a_time:
        while True:
            # Asked before we look: what is below it may come in the very next moment.
            more_to_come = any(kernel.is_ending(pid) for pid in tuple(_own))
            strangers = _strangers()
            if not strangers and not more_to_come:
                return []
            for pid in strangers:
                _end(pid)
            if time.monotonic() >= deadline:
                return _strangers()
            select.select([], [], [], _LOOK_SECONDS)


def _strangers() -> list[int]:
    """A child in our session was started by this process, or by what it has started itself: an editor, a shell."""
    return [pid for pid in kernel.children() or () if pid not in _own and _session(pid) != os.getsid(0)]


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return 0


def _end(pid: int) -> None:
    try:
        if os.waitpid(pid, os.WNOHANG) == (0, 0):
            os.kill(pid, signals.KILL)
    except OSError:
        pass  # it is gone, or another user's
