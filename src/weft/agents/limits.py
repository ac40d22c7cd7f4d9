"""Limits of the system on one attempt's processes; they are put on the leader as it starts, and its children inherit them."""

from __future__ import annotations

import resource
import sys

from msgspec import Struct

_NAMES = {
    "memory_bytes": resource.RLIMIT_AS,
    "cpu_seconds": resource.RLIMIT_CPU,
    "processes": resource.RLIMIT_NPROC,
    "file_bytes": resource.RLIMIT_FSIZE,
    "open_files": resource.RLIMIT_NOFILE,
}


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """None is no limit. `memory_bytes` is address space of one process, which programs on Node reserve by the gigabyte;
    `processes` counts all of the user's.
    """

    memory_bytes: int | None = None
    cpu_seconds: int | None = None
    processes: int | None = None
    file_bytes: int | None = None
    open_files: int | None = None

    def put_on(self, pid: int) -> None:
        """Put them on a process. Raises OSError where the system cannot do it to another process."""
        wanted = {
            which: value for name, which in _NAMES.items() if (value := getattr(self, name)) is not None
        }
        if not wanted:
            return
        if not hasattr(resource, "prlimit"):
            raise OSError(f"limits on an agent's processes cannot be set on {sys.platform}")
        for which, value in wanted.items():
            resource.prlimit(pid, which, (value, value))
