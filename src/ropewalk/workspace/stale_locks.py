"""Lock files of a git that was killed. Git waits for them for ever, as it cannot know; we can where nobody alive may hold one:
the refs are our own and git has waited for longer than any of our updates takes, or the lock is older than this boot."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

OWN_SECONDS = 10.0
"""How old a lock of our own refs has to be; git itself waits as long for one (`core.filesRefLockTimeout`)."""

_SAYS = re.compile(rb"Unable to create '(/[^'\n]+\.lock)': File exists")
_OWN = ("/refs/ropewalk/", "/refs/heads/ropewalk/")


def is_stale_lock(stderr: bytes) -> bool:
    """Whether git found a lock in its way that nobody holds; then it is gone now."""
    match = _SAYS.search(stderr)
    if match is None:
        return False
    path = Path(os.fsdecode(match.group(1)))
    try:
        written = path.stat().st_mtime
        own = any(part in str(path) for part in _OWN)
        if not (own and time.time() - written > OWN_SECONDS) and written > booted_at():
            return False
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def booted_at() -> float:
    """When the machine started, in unix seconds; 0 where the system does not tell."""
    try:
        uptime = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return 0.0
    return time.time() - uptime
