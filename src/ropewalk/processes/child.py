"""A child process and all that it starts, as the engine sees them: it hears what they print, when they end, and that they are gone.

The keeper at the other end of the socket starts and ends them. When we close the socket, or die, it ends them all.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

from ropewalk.processes import adoption, fork_server, messages
from ropewalk.processes.capture import CHANNELS
from ropewalk.processes.limits import ProcessLimits
from ropewalk.processes.lock import Lock

_READ_BYTES = 262_144
_LAST_READS = 16
_LAST_SECONDS = 4.0
"""Longer than a keeper tries to end what does not want to end."""

_LOST = -signal.SIGKILL


class Sink(Protocol):
    """Where what a child prints goes, as it comes."""

    def take(self, channel: str, data: bytes) -> None: ...

    def close(self) -> None: ...


class Child:
    """One command from start to end; `Child.start` gives one. `close` it whatever happens."""

    def __init__(self, sink: Sink, server: fork_server.ForkServer | None = None) -> None:
        self._sink = sink
        self._server = server or fork_server.server
        self._loop = asyncio.get_running_loop()
        self._socket: socket.socket | None = None
        self._unread = b""
        self._reading: dict[str, int] = {}
        self._lock: Lock | None = None
        self._keeper = 0
        self._sent = False
        self._sweep: asyncio.Future[list[int]] | None = None
        self._started: asyncio.Future[None] = self._loop.create_future()
        self._ended = asyncio.Event()
        self._over = asyncio.Event()
        self._proved = False
        self.pid = 0
        self.code = _LOST
        """The exit code of the command itself; -n when signal n ended it, or its keeper was killed."""
        self.left: tuple[int, ...] = ()
        """Processes that could not be ended."""
        self.hears: IO[bytes] | None = None
        """Our end of its standard input, when it talks."""

    @classmethod
    async def start(
        cls,
        argv: Sequence[str],
        sink: Sink,
        *,
        folder: str | os.PathLike[str],
        env: Mapping[str, str],
        stdin: Path | None = None,
        talks: bool = False,
        limits: ProcessLimits | None = None,
        spool: Path | None = None,
        shared: bool = False,
        server: fork_server.ForkServer | None = None,
    ) -> Child:
        """Start `argv` in `folder` with exactly `env`; what it prints goes to the sink from now on.

        `talks` gives it a pipe to hear us by (`hears`) instead of a file. With a `spool` a lock stands there until all of
        it has ended. A `shared` keeper is quicker and ends only the process group: for programs that leave nothing.
        Raises OSError when it cannot be started or a limit cannot be set, ValueError for what no program can be given.
        """
        request = messages.encode(argv, env, os.fspath(folder), limits.by_number() if limits else ())
        child = cls(sink, server)
        try:
            child._hand_over(request, stdin, talks, spool, shared)
            await child._send(request)
            await child._started
        except OSError as error:
            await child._abandon()
            raise _named(error, argv, folder) from None
        except BaseException:
            await child._abandon()
            raise
        # Not before: who has heard of a child can stop it with a grace.
        for channel, descriptor in child._reading.items():
            child._loop.add_reader(descriptor, child._read, channel)
        return child

    def _hand_over(
        self, request: bytes, stdin: Path | None, talks: bool, spool: Path | None, shared: bool
    ) -> None:
        """Give a keeper its socket and the child's files; our copies of them are closed again. Raises OSError."""
        with contextlib.ExitStack() as opened:

            def ours(descriptor: int) -> int:
                opened.callback(os.close, descriptor)
                return descriptor

            self._socket, theirs = socket.socketpair()
            opened.enter_context(theirs)
            self._socket.setblocking(False)
            if talks:
                reads, writes = os.pipe()
                self.hears = open(writes, "wb", buffering=0)  # noqa: SIM115 - closed by `close`
                files = [ours(reads)]
            else:
                files = [ours(os.open(stdin or os.devnull, os.O_RDONLY | os.O_CLOEXEC))]
            for channel in CHANNELS:
                reads, writes = os.pipe()
                files.append(ours(writes))
                os.set_blocking(reads, False)
                self._reading[channel] = reads
            if spool is not None:
                self._lock = Lock(spool)
                files.append(ours(self._lock.take()))
            self._server.give([theirs.fileno(), *files], shared=shared)
        self._loop.add_reader(self._socket.fileno(), self._hear)

    async def _send(self, request: bytes) -> None:
        """The keeper may have been killed before it took all: what it says, or its silence, tells that."""
        assert self._socket is not None
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            await self._loop.sock_sendall(self._socket, request)
        self._sent = True

    def _hear(self) -> None:
        assert self._socket is not None
        try:
            data = self._socket.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""  # reset: it was killed with something of ours unread
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            self._understand(line.decode().split())
        if not data:
            self._lose()

    def _understand(self, words: Sequence[str]) -> None:
        word, numbers = words[0], words[1:]
        if word == "started":
            self.pid, self._keeper = map(int, numbers)
            self._settle(None)
        elif word == "refused":
            self._settle(_fault(int(numbers[0]), numbers[1]))
        elif word == "ended":
            self.code = int(numbers[0])
            self._ended.set()
        elif word == "gone":
            self.left = tuple(map(int, numbers))
            self._proved = True
            self._finish()

    def _settle(self, fault: OSError | None) -> None:
        if self._started.done():
            return
        if fault is None:
            self._started.set_result(None)
        else:
            self._started.set_exception(fault)

    def _lose(self) -> None:
        """The keeper and the fork server were killed together. What they kept came to this process, if it adopts."""
        self._hang_up()
        if adoption.is_active():
            self._sweep = self._loop.run_in_executor(None, adoption.end_strangers)
            self._sweep.add_done_callback(self._swept)
        else:
            self._finish()

    def _swept(self, done: asyncio.Future[list[int]]) -> None:
        self.left = tuple(done.result())
        self._proved = True
        self._finish()

    def _hang_up(self) -> None:
        if self._socket is not None:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def _finish(self) -> None:
        """Nothing more is heard from the keeper."""
        self._hang_up()
        self._settle(
            OSError(
                errno.EAGAIN, "it was ended before it began; the host may have no room for more processes"
            )
        )
        self._ended.set()
        self._over.set()

    @property
    def trouble(self) -> str:
        """What a person must be told about its end; "" when nothing of it lives."""
        if self.left:
            named = ", ".join(str(pid) if pid else "unknown" for pid in self.left)
            many = "1 process" if len(self.left) == 1 else f"{len(self.left)} processes"
            return f"{many} could not be ended: {named}"
        if self._over.is_set() and self._proved:
            return ""
        return (
            "its keeper was killed or does not answer: whether all of its processes have ended cannot be told"
        )

    async def ended(self) -> None:
        """Until the command itself has ended."""
        await self._ended.wait()

    async def over(self, seconds: float | None = None) -> bool:
        """Until the command and all that it started have ended; False when that takes longer."""
        try:
            async with asyncio.timeout(seconds):
                await self._over.wait()
        except TimeoutError:
            return False
        return True

    async def end_rest(self, settle_seconds: float, grace_seconds: float) -> bool:
        """End what the command left behind; False when there was nothing, or it ended by itself at once."""
        if self._over.is_set() or await self.over(settle_seconds):
            return False
        await self.stop(grace_seconds)
        return True

    async def stop(self, grace_seconds: float) -> None:
        """Ask everything to end, kill it after the grace or when cancelled meanwhile."""
        try:
            if grace_seconds > 0:
                self._tell(messages.TERMINATE)
                await self.over(grace_seconds)
        finally:
            self.kill()
            if not self._over.is_set() and not await self.over(_LAST_SECONDS):
                await self._kill_keeper()

    async def _kill_keeper(self) -> None:
        """It does not answer, so somebody has stopped it. The fork server ends what it kept."""
        if self._keeper and self._socket is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(self._keeper, signal.SIGKILL)
            await self.over(_LAST_SECONDS)

    def kill(self) -> None:
        """Have everything ended at once, without waiting for it."""
        self._tell(messages.KILL)

    def _tell(self, word: bytes) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.send(word)

    async def _abandon(self) -> None:
        """It did not start, or nobody wants it any more. A keeper that did not get the whole request starts nothing."""
        try:
            if self._socket is not None and self._sent:
                await self.stop(0.0)
        finally:
            self._close()

    def close(self) -> None:
        """Take the last words, forget the child; what is left of it is ended."""
        self.drain()
        self._close()
        self._sink.close()

    def _close(self) -> None:
        for channel in list(self._reading):
            self._leave(channel)
        if self.hears is not None:
            self.hears.close()
        proved = self._proved and not self.left
        self._finish()
        if not self._started.cancelled():
            self._started.exception()  # looked at, whether somebody waits for it or not
        if self._lock is not None and proved:
            self._lock.remove()

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
        descriptor = self._reading.pop(channel)
        self._loop.remove_reader(descriptor)
        os.close(descriptor)


def _fault(number: int, stage: str) -> OSError:
    error = OSError(number, os.strerror(number))
    error.add_note(stage)
    return error


def _named(error: OSError, argv: Sequence[str], folder: str | os.PathLike[str]) -> OSError:
    """With what could not be used: the program, or the folder to start it in."""
    stage = "".join(getattr(error, "__notes__", ()))
    if stage == "folder":
        return OSError(error.errno, error.strerror, os.fspath(folder))
    if stage == "limits":
        return OSError(error.errno, f"a limit could not be set: {error.strerror}")
    return OSError(error.errno, error.strerror, argv[0]) if stage else error
