"""Engines that are killed at a random moment after the start of their children: `python -m tests.processes.engines`.

One warm process forks an engine for each trial; what each is about to do, and when it is killed, comes from the seed.
Prints a line of JSON: how many trials, how many children were seen alive at a kill, and what was left.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import select
import signal
import sys
import time
from pathlib import Path

from ropewalk.processes import adoption, kernel
from ropewalk.processes.child import Child
from ropewalk.processes.fork_server import server
from tests.processes.stubborn import ENVIRONMENT, WAYS, argv, living, new_token

CHILDREN = 4
LONGEST_SECONDS = 0.01
PATIENCE_SECONDS = 20.0


class Nothing:
    """Takes what is printed."""

    def take(self, channel: str, data: bytes) -> None: ...

    def close(self) -> None: ...


async def engine(token: str, seed: int, told: int) -> None:
    """Start some, one after the other, with a byte for each that has started, and wait to be killed."""
    chance = random.Random(seed)

    async def start(number: int) -> None:
        command = argv(chance.choice(list(WAYS)), f"{token}{number}")
        with contextlib.suppress(
            OSError
        ):  # who keeps it was killed first: an engine lives on, it is not among the victims
            await Child.start(command, Nothing(), folder="/", env=ENVIRONMENT)
            os.write(told, b"x")

    started = []
    for number in range(CHILDREN):
        started.append(asyncio.create_task(start(number)))
        await asyncio.sleep(0)
    await asyncio.gather(*started)
    await asyncio.Event().wait()


def trial(seed: int, victims: str) -> tuple[int, list[int]]:
    """How many lived when it was killed, and what lived on."""
    token, chance = new_token()[:-1], random.Random(seed)
    hears, told = os.pipe()
    pid = os.fork()
    if not pid:
        if "keepers" in victims:
            adoption.adopt_orphans()
        with contextlib.suppress(BaseException):
            asyncio.run(engine(token, seed, told))
        os._exit(1)
    os.close(told)
    for _ in range(chance.randrange(CHILDREN + 1)):
        os.read(hears, 1)
    select.select([], [], [], chance.random() * LONGEST_SECONDS)
    alive = len(living(token))
    _strike(pid, victims)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (left := living(token)) and time.monotonic() < deadline:
        select.select([], [], [], 0.002)
        _strike(pid, victims)
    _kill([pid, *left])
    os.waitpid(pid, 0)
    os.close(hears)
    return alive, left


def _strike(pid: int, victims: str) -> None:
    """Kill them. It is done until nothing lives: an engine that lives on starts what it had not yet started, rightly."""
    servers = [child for child in _children(pid) if _is_ours(child)]
    if "keepers" in victims:
        _kill([keeper for server in servers for keeper in _children(server) if _is_ours(keeper)])
    if "server" in victims:
        _kill(servers)
    if "engine" in victims:
        _kill([pid])


def _is_ours(pid: int) -> bool:
    """Whether it is a server or a keeper, its copy: what a dead one has left is for the living to end, not for the trial."""
    try:
        return b"\0-X\0frozen_modules=on\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _children(pid: int) -> list[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def main() -> None:
    """TRIALS SEED VICTIMS, of which the last are words joined by `+`: engine, server, keepers."""
    trials, seed, victims = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    alive, leaks = 0, []
    for number in range(trials):
        seen, left = trial(seed + number, victims)
        alive += seen
        leaks += [seed + number] if left else []
    print(json.dumps({"trials": trials, "alive": alive, "leaks": leaks}))  # noqa: T201


if __name__ == "__main__":
    assert kernel.prctl is not None
    assert server.process is None, "each engine starts a fork server of its own"
    main()
