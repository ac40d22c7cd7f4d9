"""The lock of a driver is there as long as it lives, and gone with it."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ropewalk.ownership import LifeLock, new_owner
from ropewalk.ownership.lifelock import is_let_go


@pytest.fixture
def lock(tmp_path: Path) -> LifeLock:
    return LifeLock(tmp_path / "drivers", new_owner())


def test_who_lives_holds_its_lock_and_says_who_it_is(lock: LifeLock):
    assert is_let_go(lock.path) is None
    assert lock.hold()
    assert lock.hold()
    assert is_let_go(lock.path) is False
    assert lock.path.read_text().startswith(str(lock._owner))


def test_who_has_ended_well_leaves_no_file(lock: LifeLock):
    lock.drop()
    lock.hold()
    lock.drop()
    lock.drop()
    assert list(lock.path.parent.iterdir()) == []


def test_who_was_killed_leaves_a_file_that_nobody_holds(lock: LifeLock):
    lock.hold()
    lock.leave()
    assert is_let_go(lock.path) is True


def test_a_file_that_somebody_took_away_is_made_again(lock: LifeLock):
    lock.hold()
    lock.path.unlink()
    assert lock.hold()
    assert is_let_go(lock.path) is False


def test_a_program_that_is_started_does_not_hold_the_lock_of_its_starter(lock: LifeLock):
    lock.hold()
    child = subprocess.Popen(
        [sys.executable, "-uc", "print(); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        close_fds=False,
    )
    try:
        assert child.stdout is not None
        child.stdout.readline()
        lock.leave()
        assert is_let_go(lock.path) is True
    finally:
        child.communicate(b"\n")


def test_a_forked_child_does_not_keep_its_parent_alive(lock: LifeLock):
    lock.hold()
    asked, asks = os.pipe()
    ready, tells = os.pipe()
    child = os.fork()
    if not child:
        os.write(tells, b".")
        os.read(asked, 1)
        os._exit(0)
    os.read(ready, 1)
    lock.leave()
    try:
        assert is_let_go(lock.path) is True
    finally:
        os.write(asks, b".")
        os.waitpid(child, 0)


def test_where_no_lock_can_be_had_no_file_is_left_to_prove_a_death(
    lock: LifeLock, monkeypatch: pytest.MonkeyPatch
):
    def refuse(fd: int, how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    assert not lock.hold()
    assert list(lock.path.parent.iterdir()) == []
    lock.path.write_text("")
    assert is_let_go(lock.path) is None


def test_where_no_folder_can_be_made_nobody_is_seen_to_live(tmp_path: Path):
    (tmp_path / "file").write_text("")
    assert not LifeLock(tmp_path / "file" / "drivers", new_owner()).hold()


def test_the_file_is_never_there_without_its_lock(lock: LifeLock, monkeypatch: pytest.MonkeyPatch):
    flock, seen = fcntl.flock, []

    def looking(fd: int, how: int) -> None:
        seen.append(lock.path.exists())
        flock(fd, how)
        seen.append(lock.path.exists())

    monkeypatch.setattr(fcntl, "flock", looking)
    assert lock.hold()
    assert seen == [False, False]
    assert [path.name for path in lock.path.parent.iterdir()] == [lock.path.name]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)])
def test_what_is_no_file_says_nothing_of_anybody(lock: LifeLock, make):
    lock.path.parent.mkdir()
    make(lock.path)
    assert is_let_go(lock.path) is None
