"""All that the children of this process have started, and how it is ended.

Orphans come to a subreaper, so whatever lives below it has its root among the direct children; no child left to wait for
is the proof that nothing is left. Only children that were not reaped are signalled: their numbers cannot be others' yet.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterable

from ropewalk.processes import kernel, signals

_LOOK_MS = 20


class ProcessTree:
    """`whole` says that this process is a subreaper. Without it only process groups of its children are known."""

    def __init__(self, whole: bool, wake: int) -> None:
        self._whole = whole
        self._wake = wake
        self._groups: set[int] = set()
        self.ended: dict[int, int] = {}
        """Exit codes of reaped children (-n for signal n), until somebody takes them."""

    def add(self, leader: int) -> None:
        """A child that leads a session of its own."""
        self._groups.add(leader)

    def forget(self, leader: int) -> None:
        """It has ended, and what it left behind is not signalled by its number any more."""
        self._groups.discard(leader)

    def reap(self) -> bool:
        """Take what has ended; True when nothing is left."""
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return False
                self.ended[pid] = os.waitstatus_to_exitcode(status)
        except ChildProcessError:
            return self._whole or not self._living_groups()

    def signal(self, number: int, spare: Iterable[int] = ()) -> None:
        """To every direct child and its group, but for those that are spared."""
        own = os.getpgrp()
        children = kernel.children() if self._whole else None
        if children is None:
            for group in self._groups:
                _kill_group(group, number)
            return
        for pid in set(children).difference(spare):
            try:
                group = os.getpgid(pid)
            except OSError:
                group = own
            if group != own and _kill_group(group, number):
                continue
            try:
                os.kill(pid, number)
            except OSError:
                pass

    def ask(self, seconds: float) -> None:
        """Have everything end by itself, and wait so long for that."""
        deadline = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        if not self.reap():
            self.signal(signals.TERM)
        while not self.reap() and time.monotonic() < deadline:
            poll.poll(_LOOK_MS)
            signals.clear(self._wake)

    def end(self, seconds: float, spare: Iterable[int] = ()) -> list[int]:
        """Kill, reap, and again, for that which was adopted meanwhile; gives what could not be ended in that time.

        The number 0 in it stands for processes that the system does not name.
        """
        deadline = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        spared = set(spare)
        while not self.reap():
            left = kernel.children() if self._whole else sorted(self._groups)
            if spared and left is not None and spared.issuperset(left):
                return []
            self.signal(signals.KILL, spared)
            if time.monotonic() >= deadline:
                return sorted(set(left if left is not None else [0]) - spared)
            poll.poll(_LOOK_MS)
            signals.clear(self._wake)
        return []

    def _living_groups(self) -> bool:
        """Without a subreaper a group that somebody is left in is all that can be seen."""
        self._groups = {group for group in self._groups if _kill_group(group, 0)}
        return bool(self._groups)


def _kill_group(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except OSError:
        return False
    return True
