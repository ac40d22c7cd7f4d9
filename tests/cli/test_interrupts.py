"""The first signal stops what is driven here and leaves the runs as they are; the second ends the process; then all is as before."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from ropewalk.app.open import Ropewalk, open_ropewalk
from ropewalk.cli.interrupts import FIRST, interrupts
from ropewalk.formats.loading import load_workflow_text
from ropewalk.observe.plain import STOP_SIGNALS

PATIENCE_SECONDS = 60.0
ASK = "name: w\nsteps:\n  - {id: a, ask: Well?}\n"


async def until(condition: Callable[[], object]) -> None:
    """Let the others go on until something is so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 - a signal sets no event of asyncio
            await asyncio.sleep(0)


async def begun(ropewalk: Ropewalk, count: int) -> dict[str, asyncio.Task[object]]:
    """So many runs that are driven here, and that each wait for a person."""
    driven: dict[str, asyncio.Task[object]] = {}
    for _ in range(count):
        run = await ropewalk.start(load_workflow_text(ASK).workflow)
        driven[run] = asyncio.create_task(ropewalk.drive(run, wait=True))
    await until(lambda: ropewalk.engine.drivers.keys() == driven.keys())
    return driven


@pytest.mark.parametrize("number", STOP_SIGNALS, ids=lambda number: number.name)
async def test_a_signal_stops_every_run_that_is_driven_here_and_leaves_it_as_it_is(tmp_path, number):
    words: list[str] = []
    async with open_ropewalk(tmp_path, store="memory:") as ropewalk:
        with interrupts(ropewalk.engine, words.append) as watching:
            driven = await begun(ropewalk, 2)
            assert not watching.seen
            os.kill(os.getpid(), number)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await asyncio.gather(*driven.values())
            assert watching.seen
            assert words == [FIRST]
        rows = await asyncio.gather(*(ropewalk.store.read(run) for run in driven))
    assert not [
        record.kind for records in rows for record in records if record.kind in {"run.aborted", "run.failed"}
    ]


async def test_where_nothing_is_driven_a_signal_is_heard_all_the_same(tmp_path):
    words: list[str] = []
    async with open_ropewalk(tmp_path, store="memory:") as ropewalk:
        with interrupts(ropewalk.engine, words.append) as watching:
            os.kill(os.getpid(), signal.SIGTERM)
            await until(lambda: watching.seen)
    assert words == [FIRST]


UNHEARD: list[Any] = [signal.default_int_handler, signal.SIG_DFL, signal.SIG_DFL]
"""What the signals do where nobody watches them."""


@pytest.fixture
def as_in_a_shell():
    """Signals as a program in the foreground has them; afterwards as they were for the tests."""
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    for number, handler in zip(STOP_SIGNALS, UNHEARD, strict=True):
        signal.signal(number, handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("error", [None, LookupError("broken")])
async def test_afterwards_signals_do_what_they_did_before(tmp_path, as_in_a_shell, error):
    async with open_ropewalk(tmp_path, store="memory:") as ropewalk:
        with contextlib.suppress(LookupError), interrupts(ropewalk.engine, print):
            assert not {*UNHEARD} & {signal.getsignal(number) for number in STOP_SIGNALS}
            if error is not None:
                raise error
    assert [signal.getsignal(number) for number in STOP_SIGNALS] == UNHEARD


TWICE = """
import asyncio, os, signal, sys
from ropewalk.app.open import open_ropewalk
from ropewalk.cli.interrupts import interrupts

async def signals():
    async with open_ropewalk(".", store="memory:") as ropewalk:
        with interrupts(ropewalk.engine, lambda text: print(text, flush=True)) as watching:
            os.kill(os.getpid(), signal.SIGINT)
            while not watching.seen:
                await asyncio.sleep(0)
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(3600)

try:
    asyncio.run(signals())
finally:
    print("tidied up", flush=True)
"""


def test_a_second_signal_ends_the_process_at_once_whatever_it_is(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-c", TWICE],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, f"{FIRST}\n", "")


async def test_under_nohup_the_end_of_the_terminal_is_ignored(tmp_path, as_in_a_shell):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    async with open_ropewalk(tmp_path, store="memory:") as ropewalk:
        with interrupts(ropewalk.engine, print) as watching:
            os.kill(os.getpid(), signal.SIGHUP)
            os.kill(os.getpid(), signal.SIGTERM)
            await until(lambda: watching.seen)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
