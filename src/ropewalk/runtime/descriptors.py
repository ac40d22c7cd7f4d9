"""How many attempts may be under way at once before the process runs out of file descriptors.

The limit is raised as far as the slots need it and the system allows; where that is not enough there are fewer slots.
"""

from __future__ import annotations

import contextlib
import os
import resource

OF_AN_ATTEMPT = 16
"""Pipes of its program, the descriptor that tells of its end, and those of a git that is just being started for it."""
OF_OURS = 24
"""What is opened for a moment next to the attempts: the store's files, a log, a connection or two."""


def slots_that_fit(slots: int) -> int:
    """So many slots, or as many as there are descriptors for; one at least."""
    mine = _open_now() + OF_OURS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = mine + slots * OF_AN_ATTEMPT
    if _less(soft, wanted):
        # No further than needed: what we start inherits it, and some programs close every number up to the limit.
        soft = wanted if not _less(hard, wanted) else hard
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return slots if not _less(soft, wanted) else max(1, (soft - mine) // OF_AN_ATTEMPT)


def _less(limit: int, wanted: int) -> bool:
    return limit != resource.RLIM_INFINITY and limit < wanted


def _open_now() -> int:
    for listing in ("/proc/self/fd", "/dev/fd"):
        with contextlib.suppress(OSError):
            return len(os.listdir(listing))
    return OF_OURS
