"""The argv that puts bubblewrap around another: namespaces of its own, no capability, a root that is read-only but for what is named.

Which namespaces can be had is tried once for each program; where none can, that is told with the reason and nothing is started.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

PROGRAM: Final = "bwrap"
INSTALL: Final = "install bubblewrap (bwrap), or set `confine: none`"
ALLOW: Final = (
    "allow user namespaces to bwrap (sysctl, AppArmor, the container's profile), or set `confine: none`"
)

_SECONDS = 10.0
_ALWAYS = (
    *("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
    *("--die-with-parent", "--new-session", "--cap-drop", "ALL"),
)
"""A session of its own keeps it from typing into the terminal (TIOCSTI); root keeps no capability, also not to remount."""
_ROOT = ("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc")
_KERNEL_READ = ("sys", "sysrq-trigger", "irq", "bus", "fs")
_KERNEL_SHUT = (
    "acpi",
    "asound",
    "kcore",
    "keys",
    "key-users",
    "latency_stats",
    "sched_debug",
    "scsi",
    "timer_list",
)
"""Of /proc: root without a capability is still the owner of these files, and what writes `core_pattern` runs on the host."""

_UNSET = ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "SSH_AUTH_SOCK", "SSH_AGENT_PID", "GPG_AGENT_INFO")
"""What names sockets that are not there inside."""

Kind = Literal["hidden", "fresh", "masked", "readable", "writable"]
_ORDER: Final = ("hidden", "fresh", "masked", "readable", "writable")


class Mount(Struct, frozen=True):
    """What is done with one path. hidden: an empty folder that stays so; fresh: an empty one to write in; masked: an empty
    file; readable, writable: what is there outside.
    """

    path: str
    kind: Kind


class ConfinementFault(Struct, frozen=True):
    """Why there is no confinement here, and what would help."""

    reason: str
    hint: str


def fault() -> ConfinementFault | None:
    """Why it cannot be had here; None when it can."""
    if not sys.platform.startswith("linux"):
        return ConfinementFault(
            "bubblewrap confines on Linux only", "set `confine: none`, or run ropewalk in a container"
        )
    program = shutil.which(PROGRAM)
    if program is None:
        return ConfinementFault(f"{PROGRAM} was not found", INSTALL)
    tried = _namespaces(program, os.geteuid() == 0)
    return (
        ConfinementFault(f"{PROGRAM} does not work here: {tried}", ALLOW) if isinstance(tried, str) else None
    )


def argv(mounts: Iterable[Mount], *, network: bool) -> list[str]:
    """What goes before the confined argv. To be asked for only where there is no fault; it begins in the folder that it is
    started in.
    """
    program = shutil.which(PROGRAM) or PROGRAM
    namespaces = _namespaces(program, os.geteuid() == 0)
    head = [program, *(() if isinstance(namespaces, str) else namespaces), *_ALWAYS]
    if not network:
        head.append("--unshare-net")
    head += (*_ROOT, *_kernel())
    placed = {_target(mount.path): mount for mount in sorted(mounts, key=_outer_first)}
    for mount in placed.values():
        head += _mounting(mount)
    for target, mount in placed.items():
        if mount.kind == "hidden":
            head += ("--remount-ro", target)
    for name in _UNSET:
        head += ("--unsetenv", name)
    return [*head, "--"]


def _kernel() -> Iterator[str]:
    for name in _KERNEL_READ:
        if os.path.exists(path := f"/proc/{name}"):
            yield from ("--ro-bind", path, path)
    for name in _KERNEL_SHUT:
        if os.path.exists(path := f"/proc/{name}"):
            yield from ("--tmpfs", path) if os.path.isdir(path) else ("--ro-bind", os.devnull, path)


def _outer_first(mount: Mount) -> tuple[int, int, str]:
    """What lies deeper is mounted later; of two for one path what is there counts, not what is hidden."""
    path = _target(mount.path)
    return len(Path(path).parts), _ORDER.index(mount.kind), path


def _mounting(mount: Mount) -> Sequence[str]:
    target = _target(mount.path)
    match mount.kind:
        case "hidden" | "fresh":
            return ("--tmpfs", target)
        case "masked":
            return ("--ro-bind", os.devnull, target)
        case "readable":
            return ("--ro-bind", os.path.realpath(mount.path), target)
        case "writable":
            return ("--bind", os.path.realpath(mount.path), target)


def _target(path: str) -> str:
    """Where it is inside: bubblewrap follows no absolute link on the way; the last part may be one that is hidden itself."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name) if name else folder


_known_namespaces: dict[tuple[str, bool], tuple[str, ...]] = {}
"""Ways that worked. What did not is asked for again: a host without room for a moment must not stand in the way for ever."""


def _namespaces(program: str, root: bool) -> tuple[str, ...] | str:
    """The first way that works, else what the last one said. Root needs no user namespace where none is to be had."""
    known = _known_namespaces.get((program, root))
    if known is not None:
        return known
    tried = _tried(program, root)
    if not isinstance(tried, str):
        _known_namespaces[program, root] = tried
    return tried


def _tried(program: str, root: bool) -> tuple[str, ...] | str:
    ways: Iterator[tuple[str, ...]] = iter(
        (("--unshare-user", "--disable-userns"), ("--unshare-user",), *(((),) if root else ()))
    )
    complaint = ""
    for way in ways:
        words = [program, *way, *_ALWAYS, *_ROOT, *_kernel(), "--", program, "--version"]
        try:
            done = subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",  # the system words its complaints in the user's language and encoding
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            complaint = str(error)
            continue
        if done.returncode == 0:
            return way
        complaint = done.stderr.strip().rpartition("\n")[2] or f"it ended with {done.returncode}"
    return complaint
