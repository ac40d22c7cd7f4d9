"""A short command from beginning to end: what goes in, what comes out, within a deadline and a cap, or not at all."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ropewalk.processes.capture import CHANNELS
from ropewalk.processes.child import Child

_BLOCK_BYTES = 65_536


class Called(NamedTuple):
    """How it ended: its exit code (-n when signal n ended it) and all that it printed."""

    code: int
    out: bytes
    err: bytes


async def call_program(
    argv: Sequence[str],
    *,
    folder: str | os.PathLike[str],
    env: Mapping[str, str],
    stdin: bytes = b"",
    seconds: float,
    cap: int,
    sink: Callable[[bytes], object] | None = None,
    shared: bool = False,
    grace_seconds: float = 0.0,
) -> Called:
    """Run it; nothing of it is left afterwards, also when this is cancelled. `shared` as for `Child.start`; with a grace it is
    asked to end before it is killed.

    A `sink` takes the output piece by piece, and then no cap holds for it; what it raises ends the command, and is raised.
    Raises OSError when it cannot be started, ChildProcessError when it had to be ended: it took longer than `seconds`, or
    printed more than `cap` bytes.
    """
    gathered = _Gathered(cap, sink)
    child = await Child.start(argv, gathered, folder=folder, env=env, talks=bool(stdin), shared=shared)
    feed = _Feed(child, stdin) if stdin else None
    gathered.child = child
    try:
        async with asyncio.timeout(seconds):
            await child.ended()
    except TimeoutError:
        raise ChildProcessError(f"it took longer than {seconds:g} seconds") from None
    finally:
        if feed is not None:
            feed.close()
        try:
            await child.stop(grace_seconds)
        finally:
            child.close()
    if gathered.fault is not None:
        raise gathered.fault
    if gathered.full:
        raise ChildProcessError(f"it printed over {cap} bytes")
    return Called(child.code, bytes(gathered.data["out"]), bytes(gathered.data["err"]))


class _Gathered:
    """All that is printed, up to the cap; what prints more is killed."""

    def __init__(self, cap: int, sink: Callable[[bytes], object] | None) -> None:
        self._cap = cap
        self._sink = sink
        self.fault: Exception | None = None
        self.data = {channel: bytearray() for channel in CHANNELS}
        self.child: Child | None = None
        self.full = False

    def take(self, channel: str, data: bytes) -> None:
        if self.full or self.fault is not None:
            return
        if self._sink is not None and channel == "out":
            self._pour(self._sink, data)
        else:
            self.data[channel] += data
            self.full = len(self.data[channel]) > self._cap
        if self.child is not None and (self.full or self.fault is not None):
            self.child.kill()

    def _pour(self, sink: Callable[[bytes], object], data: bytes) -> None:
        try:
            sink(data)
        except Exception as fault:  # noqa: BLE001 - it is raised to the one who brought the sink
            self.fault = fault

    def close(self) -> None:
        """Nothing is held back."""


class _Feed:
    """Writes the standard input as the command takes it."""

    def __init__(self, child: Child, data: bytes) -> None:
        assert child.hears is not None
        self._pipe = child.hears
        self._data = memoryview(data)
        self._loop = asyncio.get_running_loop()
        os.set_blocking(self._pipe.fileno(), False)
        self._loop.add_writer(self._pipe.fileno(), self._write)
        self._write()

    def _write(self) -> None:
        try:
            while self._data:
                self._data = self._data[os.write(self._pipe.fileno(), self._data[:_BLOCK_BYTES]) :]
        except BlockingIOError:
            return
        except OSError:
            pass  # it has heard enough; its exit code says whether that was well
        self.close()

    def close(self) -> None:
        if not self._pipe.closed:
            self._loop.remove_writer(self._pipe.fileno())
            self._pipe.close()
