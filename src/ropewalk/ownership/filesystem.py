"""Whether a folder lies on a file system of this machine alone: only there does a lock that is free prove a death.

A lock on a file server is also free after the server was restarted, or for a client that could not be reached.
"""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

_SHARED = re.compile(
    r"nfs|cifs|smb|fuse|9p|virtiofs|afs|ceph|gluster|lustre|gpfs|gfs|ocfs|beegfs|orangefs|pvfs|vboxsf|vmhgfs|prl_fs|davfs|webdav|acfs|drvfs"
)
_OURS = re.compile(r"fuseblk")
_MOUNTED = re.compile(r"^.+? on (/.*) \((.*)\)$")
_OCTAL = re.compile(r"\\(\d{3})")


@cache
def is_local(folder: Path) -> bool:
    """False also when it cannot be told."""
    mounts = _linux_mounts() or _other_mounts()
    place = folder.resolve()
    known = [point for point in mounts if place.is_relative_to(point)]
    return bool(known) and mounts[max(known, key=lambda point: len(point.parts))]


def _linux_mounts() -> dict[Path, bool]:
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return {}
    return read_mountinfo(lines)


def read_mountinfo(text: str) -> dict[Path, bool]:
    """Mount points, and whether what is mounted there is local; of several at one place the last is seen."""
    points = {}
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        kind = after.split(" ")[0]
        point = _OCTAL.sub(lambda code: chr(int(code[1], 8)), before.split(" ")[4])
        points[Path(point)] = bool(_OURS.match(kind)) or not _SHARED.search(kind)
    return points


def _other_mounts() -> dict[Path, bool]:
    """Where there is no /proc, `mount` names what is local so."""
    try:
        shown = subprocess.run(["mount"], capture_output=True, text=True, check=True, timeout=5)
    except (OSError, subprocess.SubprocessError):
        return {}
    return read_mount(shown.stdout)


def read_mount(text: str) -> dict[Path, bool]:
    """The same of what the `mount` of a BSD or of macOS prints."""
    lines = (_MOUNTED.match(line) for line in text.splitlines())
    return {Path(line[1]): "local" in line[2].split(", ") for line in lines if line}
