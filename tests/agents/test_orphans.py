"""What a killed driver left running is found by its record and killed; nobody else is touched."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from weft.agents import orphans


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = started("sleep 600 & sleep 600")
    yield process
    orphans.send(-process.pid, signal.SIGKILL)
    process.wait()


def started(script: str, mark: str = "m1") -> subprocess.Popen[bytes]:
    env = {"PATH": os.environ["PATH"], orphans.MARK: mark}
    return subprocess.Popen(["sh", "-c", script], env=env, start_new_session=True)


def test_a_recorded_group_is_killed_and_the_record_goes(tmp_path: Path, sleeper: subprocess.Popen[bytes]):
    (tmp_path / "run" / "step.1.1").mkdir(parents=True)
    orphans.record(tmp_path / "run" / "step.1.1", sleeper.pid, "m1")
    assert orphans.reap_orphans(tmp_path) == 1
    assert sleeper.wait(20) == -signal.SIGKILL
    assert not orphans.alive(sleeper.pid)
    assert not list(tmp_path.rglob(orphans.RECORD))
    assert orphans.reap_orphans(tmp_path) == 0


def test_a_number_that_came_back_as_another_process_is_left_alone(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
):
    stale = orphans.Started(group=sleeper.pid, started="12345", mark="another mark")
    (tmp_path / orphans.RECORD).write_bytes(msgspec.json.encode(stale))
    assert orphans.reap_orphans(tmp_path) == 0
    assert sleeper.poll() is None
    assert not (tmp_path / orphans.RECORD).exists()


@pytest.mark.needs("linux")
def test_a_process_that_left_the_group_is_found_by_its_mark(tmp_path: Path):
    mark = f"mark-{os.getpid()}"
    leader = started("setsid sleep 600 & exit 0", mark)
    leader.wait(20)
    orphans.record(tmp_path, leader.pid, mark)
    while not orphans.strays(mark):
        pass
    assert orphans.reap_orphans(tmp_path) == 1
    while orphans.strays(mark):
        pass


@pytest.mark.needs("linux")
def test_a_group_without_its_leader_is_killed_by_the_mark_of_its_members(tmp_path: Path):
    mark = f"members-{os.getpid()}"
    leader = started("sleep 600 & exit 0", mark)
    leader.wait(20)
    orphans.record(tmp_path, leader.pid, mark)
    assert orphans.reap_orphans(tmp_path) == 1
    assert not orphans.alive(leader.pid)


def test_a_record_that_cannot_be_read_harms_nobody(tmp_path: Path):
    (tmp_path / orphans.RECORD).write_bytes(b"{half")
    assert orphans.reap_orphans(tmp_path) == 0
    assert orphans.reap_orphans(tmp_path / "nowhere") == 0


def test_a_process_that_is_gone_has_no_start_time_and_takes_no_signal():
    process = started("exit 0")
    process.wait()
    assert orphans.start_time(process.pid) == ""
    assert not orphans.send(process.pid, signal.SIGTERM)
    assert not orphans.alive(process.pid)


def test_without_a_proc_file_system_ps_tells_the_start(monkeypatch, tmp_path, sleeper):
    monkeypatch.setattr(orphans, "_PROC", tmp_path / "no-proc")
    assert ":" in orphans.start_time(sleeper.pid)
    assert orphans.alive(sleeper.pid)
    assert orphans.strays("m1") == []
    orphans.record(tmp_path, sleeper.pid, "m1")
    monkeypatch.setattr(orphans, "_PATIENCE_SECONDS", 0.0)
    assert orphans.reap_orphans(tmp_path) == 1
    assert sleeper.wait(20) == -signal.SIGKILL


def test_a_group_that_is_not_ours_counts_as_living(monkeypatch, sleeper):
    def refused(group: int, number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "killpg", refused)
    assert orphans.alive(sleeper.pid)
