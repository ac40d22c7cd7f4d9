"""The lifeline: kills the groups that are left when it is closed, forgets those that have ended, comes back when killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from weft.agents import orphans
from weft.agents.lifeline import Lifeline, _end


@pytest.fixture
def sleepers() -> Iterator[list[subprocess.Popen[bytes]]]:
    made = [subprocess.Popen(["sleep", "600"], start_new_session=True) for _ in range(3)]
    yield made
    for process in made:
        process.kill()
        process.wait()


def test_what_is_still_named_when_it_is_closed_is_killed_and_nothing_else(sleepers):
    line = Lifeline()
    for process in sleepers:
        line.add(process.pid)
    line.drop(sleepers[1].pid)
    line.drop(99_999_999)
    del line
    assert sleepers[0].wait(20) == -9
    assert sleepers[2].wait(20) == -9
    assert sleepers[1].poll() is None


def test_when_it_was_killed_itself_another_hears_of_all_that_are_left(sleepers):
    line = Lifeline()
    line.add(sleepers[0].pid)
    killed = _watch_of(line)
    killed.kill()
    killed.wait()
    line.add(sleepers[1].pid)
    del line
    assert sleepers[0].wait(20) == -9
    assert sleepers[1].wait(20) == -9


def test_at_the_end_of_the_interpreter_what_is_left_is_killed():
    code = (
        "import subprocess; from weft.agents.lifeline import Lifeline; line = Lifeline();"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True); line.add(child.pid); print(child.pid)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )
    while orphans.alive(int(done.stdout)):
        pass


def test_a_forked_process_has_a_lifeline_of_its_own(sleepers, monkeypatch):
    line = Lifeline()
    line.add(sleepers[0].pid)
    first = _watch_of(line)
    line._owner = -1  # what a fork sees: the line belongs to another process
    line.add(sleepers[1].pid)
    assert _watch_of(line).pid != first.pid
    del line
    assert sleepers[1].wait(20) == -9


def test_the_end_of_a_forked_process_does_not_end_the_parents_line(sleepers):
    ours, theirs = os.pipe()
    _end(sleepers[0], theirs, owner=-1)
    assert os.write(theirs, b"still open") == 10
    os.close(ours)
    os.close(theirs)
    assert sleepers[0].poll() is None


def _watch_of(line: Lifeline) -> subprocess.Popen[bytes]:
    assert line.watch is not None
    return line.watch
