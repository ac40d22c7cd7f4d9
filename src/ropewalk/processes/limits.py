"""Limits of the system on one attempt's processes: set before its program begins, and inherited by its children."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

Some = Annotated[int, Meta(gt=0, le=2**63 - 1)]
"""The system takes -1 for no limit, and with 0 nothing could start."""

_NAMES = {
    "memory_bytes": resource.RLIMIT_AS,
    "cpu_seconds": resource.RLIMIT_CPU,
    "processes": resource.RLIMIT_NPROC,
    "file_bytes": resource.RLIMIT_FSIZE,
    "open_files": resource.RLIMIT_NOFILE,
}


class ProcessLimits(Struct, frozen=True, forbid_unknown_fields=True):
    """None is no limit. `memory_bytes` is address space of one process, which programs on Node reserve by the gigabyte;
    `processes` counts all of the user's.
    """

    memory_bytes: Some | None = None
    cpu_seconds: Some | None = None
    processes: Some | None = None
    file_bytes: Some | None = None
    open_files: Some | None = None

    def by_number(self) -> Iterator[tuple[int, int]]:
        """Each limit that is set, by the system's own number."""
        for name, which in _NAMES.items():
            value = getattr(self, name)
            if value is not None:
                yield which, value
