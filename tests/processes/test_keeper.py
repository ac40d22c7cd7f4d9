"""A keeper tells what became of its command, obeys, and takes whatever it loses as the word to end everything at once."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from ropewalk.processes.messages import COMMAND, KILL, TERMINATE, encode

KEEP = """
import os, sys
from ropewalk.processes import kernel, signals
from ropewalk.processes.keeper import Keeper
from ropewalk.processes.sockets import socket_of
signals.become_deaf()
keeper = Keeper(-1, {fate}, kernel.become_subreaper())
{do}
"""
SPIN = "echo; while :; do :; done"


class KeeperProcess:
    """A keeper in a process of its own, and our end of its socket."""

    def __init__(self, do: str, *files: int, fate: int = -1) -> None:
        self.ours, theirs = socket.socketpair()
        number = theirs.fileno()
        self.process = subprocess.Popen(
            [sys.executable, "-c", KEEP.format(do=do.format(socket=number), fate=fate)],
            pass_fds=[number, *files, *([fate] if fate >= 0 else [])],
        )
        theirs.close()
        self.lines = self.ours.makefile("rb")

    def line(self) -> str:
        return self.lines.readline().decode().strip()

    def close(self) -> int:
        self.lines.close()
        self.ours.close()
        return self.process.wait(30)


def dedicated(
    script: str, limits: tuple[tuple[int, int], ...] = (), fate: int = -1
) -> tuple[KeeperProcess, int]:
    """A keeper of one command, and the end of the pipe that the command writes to."""
    reads, writes = os.pipe()
    files = [os.dup(writes) for _ in range(3)]
    for descriptor in files:
        os.set_inheritable(descriptor, True)
    kept = KeeperProcess(f"keeper.keep(socket_of({{socket}}), {files})", *files, fate=fate)
    for descriptor in (*files, writes):
        os.close(descriptor)
    kept.ours.sendall(encode(["/bin/sh", "-c", script], {"PATH": os.environ["PATH"]}, "/", limits))
    return kept, reads


@pytest.mark.parametrize("limits", [(), ((7, 64),)], ids=["spawned", "forked"])
@pytest.mark.parametrize(("script", "ended"), [("exit 3", "ended 3"), ("kill -9 $$", "ended -9")])
def test_it_tells_the_start_the_end_and_that_nothing_is_left(script, ended, limits):
    kept, reads = dedicated(script, limits)
    word, pid, keeper = kept.line().split()
    assert (word, int(keeper)) == ("started", kept.process.pid)
    assert int(pid) > 0
    assert [kept.line(), kept.line(), kept.line()] == [ended, "gone", ""]
    assert kept.close() == 0
    os.close(reads)


@pytest.mark.parametrize("limits", [(), ((7, 64),)], ids=["spawned", "forked"])
def test_what_cannot_start_is_refused_with_its_stage(limits):
    kept, reads = dedicated("true", limits)
    assert kept.line().startswith("started")
    kept.close()
    missing = KeeperProcess("keeper.keep(socket_of({socket}), [os.dup(0) for _ in range(3)])")
    missing.ours.sendall(encode(["/no/such/program"], {}, "/", limits))
    assert [missing.line(), missing.line()] == ["refused 2 program", "gone"]
    missing.close()
    os.close(reads)


def test_asked_to_terminate_it_signals_and_killed_it_ends_all():
    kept, reads = dedicated("trap 'echo asked' TERM; " + SPIN)
    assert kept.line().startswith("started")
    assert os.read(reads, 10) == b"\n"
    kept.ours.send(TERMINATE)
    assert os.read(reads, 10) == b"asked\n"
    kept.ours.send(KILL)
    assert [kept.line(), kept.line()] == ["ended -9", "gone"]
    assert kept.close() == 0
    assert os.read(reads, 10) == b""
    os.close(reads)


@pytest.mark.parametrize("lost", ["its socket", "its fate"])
def test_whatever_it_loses_everything_ends(lost):
    fate, life = os.pipe()
    kept, reads = dedicated(f"(setsid sh -c 'trap \"\" TERM; {SPIN}' &); wait; {SPIN}", fate=fate)
    os.close(fate)
    assert kept.line().startswith("started")
    assert os.read(reads, 1) == b"\n"
    if lost == "its socket":
        kept.ours.shutdown(socket.SHUT_RDWR)
        os_life = [life]
    else:
        os.close(life)
        os_life = []
    assert kept.process.wait(30) == 0
    while os.read(reads, 100):
        pass  # it ends when nobody has the pipe any more
    for descriptor in (reads, *os_life):
        os.close(descriptor)
    kept.close()


def test_a_request_that_never_became_whole_wanted_nothing():
    kept = KeeperProcess("keeper.keep(socket_of({socket}), [])")
    kept.ours.sendall(encode(["true"], {}, "/")[:-2])
    assert kept.close() == 0


def test_a_shared_keeper_serves_one_command_after_the_other_and_ends_with_its_engine():
    kept = KeeperProcess("keeper.serve(socket_of({socket}))")
    nothing = os.open(os.devnull, os.O_RDWR)
    heard = []
    for script in ("exit 0", "exit 4"):
        mine, its = socket.socketpair()
        socket.send_fds(kept.ours, [COMMAND], [its.fileno(), nothing, nothing, nothing])
        its.close()
        mine.sendall(encode(["/bin/sh", "-c", script], {}, "/"))
        with mine, mine.makefile("rb") as lines:
            heard.append([line.decode().strip() for line in lines][1:])
    os.close(nothing)
    assert heard == [["ended 0", "gone"], ["ended 4", "gone"]]
    assert kept.close() == 0
