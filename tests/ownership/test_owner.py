"""An owner's name says which process it was, where its number means something."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ropewalk.ownership import describe, new_owner, parse_owner
from ropewalk.ownership import owner as module
from ropewalk.ownership.owner import boot_id, host, is_stopped, pid_space, start_of


def test_an_owner_is_never_named_twice_and_its_name_can_be_read():
    one, two = new_owner(), new_owner()
    assert one != two
    assert parse_owner(str(one)) == one
    assert (one.pid, one.host, one.started) == (os.getpid(), host(), start_of(os.getpid()))


@pytest.mark.parametrize("name", ["", "somebody", "a:b:c", "box:12:boot:space:77:", "box:12:33:abc"])
def test_a_name_of_another_kind_is_no_owner(name: str):
    assert parse_owner(name) is None
    assert describe(name) == name


def test_who_it_is_in_words():
    here = new_owner()
    assert describe(str(here)) == f"process {os.getpid()} on {host()}"
    elsewhere = f"far:12:{'0' * 8}:1:77:abcdef"
    assert describe(elsewhere) == "process 12 on far"


@pytest.mark.needs("linux")
def test_a_process_of_another_namespace_is_named_as_such():
    assert describe(f"box:12:{boot_id()}:1:77:abcdef") == "process 12 on box (another PID namespace)"


@pytest.mark.needs("linux")
def test_a_process_that_was_stopped_is_told_as_stopped():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        name = f"{host()}:{child.pid}:{boot_id()}:{pid_space()}:{start_of(child.pid)}:abcdef"
        owner = parse_owner(name)
        assert owner is not None
        assert not is_stopped(owner)
        child.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, child.pid, os.WSTOPPED)
        assert is_stopped(owner)
        assert describe(name).endswith(", which is stopped")
    finally:
        child.kill()
        child.communicate()


def test_where_the_system_tells_nothing_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_PROC", tmp_path)
    boot_id.cache_clear()
    try:
        assert (boot_id(), pid_space(), start_of(os.getpid())) == ("", "", "")
        owner = new_owner()
        assert parse_owner(str(owner)) == owner
        assert not is_stopped(owner)
    finally:
        boot_id.cache_clear()


def test_a_proc_of_another_namespace_says_nothing_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "self").symlink_to("1234567")
    monkeypatch.setattr(module, "_PROC", tmp_path)
    assert pid_space() == ""
