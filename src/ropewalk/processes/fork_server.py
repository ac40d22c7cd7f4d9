"""The engine's end of its fork server: started with the first child, started anew when somebody has killed it.

There is one for a process, whatever event loops and threads it has; a forked process of ours gets one of its own.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence

from ropewalk.processes import adoption, messages

_SEND_SECONDS = 5.0
_LEAVE_SECONDS = 3.0
_TRIES = 3
_NEEDED = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")
"""Without these some builds of Python do not start; nothing else of our environment is shown to it."""

MARK = "ROPEWALK_MARK"
"""In the environment of the fork server alone: the number of the process that it works for."""

# The packages' own `__init__` modules import what an engine needs: here they are empty, and start-up takes 10 ms.
_PROGRAM = """
import sys
for name, path in (("ropewalk", {package!r}), ("ropewalk.processes", {folder!r})):
    module = type(sys)(name); module.__path__ = [path]; sys.modules[name] = module
from ropewalk.processes.server import main
main()
"""

# It is read from the socket, and no byte more, so that our name is not in the command line: `pkill -f ropewalk` must leave who ends the rest.
_READ = "import os, sys; exec(os.read(int(sys.argv[1]), int(sys.argv.pop(2))))"


class ForkServer:
    """`plain` does without subreapers, as on a host that has none."""

    def __init__(self, *, plain: bool = False) -> None:
        self._plain = plain
        self._lock = threading.Lock()
        self._owner = 0
        self._control: socket.socket | None = None
        self._shared: socket.socket | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def ready(self) -> None:
        """Start it if there is none, without waiting for it. Raises OSError."""
        with self._lock:
            self._ensure()

    def give(self, files: Sequence[int], *, shared: bool = False) -> None:
        """Have a keeper serve the socket that is the first of these descriptors. Raises OSError."""
        with self._lock:
            for attempt in range(_TRIES):
                control = self._ensure()
                try:
                    if shared:
                        _send(self._shared_control(control), messages.COMMAND, files)
                    else:
                        _send(control, messages.DEDICATED, files)
                    return
                except (BrokenPipeError, ConnectionResetError):
                    if attempt == _TRIES - 1:
                        raise
                    self._drop(whole=not shared or self._dead())

    def close(self) -> None:
        """No more comes: it goes when nothing is left below it."""
        with self._lock:
            if self._owner == os.getpid():
                process = self.process
                self._drop(whole=True)
                if process is not None:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(_LEAVE_SECONDS)

    def _ensure(self) -> socket.socket:
        if self._owner != os.getpid():
            # What a fork has inherited is its parent's: closing our copies of it ends nothing there.
            self._drop(whole=True)
            self._owner = os.getpid()
        if self._control is None:
            self._start()
        assert self._control is not None
        return self._control

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        folder = os.path.dirname(os.path.abspath(__file__))
        program = _PROGRAM.format(package=os.path.dirname(folder), folder=folder).encode()
        words = [str(theirs.fileno()), str(len(program)), str(os.getpid()), *(["1"] if self._plain else [])]
        # Not the one of a virtual environment, whose path may have our name, and which takes longer to start.
        python = getattr(sys, "_base_executable", "") or sys.executable
        ours.sendall(program)
        with theirs:
            self.process = subprocess.Popen(
                [python, "-I", "-S", "-X", "frozen_modules=on", "-c", _READ, *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                cwd="/",
                start_new_session=True,
                pass_fds=(theirs.fileno(),),
            )
        adoption.spare_child(self.process.pid)
        ours.settimeout(_SEND_SECONDS)
        self._control = ours

    def _shared_control(self, control: socket.socket) -> socket.socket:
        if self._shared is None:
            ours, theirs = socket.socketpair()
            with theirs:
                _send(control, messages.SHARED, [theirs.fileno()])
            ours.settimeout(_SEND_SECONDS)
            self._shared = ours
        return self._shared

    def _dead(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def _drop(self, *, whole: bool) -> None:
        """Forget the shared keeper, or the server with it."""
        if self._shared is not None:
            self._shared.close()
            self._shared = None
        if whole and self._control is not None:
            self._control.close()
            self._control = None
            if self.process is not None and self._owner == os.getpid():
                self.process.poll()
                adoption.forget(self.process.pid)
            self.process = None


def _environment() -> dict[str, str]:
    """What the loader needs, and a mark by which a person can tell whose fork server this is (`ps e`)."""
    needed = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    return {**needed, MARK: str(os.getpid())}


def _send(control: socket.socket, letter: bytes, files: Sequence[int]) -> None:
    """A letter with descriptors. Raises OSError."""
    control.sendmsg([letter], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))])


server = ForkServer()
"""This process's own."""

atexit.register(server.close)
