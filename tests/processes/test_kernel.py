"""The calls that Python has no name for do what they promise here, and say so where a system does not have them."""

from __future__ import annotations

import os
import select
import subprocess
import sys

import pytest

from ropewalk.processes import kernel

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="what only this kernel has")


def test_the_children_are_told_living_and_zombies_and_nobody_elses():
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as living:
        dead = subprocess.Popen(["true"])
        os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
        listed = kernel.children()
        assert listed is not None
        assert {living.pid, dead.pid} <= set(listed)
        assert os.getpid() not in listed
        assert os.getppid() not in listed
        dead.wait()
        assert dead.pid not in (kernel.children() or ())


@LINUX
def test_neither_one_that_lives_nor_one_that_is_dead_is_ending():
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as living:
        dead = subprocess.Popen(["true"])
        os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
        assert not kernel.is_ending(living.pid)
        assert not kernel.is_ending(dead.pid), "a zombie has nothing left to pass on"
        dead.wait()
        assert not kernel.is_ending(dead.pid)


@pytest.mark.parametrize(
    ("stat", "ending"),
    [
        (b"7 (a) Z) R 1 7 7 0 -1 4194308 0 0", True),
        (b"7 (a) S 1 7 7 0 -1 4194304 0 0", False),
        (b"7 (a) Z 1 7 7 0 -1 4194308 0 0", False),
        (b"7 (a) X 1 7 7 0 -1 4194308 0 0", False),
        (b"7 (a) R 1 7", False),
        (b"", False),
    ],
)
def test_who_is_ending_is_read_off_the_flags_of_its_state(monkeypatch, stat, ending):
    monkeypatch.setattr(kernel, "_read", lambda path: stat)
    assert kernel.is_ending(7) is ending


def test_a_kernel_that_lists_no_children_is_asked_for_the_parent_of_each():
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as child:
        assert child.pid in kernel._children_by_parent()
    assert child.pid not in kernel._children_by_parent()


def test_a_system_without_proc_does_not_tell(monkeypatch: pytest.MonkeyPatch):
    def refuse(path: str) -> str:
        raise FileNotFoundError(path)

    monkeypatch.setattr(os, "readlink", refuse)
    assert kernel.children() is None


def test_the_proc_of_another_namespace_is_not_believed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "readlink", lambda path: "1234567")
    assert kernel.children() is None


def test_a_descriptor_of_a_process_is_readable_when_it_ends_and_none_is_there_for_nobody():
    child = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
    descriptor = kernel.pidfd_of(child.pid)
    assert not select.select([descriptor], [], [], 0)[0]
    child.communicate()
    assert select.select([descriptor], [], [], 20)[0]
    os.close(descriptor)
    assert kernel.pidfd_of(child.pid) == -1


ORPHAN = """
import os, subprocess, sys
from ropewalk.processes import kernel
assert kernel.become_subreaper() is True
subprocess.run(["sh", "-c", "cat <&3 >/dev/null 2>&1 & echo $!"], pass_fds=[3], check=True)
print(kernel.children(), flush=True)
"""


@LINUX
def test_orphans_come_to_a_subreaper():
    reads, writes = os.pipe()
    ran = subprocess.run(
        [sys.executable, "-c", f"import os; os.dup2({reads}, 3)\n{ORPHAN}"],
        pass_fds=[reads],
        capture_output=True,
        text=True,
        check=True,
    )
    os.close(writes)
    os.close(reads)
    orphan, children = ran.stdout.splitlines()
    assert children == f"[{orphan}]"


def test_a_system_without_the_call_has_no_subreaper(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kernel, "prctl", None)
    assert kernel.become_subreaper() is False
    kernel.die_with_parent(9)


@LINUX
def test_the_public_module_gives_the_same_call():
    assert kernel._ctypes_prctl()(3, 0) in (0, 1)  # PR_GET_DUMPABLE
