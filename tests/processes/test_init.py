"""The first process of a container: reaps everybody, passes signals on, ends as the program does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from ropewalk.processes import init

PROGRAM = """
import os, signal, subprocess, sys
from ropewalk.processes import init
init._fork()
{rest}
"""


def program(rest: str, **options) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(rest=rest)], stdout=subprocess.PIPE, **options
    )


def test_anywhere_else_nothing_is_left_behind():
    before = os.getpid()
    init.leave_init_behind()
    assert os.getpid() == before


@pytest.mark.parametrize(
    ("rest", "code"), [("sys.exit(5)", 5), ("os.kill(os.getpid(), signal.SIGKILL)", 128 + signal.SIGKILL)]
)
def test_it_ends_as_the_program_does(rest, code):
    with program(rest) as begun:
        assert begun.wait(30) == code


def test_signals_reach_the_program():
    # Not `pause()`: a signal that comes just before it would be slept through.
    rest = (
        "signal.signal(signal.SIGTERM, lambda *a: sys.exit(7)); print('ready', flush=True)\n"
        "while True: signal.sigtimedwait([], 0.05)"
    )
    with program(rest) as begun:
        assert begun.stdout is not None
        assert begun.stdout.readline() == b"ready\n"
        begun.send_signal(signal.SIGTERM)
        assert begun.wait(30) == 7


@pytest.mark.needs("root", "linux")
def test_as_the_first_process_it_reaps_orphans_of_the_whole_container():
    rest = """
    for _ in range(5): subprocess.run(["sh", "-c", "(setsid true &)"], check=True)
    def zombies():
        return [p for p in os.listdir("/proc") if p.isdigit() and p != str(os.getpid())
                and open(f"/proc/{p}/stat").read().rpartition(")")[2].split()[0] == "Z"]
    while len([p for p in os.listdir("/proc") if p.isdigit()]) > 2: pass
    assert os.getpid() != 1 and not zombies()
    print("clean")
    """
    lines = "\n".join(line[4:] for line in rest.splitlines())
    words = ["unshare", "--pid", "--fork", "--mount-proc", sys.executable, "-c"]
    script = PROGRAM.replace("init._fork()", "init.leave_init_behind()").format(rest=lines)
    done = subprocess.run([*words, script], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "clean\n"), done.stderr
