"""Troubles of the host that pass by themselves: no room, no descriptors, no processes, a busy file.

What meets one in ropewalk's own work waits and tries again; it says nothing about the step that is being done.
"""

from __future__ import annotations

import errno
import re

WORDS = {
    errno.EMFILE: "no file descriptors left in this process",
    errno.ENFILE: "no file descriptors left on this machine",
    errno.EAGAIN: "the machine has no room for another process or thread",
    errno.ENOMEM: "no memory left",
    errno.ENOSPC: "no room or no inodes left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.EIO: "the disk failed to read or write",
    errno.ESTALE: "the file server has forgotten the file",
    errno.ETXTBSY: "the program is just being written",
    errno.ENOLCK: "no file locks left on this machine",
}

_TEXTS = re.compile(
    "|".join(
        (
            r"too many open files",
            r"no file descriptors",
            r"cannot fork|unable to fork|fork failed",
            r"resource temporarily unavailable",
            r"cannot allocate memory|out of memory",
            r"no space left on device|out of diskspace",
            r"unable to write (?:new[ _]|temporary )?index",
            r"disk quota exceeded",
            r"input/output error",
            r"stale (?:nfs )?file handle",
            r"unable to create (?:threaded|thread)|can't start new thread",
            r"no locks available",
        )
    ),
    re.IGNORECASE,
)


def passing_trouble(error: BaseException) -> str:
    """What of the host stands behind an error and passes by itself, in words; "" when it is something else."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        why = _of_one(link)
        if why:
            return why
        link = link.__cause__
    return ""


def _of_one(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno in WORDS:
        return f"{WORDS[error.errno]} ({errno.errorcode[error.errno]})"
    if isinstance(error, MemoryError):
        return WORDS[errno.ENOMEM]
    if getattr(error, "passing", False):
        return str(error)
    if isinstance(error, RuntimeError) and "start new thread" in str(error):
        return f"{WORDS[errno.EAGAIN]} (EAGAIN)"
    return ""


def told_by_program(text: str) -> str:
    """The line of a program's last words that tells of such a trouble; "" when there is none."""
    return next((line.strip() for line in text.splitlines() if _TEXTS.search(line)), "")
