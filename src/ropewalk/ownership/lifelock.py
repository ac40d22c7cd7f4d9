"""A lock held for a process's life, which the kernel gives back at its death, however it dies.

It is seen from other PID namespaces and containers that share the folder, where the number of a process means nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import weakref
from pathlib import Path

from ropewalk.ownership.owner import Owner

_held: weakref.WeakSet[LifeLock] = weakref.WeakSet()


class LifeLock:
    """`<folder>/<nonce>`, locked from `hold` on. A child that was forked without `exec` lets go of it at once."""

    def __init__(self, folder: Path, owner: Owner) -> None:
        self.path = folder / owner.nonce
        self._owner = owner
        self._fd = -1
        _held.add(self)

    def hold(self) -> bool:
        """Be seen to live, again where somebody took the file away. False where that is not to be had here."""
        if self._fd >= 0 and _is_at(self._fd, self.path):
            return True
        self.leave()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = _locked(self.path, str(self._owner))
        except OSError:
            self.leave()
        return self._fd >= 0

    def drop(self) -> None:
        """Nothing is owned any more."""
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                self.path.unlink()
        self.leave()

    def leave(self) -> None:
        """Let go of the lock, not of the file: as death does."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def _locked(path: Path, text: str) -> int:
    """A descriptor of a new file with the lock on it. The file comes to its name locked: one that is free for a moment would
    prove a death that has not been. Raises OSError."""
    draft = path.with_name(f"{path.name}.{os.urandom(6).hex()}.new")
    fd = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(fd, text.encode())
        os.rename(draft, path)
    except BaseException:
        os.close(fd)
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    return fd


def _is_at(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), os.stat(path))
    except OSError:
        return False


def is_let_go(path: Path) -> bool | None:
    """Whether nobody holds the lock of a file; None when there is no file, or it cannot be told.

    Anybody who asks shares the lock for a moment, so that two who ask do not take each other for the owner.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            return None
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return True if _is_at(fd, path) else None
    except BlockingIOError:
        return False
    except OSError:
        return None
    finally:
        os.close(fd)


def _forget_in_child() -> None:
    """A forked child shares the open file, and would keep its parent alive beyond death."""
    for lock in list(_held):
        lock.leave()


os.register_at_fork(after_in_child=_forget_in_child)
