"""The name of an owner: enough about its process to tell later, on this machine, whether it can still be there."""

from __future__ import annotations

import os
import re
import socket
from functools import cache
from pathlib import Path

from msgspec import Struct

_NAME = re.compile(r"([^:]*):(\d+):([^:]*):([^:]*):(\d*):([0-9a-f]+)")
_PROC = Path("/proc")
_STOPPED = frozenset("Tt")


class Owner(Struct, frozen=True):
    """A process, and a part that is never the same (`nonce`).

    `boot` (the kernel's boot id) and `space` (the PID namespace) say where its number means something, `started` (ticks
    since the boot) which process of that number it was. They are "" where the system does not tell.
    """

    host: str
    pid: int
    boot: str
    space: str
    started: str
    nonce: str

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}:{self.boot}:{self.space}:{self.started}:{self.nonce}"


def new_owner() -> Owner:
    """A name for somebody in this process; no two are the same."""
    pid = os.getpid()
    return Owner(host(), pid, boot_id(), pid_space(), start_of(pid), os.urandom(6).hex())


def parse_owner(name: str) -> Owner | None:
    """The owner that a name was made of; None for a name of another kind."""
    parts = _NAME.fullmatch(name)
    if parts is None:
        return None
    return Owner(parts[1], int(parts[2]), parts[3], parts[4], parts[5], parts[6])


def describe(name: str) -> str:
    """An owner in words for people: which process, where, and whether it was stopped."""
    owner = parse_owner(name)
    if owner is None:
        return name
    where = f"process {owner.pid} on {owner.host}"
    if owner.boot != boot_id() or owner.space != pid_space():
        return f"{where} (another PID namespace)" if owner.boot == boot_id() else where
    return f"{where}, which is stopped" if is_stopped(owner) else where


def is_stopped(owner: Owner) -> bool:
    """Whether a signal has stopped this process, as far as that can be seen from here."""
    if owner.boot != boot_id() or owner.space != pid_space() or not owner.space:
        return False
    stat = stat_of(owner.pid)
    return bool(stat) and stat[0] in _STOPPED and stat[19] == owner.started


def start_of(pid: int) -> str:
    """When a process began, in ticks since the host's start; "" where the host does not tell, or the process is gone."""
    return "".join(stat_of(pid)[19:20])


def stat_of(pid: int) -> list[str]:
    """What the host tells of a process, its state first; nothing where it does not tell."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    # The name of the program stands in brackets and may hold anything, so count from its end.
    return stat.rpartition(")")[2].split()


@cache
def host() -> str:
    """This machine's name, without what would end it inside an owner's name."""
    return socket.gethostname().replace(":", "-")


@cache
def boot_id() -> str:
    """Which start of which kernel this is, as short as tells starts apart; containers on one kernel share it."""
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
    except OSError:
        return ""


def pid_space() -> str:
    """The PID namespace whose numbers we and our /proc speak of; "" when it is not known, or they differ."""
    try:
        # A /proc from outside of our namespace names us by another number, and so everybody else too.
        if os.readlink(_PROC / "self") != str(os.getpid()):
            return ""
        return os.readlink(_PROC / "self/ns/pid").strip("pid:[]")
    except OSError:
        return ""
