"""The few calls of the system that Python has no name for, each with an answer for hosts that do not have it.

Also imported by the fork server, where every millisecond of start-up counts: nothing heavier than `os` may be imported.
"""

from __future__ import annotations

import os
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
_PF_EXITING = 0x4
"""Of the ninth field of `/proc/PID/stat` (proc_pid_stat(5), `include/linux/sched.h`)."""

Prctl = Callable[[int, int], int]


def _ctypes_prctl() -> Prctl:
    """By the public module, which takes 20 ms to import. Raises AttributeError where there is no such call."""
    import ctypes

    call = ctypes.CDLL(None).prctl
    return lambda option, value: int(call(option, value, 0, 0, 0))


def _load_prctl() -> Prctl | None:
    try:
        try:
            # Private, and half of the time of `ctypes`; a Python that has changed them is served by the public module.
            import _ctypes

            address = _ctypes.dlsym(_ctypes.dlopen(None, 0), "prctl")  # type: ignore[arg-type]
            call = _ctypes.call_function
        except (ImportError, AttributeError, TypeError):
            return _ctypes_prctl()
        return lambda option, value: int(call(address, (option, value, 0, 0, 0)))
    except (OSError, AttributeError, ImportError):
        return None  # macOS


prctl = _load_prctl()


def become_subreaper() -> bool:
    """From now on orphans below this process become its children. False where the system has no such thing."""
    return prctl is not None and prctl(PR_SET_CHILD_SUBREAPER, 1) == 0


def die_with_parent(signal: int) -> None:
    """This process gets the signal when the *thread* that forked it ends; where there is no such thing, nothing."""
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, signal)


def pidfd_of(pid: int) -> int:
    """A descriptor that becomes readable when the process ends; -1 where there is none."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return -1


def is_ending(pid: int) -> bool:
    """Whether a process is on its way out and its children are not with their new parent yet.

    It closes its files first, then its children move, and in the same moment it becomes a zombie: who has seen a socket of
    its closed may look too early. False where the system does not tell.
    """
    try:
        fields = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
        return fields[0] not in (b"Z", b"X") and bool(int(fields[6]) & _PF_EXITING)
    except (OSError, ValueError, IndexError):
        return False


def children() -> list[int] | None:
    """The direct children of this process, zombies too; None where the system does not tell.

    The kernel's list may miss some while it changes: the one who must have them all looks again until there are none.
    """
    try:
        if os.readlink("/proc/self") != str(os.getpid()):
            return None  # the /proc of another PID namespace: its numbers are other processes here
        children: list[int] = []
        for task in os.listdir("/proc/self/task"):
            try:
                children += map(int, _read(f"/proc/self/task/{task}/children").split())
            except FileNotFoundError:
                if task == str(os.getpid()):
                    return _children_by_parent()  # a kernel without CONFIG_PROC_CHILDREN
        return children
    except OSError:
        return None


def _children_by_parent() -> list[int]:
    own = str(os.getpid()).encode()
    children = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = _read(f"/proc/{name}/stat").rpartition(b")")[2].split()
            except OSError:
                continue
            if fields[1] == own:
                children.append(int(name))
    return children


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        parts = []
        while part := os.read(descriptor, 65_536):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)
