"""Runs a child process well: argv only, its own session, bounded output, and nothing of it left when it is over.

Cancelling ends the whole process group: SIGTERM, grace, SIGKILL, reap; a second cancellation kills at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import secrets
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

from msgspec import Struct

from weft.agents import orphans
from weft.agents.capture import CHANNELS, Capture
from weft.agents.lifeline import Lifeline
from weft.agents.limits import Limits
from weft.agents.port import Desk

_READ_BYTES = 262_144
_LAST_READS = 16
_LAST_SECONDS = 2.0
_LOOK_SECONDS = (0.001, 0.02)

_lifeline = Lifeline()


class Exit(Struct, frozen=True):
    """How a process ended: its exit code (-n when signal n ended it), the end of what it printed, and what was cut."""

    code: int
    out: str = ""
    err: str = ""
    total_bytes: int = 0
    cut_bytes: int = 0
    left_behind: bool = False


async def run_process(
    argv: Sequence[str],
    desk: Desk,
    *,
    env: Mapping[str, str],
    stdin: Path | None = None,
    folder: Path | None = None,
    output_bytes: int = 1_048_576,
    tail_bytes: int = 65_536,
    grace_seconds: float = 5.0,
    settle_seconds: float = 0.25,
    limits: Limits | None = None,
) -> Exit:
    """Run `argv` in the desk's folder with exactly `env`; what it prints goes to `desk.say`, at most `output_bytes`.

    `stdin` is a file, or nothing to read. What still lives `settle_seconds` after its parent has ended is ended too.
    Raises OSError when the program cannot be started.
    """
    capture = Capture(desk, output_bytes, tail_bytes)
    child = Child(argv, desk, capture, env=env, stdin=stdin, folder=folder, limits=limits)
    left_behind = False
    try:
        child.watch()
        await child.ended()
        left_behind = await child.end_rest(settle_seconds, grace_seconds)
    except BaseException:
        await child.stop(grace_seconds)
        raise
    finally:
        child.close()
    if left_behind:
        desk.say("[weft ended processes that the command left behind]\n", "err")
    return Exit(
        code=child.code,
        out=capture.text("out"),
        err=capture.text("err"),
        total_bytes=capture.total_bytes,
        cut_bytes=capture.cut_bytes,
        left_behind=left_behind,
    )


class Sink(Protocol):
    """Where what a child prints goes, as it comes."""

    def take(self, channel: str, data: bytes) -> None: ...

    def close(self) -> None: ...


class Child:
    """One process group from start to end. `talks` gives it a pipe to hear us by (`hears`) instead of a file.

    Raises OSError when the program cannot be started, or when a limit cannot be set.
    """

    def __init__(
        self,
        argv: Sequence[str],
        desk: Desk,
        sink: Sink,
        *,
        env: Mapping[str, str],
        stdin: Path | None = None,
        talks: bool = False,
        folder: Path | None = None,
        limits: Limits | None = None,
        record: str = orphans.RECORD,
    ) -> None:
        self._sink = sink
        self._spool, self._record = desk.spool, record
        self._loop = asyncio.get_running_loop()
        self._mark = secrets.token_hex(8)
        self._reading: dict[str, int] = {}
        _lifeline.ready()
        with contextlib.ExitStack() as opened:
            source = opened.enter_context(stdin.open("rb")) if stdin else subprocess.DEVNULL
            self._process = subprocess.Popen(
                list(argv),
                stdin=subprocess.PIPE if talks else source,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                cwd=folder or desk.folder,
                env={**env, orphans.MARK: self._mark},
                start_new_session=True,
                preexec_fn=limits.put_on if limits else None,  # noqa: PLW1509 - a few calls of the system, and only where asked for
            )
        self._group = self._process.pid
        self._pipes = [pipe for pipe in (self._process.stdout, self._process.stderr) if pipe]

    @property
    def hears(self) -> IO[bytes] | None:
        """Our end of its standard input, when it talks."""
        return self._process.stdin

    @property
    def code(self) -> int:
        """The exit code of the leader; -n when signal n ended it."""
        code = self._process.poll()
        return -signal.SIGKILL if code is None else code

    def watch(self) -> None:
        """Record the child, and read what it prints. May raise OSError (a full disk)."""
        _lifeline.add(self._group)
        orphans.record(self._spool, self._group, self._mark, self._record)
        for channel, pipe in zip(CHANNELS, self._pipes, strict=True):
            self._reading[channel] = pipe.fileno()
            os.set_blocking(pipe.fileno(), False)
            self._loop.add_reader(pipe.fileno(), self._read, channel)

    async def ended(self) -> None:
        """Until the leader has ended, by a descriptor that tells, else by looking."""
        try:
            descriptor = os.pidfd_open(self._group)
        except (AttributeError, OSError):
            await self._gone(math.inf, leader_only=True)
            return
        told = asyncio.Event()
        self._loop.add_reader(descriptor, told.set)
        try:
            await told.wait()
        finally:
            self._loop.remove_reader(descriptor)
            os.close(descriptor)

    async def end_rest(self, settle_seconds: float, grace_seconds: float) -> bool:
        """End what the leader left behind; False when there was nothing, or it ended by itself at once."""
        if await self._gone(settle_seconds):
            self.drain()
            return bool(self._reading) and orphans.kill_strays(self._mark) > 0
        await self.stop(grace_seconds)
        return True

    async def stop(self, grace_seconds: float) -> None:
        """Ask the group to end, kill it after the grace or when cancelled meanwhile, with all that carries its mark."""
        try:
            orphans.send(-self._group, signal.SIGTERM)
            await self._gone(grace_seconds)
        finally:
            orphans.send(-self._group, signal.SIGKILL)
            orphans.kill_strays(self._mark)
            await self._gone(_LAST_SECONDS)

    def close(self) -> None:
        """Take the last words, forget the child."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_LAST_SECONDS)
        self.drain()
        for channel in list(self._reading):
            self._leave(channel)
        for pipe in (*self._pipes, self._process.stdin):
            if pipe is not None:
                pipe.close()
        self._sink.close()
        _lifeline.drop(self._group)
        (self._spool / self._record).unlink(missing_ok=True)

    async def _gone(self, seconds: float, *, leader_only: bool = False) -> bool:
        """Whether the leader, or the whole group, is over within this time."""
        deadline = self._loop.time() + seconds
        pause, longest = _LOOK_SECONDS
        while self._process.poll() is None or not (leader_only or not orphans.alive(self._group)):
            if self._loop.time() >= deadline:
                return False
            await asyncio.sleep(pause)
            pause = min(2 * pause, longest)
        return True

    def drain(self) -> None:
        """What stands in the pipes now; a stranger who holds one open cannot keep us here."""
        for channel in list(self._reading):
            for _ in range(_LAST_READS):
                if not self._read(channel):
                    break

    def _read(self, channel: str) -> bool:
        try:
            data = os.read(self._reading[channel], _READ_BYTES)
        except BlockingIOError:
            return False
        if data:
            self._sink.take(channel, data)
        else:
            self._leave(channel)
        return bool(data)

    def _leave(self, channel: str) -> None:
        self._loop.remove_reader(self._reading.pop(channel))
