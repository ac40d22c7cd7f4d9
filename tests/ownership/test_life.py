"""Dead is said only of what is proved dead; what cannot be told is never dead."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from ropewalk.ownership import LifeLock, Owner, judge_in, life_of, new_owner
from ropewalk.ownership import life as module
from ropewalk.ownership.owner import host, start_of

linux = pytest.mark.needs("linux")


def ended() -> int:
    """The number of a process that is over."""
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    return int(gone.stdout)


def owner(**parts: object) -> Owner:
    return msgspec.structs.replace(new_owner(), **parts)


def test_a_name_that_says_nothing_is_unknown(tmp_path: Path):
    assert life_of("somebody", tmp_path) == "unknown"


@linux
def test_a_process_of_this_namespace_is_known_by_its_number_and_start():
    assert life_of(str(new_owner())) == "alive"
    assert life_of(str(owner(pid=ended()))) == "dead"
    assert life_of(str(owner(started="1"))) == "dead"  # the number went to another process


@linux
def test_a_process_that_ended_and_that_nobody_asked_after_is_dead():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = str(owner(pid=child.pid, started=start_of(child.pid)))
    assert life_of(name) == "alive"
    assert child.stdin is not None
    child.stdin.close()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert life_of(name) == "dead"
    child.wait()


@pytest.mark.parametrize("parts", [{"boot": ""}, {"space": ""}, {"boot": "other"}, {"space": "4026"}])
def test_a_number_means_nothing_in_another_namespace_or_boot(parts: dict[str, str]):
    assert life_of(str(owner(pid=ended(), **parts))) == "unknown"


@linux
def test_a_process_of_somebody_else_is_there(monkeypatch: pytest.MonkeyPatch):
    def refuse(pid: int, number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert life_of(str(new_owner())) == "alive"


@linux
def test_where_the_start_is_not_told_a_living_number_proves_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "stat_of", lambda pid: [])
    assert life_of(str(new_owner())) == "unknown"


def test_a_lock_that_is_held_is_a_life_also_in_another_namespace(tmp_path: Path):
    theirs = owner(space="4026", pid=ended(), host="their" + host())
    lock = LifeLock(tmp_path, theirs)
    judge = judge_in(tmp_path)
    assert judge(str(theirs)) == "unknown"
    lock.hold()
    assert judge(str(theirs)) == "alive"
    lock.leave()
    assert judge(str(theirs)) == "dead"


def test_a_free_lock_on_a_file_server_proves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "is_local", lambda folder: False)
    theirs = owner(space="4026")
    lock = LifeLock(tmp_path, theirs)
    lock.hold()
    lock.leave()
    assert life_of(str(theirs), tmp_path) == "unknown"
