"""An owner is dead only when that is certain."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from weft.store import lease as module
from weft.store.lease import holds, host, is_dead, lease, new_owner, started
from weft.store.port import Lease

LATER = 1e12


def test_an_owner_is_never_named_twice():
    assert new_owner() != new_owner()
    assert new_owner().startswith(f"{host()}:{os.getpid()}:")


def test_a_living_process_is_not_dead():
    assert not is_dead(lease("r", new_owner(), LATER))
    assert not is_dead(Lease("r", "somebody", LATER, host(), os.getpid()))


def test_a_process_that_ended_is_dead():
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    assert is_dead(Lease("r", "somebody", LATER, host(), int(gone.stdout)))
    assert started(int(gone.stdout)) == ""


@pytest.mark.needs("linux")
def test_a_process_that_ended_and_that_nobody_asked_after_is_dead():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    assert is_dead(Lease("r", "somebody", LATER, host(), ended.pid))
    ended.wait()


@pytest.mark.needs("linux")
def test_a_number_that_went_to_another_process_does_not_keep_its_old_owner_alive():
    earlier = f"{host()}:{os.getpid()}:1:abc"
    assert is_dead(Lease("r", earlier, LATER, host(), os.getpid()))
    assert started(os.getpid()) > "1"


def test_where_the_host_does_not_tell_a_living_number_is_believed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "started", lambda pid: "")
    assert not is_dead(Lease("r", f"{host()}:{os.getpid()}:1:abc", LATER, host(), os.getpid()))
    assert not is_dead(lease("r", new_owner(), LATER))


def test_a_process_of_somebody_else_is_alive(monkeypatch: pytest.MonkeyPatch):
    def refuse(pid: int, number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert not is_dead(lease("r", new_owner(), LATER))


def test_nothing_is_known_of_other_hosts():
    assert not is_dead(Lease("r", "somebody", LATER, "another host", 1 << 22))
    assert not is_dead(Lease("r", "somebody", LATER, host(), 0))


def test_a_lease_holds_against_others_until_its_time():
    mine, theirs = Lease("r", "me", 10.0), Lease("r", "they", 20.0)
    assert holds(mine, theirs, 9.9)
    assert not holds(mine, theirs, 10.0)
    assert not holds(mine, mine, 1.0)
    assert not holds(None, mine, 1.0)
