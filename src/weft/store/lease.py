"""Who drives a run. A lease is free when its time is over, or at once when its owner was a process of this host that is
dead; so a restart after a crash need not wait."""

from __future__ import annotations

import os
import re
import socket
from functools import cache
from pathlib import Path

from weft.store.port import Lease

_OWNER = re.compile(r".*:(\d+):(\d*):[0-9a-f]+")


def new_owner() -> str:
    """A name for a driver in this process: host, process id, when the process started, and a part that is never the same."""
    return f"{host()}:{os.getpid()}:{started(os.getpid())}:{os.urandom(6).hex()}"


def lease(run: str, owner: str, until: float) -> Lease:
    """A lease for somebody in this process; `until` in unix seconds."""
    return Lease(run=run, owner=owner, until=until, host=host(), pid=os.getpid())


def holds(held: Lease | None, wanted: Lease, now: float) -> bool:
    """Whether the lease that is there keeps the other's owner out."""
    return held is not None and held.owner != wanted.owner and held.until > now and not is_dead(held)


def is_dead(held: Lease) -> bool:
    """True only when it is certain: the owner was a process here, and that one is no more."""
    if not held.pid or held.host != host():
        return False
    try:
        os.kill(held.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # it belongs to somebody else, so it is there
    if _stat(held.pid)[:1] in (["Z"], ["X"]):
        return True  # ended, and nobody has asked how; in a container without an init that is for ever
    said = _OWNER.fullmatch(held.owner)
    now = started(held.pid)
    # The number may have gone to another process since.
    return bool(said and now and said[2] and (str(held.pid), now) != (said[1], said[2]))


def started(pid: int) -> str:
    """When a process began, in ticks since the host's start; "" where the host does not tell, or the process is gone."""
    return "".join(_stat(pid)[19:20])


def _stat(pid: int) -> list[str]:
    """What the host tells of a process, its state first; nothing where it does not tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    # The name of the program stands in brackets and may hold anything, so count from its end.
    return stat.rpartition(")")[2].split()


@cache
def host() -> str:
    return socket.gethostname()
