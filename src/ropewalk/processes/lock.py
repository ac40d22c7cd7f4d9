"""The proof that nothing of an earlier attempt lives: a lock that its keepers hold until the last process has ended.

A lock is the system's, so it goes with those that hold it, however they end. No number of a process is believed: numbers
come back.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import stat
from fnmatch import fnmatchcase
from pathlib import Path

from ropewalk.trees import files_below

_NAMES = "process-*.lock"
_LOOK_SECONDS = (0.002, 0.05)


class Lock:
    """One child's lock in the private folder of its attempt."""

    def __init__(self, spool: Path) -> None:
        self._path = spool / f"process-{os.urandom(6).hex()}.lock"

    def take(self) -> int:
        """A descriptor that holds it, and so does every copy of it. Raises OSError."""
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            except OSError:
                os.close(descriptor)
                self.remove()
                raise
            if os.fstat(descriptor).st_nlink:
                return descriptor
            os.close(descriptor)  # the one who looked for the proof removed it before it was locked

    def remove(self) -> None:
        """Nobody holds it any more."""
        self._path.unlink(missing_ok=True)


async def await_end(spool: Path, seconds: float) -> tuple[int, ...]:
    """Wait until nothing lives of what was started for the attempts whose private folders are in or below `spool`.

    After so many seconds it gives the keepers that still keep something (0 for one that is not known yet); () is the proof
    that there is none.
    """
    pause, longest = _LOOK_SECONDS
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while keepers := _held(spool):
        if loop.time() >= deadline:
            return keepers
        await asyncio.sleep(pause)
        pause = min(2 * pause, longest)
    return ()


def _held(spool: Path) -> tuple[int, ...]:
    if not spool.is_dir():
        return ()
    holders = (
        _holder(path)
        for path in sorted(path for path in files_below(spool) if fnmatchcase(path.name, _NAMES))
    )
    return tuple(keeper for keeper in holders if keeper is not None)


def _holder(path: Path) -> int | None:
    """Who holds the lock; None, and the file goes, when nobody does. What is no file was made by others, and holds nothing."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError:
        return None if _is_no_file(path) else 0
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = os.read(descriptor, 32).strip()
            return int(text) if text.isdigit() else 0
        path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)
    return None


def _is_no_file(path: Path) -> bool:
    try:
        return not stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return True
