"""Whose the folder of an attempt is. A mark next to it names the driver that works in it, before anything is put there.

Nobody takes, fills or removes a folder whose owner may still be at work in it.
"""

from __future__ import annotations

import errno
import fcntl
import os
from functools import cache
from pathlib import Path
from threading import Event

from ropewalk.errors import FolderHeld
from ropewalk.files import read_text
from ropewalk.ownership import Judge, describe, judge_in, new_owner

_TRIES = 50
_WAIT_SECONDS = 0.01
_LONGEST = 1024


class Owning:
    """One driver's claims. `judge` tells whether the owner that a mark names still lives."""

    def __init__(self, owner: str, judge: Judge) -> None:
        self.owner = owner
        self._judge = judge

    def claim(self, folder: Path) -> None:
        """The folder is ours from here on, with what is in it. FolderHeld when another owner is not proved dead."""
        mark = mark_of(folder)
        mark.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(_TRIES):
            fd = os.open(mark, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                if _lock(fd) and _is_at(fd, mark):
                    self._sign(fd, folder)
                    return
            finally:
                os.close(fd)
            Event().wait(
                _WAIT_SECONDS
            )  # somebody else looks at it just now; in a thread, never in the event loop
        raise FolderHeld(place=str(folder), owner="a process that is just taking it")

    def _sign(self, fd: int, folder: Path) -> None:
        held = os.read(fd, _LONGEST).decode(errors="replace")
        if held == self.owner:
            return
        # An empty mark was left by somebody who died before he had signed it.
        if held and self._judge(held) != "dead":
            raise FolderHeld(place=str(folder), owner=describe(held))
        os.ftruncate(fd, 0)
        os.pwrite(fd, self.owner.encode(), 0)

    def may_remove(self, folder: Path, *, long_over: bool = False) -> bool:
        """Whether nobody else may be at work in it. `long_over`: nobody drives its run, so only the living keep it."""
        held = owner_of(folder)
        if not held or held == self.owner:
            return True
        life = self._judge(held)
        return life == "dead" or (long_over and life == "unknown")


@cache
def _process_owning(pid: int) -> Owning:
    return Owning(str(new_owner()), judge_in(None))


def process_owning() -> Owning:
    """Of this process, where it drives no runs."""
    return _process_owning(os.getpid())


def mark_of(folder: Path) -> Path:
    """The file that says whose a folder is; it lies next to it and goes last."""
    return folder.with_name(f"{folder.name}.owner")


def owner_of(folder: Path) -> str:
    """The owner that the mark names; "" when there is none, or what stands there is no mark of ours."""
    mark = mark_of(folder)
    try:
        return read_text(mark, _LONGEST, errors="replace") if mark.is_file() else ""
    except FileNotFoundError:
        return ""


def _lock(fd: int) -> bool:
    """Alone with the mark for a moment. A file system without locks has to do without."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL):
            raise
    return True


def _is_at(fd: int, mark: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), os.stat(mark))
    except FileNotFoundError:
        return False
