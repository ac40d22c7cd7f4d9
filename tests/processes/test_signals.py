"""Who ends the others is deaf to what asks it to end, is woken by its children, and leaves programs signals as usual."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

import pytest

from ropewalk.processes import signals

ASK = """
import os, signal, sys
from ropewalk.processes import signals
signals.become_deaf()
for number in signals._DEAF:
    os.kill(os.getpid(), number)
print("lives", flush=True)
signals.reset_signals()
print(sorted(signal.Signals(n).name for n in signals.USUAL if signal.getsignal(n) is not signal.SIG_DFL))
signals.become_deaf()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_only_what_cannot_be_ignored_ends_it_and_programs_get_signals_as_the_system_has_them():
    ended = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=False)
    assert ended.stdout.splitlines() == ["lives", "[]"]
    assert ended.returncode == -signal.SIGKILL


def test_a_mask_that_was_set_is_taken_away_for_programs():
    ask = (
        "import signal; from ropewalk.processes import signals\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGUSR1})\n"
        "signals.reset_signals(); print(signal.pthread_sigmask(signal.SIG_BLOCK, ()))"
    )
    assert subprocess.check_output([sys.executable, "-c", ask], text=True) == "set()\n"


def test_a_child_that_ends_wakes_and_what_woke_is_taken_once():
    ask = (
        "import os, select, subprocess; from ropewalk.processes import signals\n"
        "wake = signals.wake_by_children()\n"
        "child = subprocess.Popen(['true'])\n"
        "print(bool(select.select([wake], [], [], 20)[0]))\n"
        "child.wait(); signals.clear(wake)\n"
        "print(bool(select.select([wake], [], [], 0)[0]))"
    )
    assert subprocess.check_output([sys.executable, "-c", ask], text=True).split() == ["True", "False"]


@pytest.mark.parametrize("data", [b"", b"\x11", b"\x11" * 10_000])
def test_clearing_takes_all_and_waits_for_nothing(data: bytes):
    reads, writes = os.pipe()
    os.set_blocking(reads, False)
    os.write(writes, data)
    signals.clear(reads)
    assert not select.select([reads], [], [], 0)[0]
    os.close(reads)
    os.close(writes)
