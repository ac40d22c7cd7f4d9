"""One program run to its end in a thread: what goes in, what comes out, within a deadline and a cap, or not at all.

The thread alone starts, kills and reaps the process, so that there is no moment in which stopping it could miss any of it.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO

_BLOCK = 1 << 16
_GRACE_SECONDS = 1.0
_SLICE_SECONDS = 0.5
_POOL = ThreadPoolExecutor(max_workers=32, thread_name_prefix="weft-git")


class Conversation:
    """A program with its input. `run` may be awaited once; cancelling it kills the program's whole process group.

    A `sink` takes the output piece by piece, in the thread, and then no cap holds for it.
    """

    def __init__(
        self,
        argv: Sequence[str],
        cwd: str,
        env: Mapping[str, str],
        stdin: bytes,
        seconds: float,
        cap: int,
        sink: Callable[[bytes], object] | None = None,
    ) -> None:
        self._argv = argv
        self._cwd = cwd
        self._env = env
        self._stdin = memoryview(stdin)
        self._seconds = seconds
        self._cap = cap
        self._sink = sink
        self._said: dict[str, bytearray] = {"out": bytearray(), "err": bytearray()}
        self._wake: tuple[int, int] = (-1, -1)
        self._input: IO[bytes] | None = None

    async def run(self) -> tuple[int, bytes, bytes]:
        """Exit code, output, errors. Raises OSError when it cannot be started, ChildProcessError when it had to be killed."""
        self._wake = os.pipe()
        talk = asyncio.get_running_loop().run_in_executor(_POOL, self._talk)
        try:
            await asyncio.shield(talk)
        except asyncio.CancelledError:
            os.write(self._wake[1], b"x")
            await asyncio.wait([talk])
            talk.exception()
            raise
        finally:
            os.close(self._wake[0])
            os.close(self._wake[1])
        return talk.result(), bytes(self._said["out"]), bytes(self._said["err"])

    def _talk(self) -> int:
        with subprocess.Popen(
            self._argv,
            cwd=self._cwd,
            env=self._env,
            stdin=subprocess.PIPE if self._stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        ) as process:
            try:
                self._listen(process)
                return process.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired as error:
                raise ChildProcessError("it closed its output and went on") from error
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        """Until both outputs end, or the program did and something that it left behind keeps them open."""
        deadline = time.monotonic() + self._seconds
        last_call = float("inf")
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake[0], selectors.EVENT_READ)
            for name, stream in (("out", process.stdout), ("err", process.stderr)):
                _watch(selector, stream, selectors.EVENT_READ, name)
            _watch(selector, process.stdin, selectors.EVENT_WRITE, "in")
            self._input = process.stdin
            while any(key.data in self._said for key in selector.get_map().values()):
                now = time.monotonic()
                if now >= last_call:
                    return
                if now >= deadline:
                    raise ChildProcessError(f"no end after {self._seconds:g} s")
                ready = selector.select(min(deadline - now, _SLICE_SECONDS))
                if not ready and process.poll() is not None:
                    last_call = min(last_call, now + _GRACE_SECONDS)
                for key, _ in ready:
                    self._attend(selector, key)

    def _attend(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
        if key.data is None:
            raise ChildProcessError("it was cancelled")
        if key.data == "in":
            self._feed(selector, key)
            return
        block = os.read(key.fd, _BLOCK)
        said = self._said[key.data]
        if self._sink is not None and key.data == "out":
            self._sink(block)
        else:
            said += block
        if len(said) > self._cap:
            raise ChildProcessError(f"it said over {self._cap} bytes")
        if not block:
            selector.unregister(key.fileobj)

    def _feed(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
        try:
            self._stdin = self._stdin[os.write(key.fd, self._stdin[:_BLOCK]) :]
        except BrokenPipeError:
            self._stdin = self._stdin[:0]  # It has heard enough; its exit code says whether that was well.
        if not self._stdin:
            selector.unregister(key.fileobj)
            self._close_input()

    def _close_input(self) -> None:
        if self._input is not None:
            self._input.close()


def _watch(selector: selectors.BaseSelector, stream: IO[bytes] | None, event: int, name: str) -> None:
    if stream is not None:
        os.set_blocking(stream.fileno(), False)
        selector.register(stream, event, name)
