"""Which processes of an attempt still live: a record in its spool, so that a later driver can kill what a killed weft left.

A process counts as ours by the mark in its environment or by its start time, never by its number alone: numbers come back.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

RECORD = "process.json"
RECORDS = "process*.json"
"""An attempt may have several: its agent and the terminals that the agent asked for."""

MARK = "WEFT_MARK"
_PROC = Path("/proc")
_PATIENCE_SECONDS = 2.0
_LOOK_SECONDS = 0.002


class Started(msgspec.Struct, frozen=True):
    """A process that was started: its group (its own number), the system's word for its start time, its mark."""

    group: int
    started: str
    mark: str


def record(spool: Path, group: int, mark: str, name: str = RECORD) -> Path:
    """Write down that this group works for the attempt whose private folder `spool` is."""
    path = spool / name
    path.write_bytes(msgspec.json.encode(Started(group=group, started=start_time(group), mark=mark)))
    return path


def start_time(pid: int) -> str:
    """When the process started, as the system tells it; "" for one that is gone."""
    stat = _stat(pid)
    if stat:
        return stat[19]
    if _PROC.joinpath("self", "stat").exists():
        return ""
    shown = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()


def alive(group: int) -> bool:
    """Whether a process of this group is there that is not a zombie."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    if not _PROC.joinpath("self", "stat").exists():
        return True
    stats = (_stat(pid) for pid in _pids())
    return any(stat and int(stat[2]) == group and stat[0] not in "ZX" for stat in stats)


def strays(mark: str) -> list[int]:
    """Processes that carry this mark in their environment, also those that left the group (where the system tells)."""
    sought = f"{MARK}={mark}".encode()
    found = []
    for pid in _pids():
        with contextlib.suppress(OSError):
            if sought in (_PROC / str(pid) / "environ").read_bytes().split(b"\0"):
                found.append(pid)
    return found


def kill_strays(mark: str) -> int:
    """Kill every process that carries this mark and those they start meanwhile; gives how many there were."""
    killed: set[int] = set()
    while fresh := set(strays(mark)) - killed - {os.getpid()}:
        for pid in fresh:
            send(pid, signal.SIGKILL)
        killed |= fresh
    return len(killed)


def send(pid: int, number: int) -> bool:
    """Send a signal; a negative `pid` is a group. False when nobody is there (any more) or it is not ours."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def reap_orphans(spool: Path) -> int:
    """Kill what earlier drivers left running for the attempts whose private folders are in or below `spool`.

    Gives how many attempts had something left. Call it before an attempt that was found running is tried again.
    """
    if not spool.is_dir():
        return 0
    return sum(_reap(path) for path in sorted(spool.rglob(RECORDS)))


def _reap(path: Path) -> bool:
    try:
        left = msgspec.json.decode(path.read_bytes(), type=Started)
    except (msgspec.DecodeError, FileNotFoundError):
        path.unlink(missing_ok=True)  # so small a write is torn by a full disk only
        return False
    ours = bool(left.started) and start_time(left.group) == left.started
    marked = strays(left.mark)
    if ours or any(_group(pid) == left.group for pid in marked):
        ours = send(-left.group, signal.SIGKILL)
        _await_end(left.group)
    ours = kill_strays(left.mark) > 0 or ours
    path.unlink(missing_ok=True)
    return ours


def _await_end(group: int) -> None:
    """SIGKILL cannot be refused, only be late; it is not ours to reap, so look until the group is gone."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while alive(group) and time.monotonic() < deadline:
        select.select([], [], [], _LOOK_SECONDS)


def _group(pid: int) -> int:
    stat = _stat(pid)
    return int(stat[2]) if stat else 0


def _pids() -> Iterator[int]:
    return (
        (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()) if _PROC.is_dir() else iter(())
    )


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name: state, parent, group, session, …; [] when there is none."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
