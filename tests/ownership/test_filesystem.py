"""Local is what this machine alone has mounted; what is not known is not local."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ropewalk.ownership import filesystem as module
from ropewalk.ownership.filesystem import is_local, read_mount, read_mountinfo

MOUNTINFO = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:5 / /mnt/team\\040share rw shared:2 - nfs4 server:/x rw
24 22 0:6 / /mnt/team\\040share/local rw - xfs /dev/sdb rw
25 22 0:7 / /mnt/phone rw - fuse.sshfs phone: rw
26 22 0:8 / /mnt/stick rw - fuseblk /dev/sdc rw
27 22 0:9 / /mnt/host rw - virtiofs host rw
"""
MOUNT = """\
/dev/disk1s1 on / (apfs, local, journaled)
map auto_home on /home (autofs, automounted)
//ann@server/x on /Volumes/x (smbfs, nodev)
"""


def test_what_linux_mounted():
    assert read_mountinfo(MOUNTINFO) == {
        Path("/"): True,
        Path("/mnt/team share"): False,
        Path("/mnt/team share/local"): True,
        Path("/mnt/phone"): False,
        Path("/mnt/stick"): True,
        Path("/mnt/host"): False,
    }


def test_what_others_mounted():
    assert read_mount(MOUNT) == {Path("/"): True, Path("/home"): False, Path("/Volumes/x"): False}


@pytest.mark.parametrize(
    ("folder", "local"), [("/work", True), ("/mnt/team share/x", False), ("/mnt/team share/local/x", True)]
)
def test_the_nearest_mount_counts(folder: str, local: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_linux_mounts", lambda: read_mountinfo(MOUNTINFO))
    is_local.cache_clear()
    assert is_local(Path(folder)) is local
    is_local.cache_clear()


def test_what_is_not_known_is_not_local(monkeypatch: pytest.MonkeyPatch):
    def missing(*argv: object, **how: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(module, "_linux_mounts", dict)
    monkeypatch.setattr(subprocess, "run", missing)
    is_local.cache_clear()
    assert not is_local(Path("/work"))
    is_local.cache_clear()


def test_a_folder_of_this_machine(tmp_path: Path):
    assert is_local(tmp_path)


def test_without_proc_mount_is_asked(monkeypatch: pytest.MonkeyPatch):
    def told(*argv: object, **how: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess("mount", 0, MOUNT)

    monkeypatch.setattr(Path, "read_text", lambda *_, **__: (_ for _ in ()).throw(FileNotFoundError()))
    monkeypatch.setattr(subprocess, "run", told)
    is_local.cache_clear()
    assert is_local(Path("/Users"))
    is_local.cache_clear()
