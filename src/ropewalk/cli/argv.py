"""A secret that was typed among the words is taken out of the list of processes, as other programs do with passwords.

Best effort: on Linux, where a process may write over its own arguments. The shell's history has it all the same.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

_START, _END = 45, 46
"""Fields of /proc/self/stat after the name, counted from 0: where the arguments begin and end in memory (proc(5))."""


def blank(texts: Iterable[str]) -> None:
    """Write stars over these texts where they stand in our arguments."""
    if sys.platform != "linux":
        return
    try:
        fields = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        start, end = int(fields[_START]), int(fields[_END])
    except (OSError, ValueError, IndexError):
        return
    if not 0 < start < end:
        return
    data = ctypes.string_at(start, end - start)
    for text in filter(None, map(os.fsencode, texts)):
        at = data.find(text)
        while at >= 0:
            ctypes.memset(start + at, ord("*"), len(text))
            at = data.find(text, at + len(text))
