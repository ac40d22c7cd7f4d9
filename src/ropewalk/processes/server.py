"""The fork server: forks a keeper for each attempt, and ends what a keeper that was killed has left.

One single-threaded process for each engine, with nothing of our environment and no descriptor but its own. It goes when its
engine has gone and nothing is left below it.
"""

from __future__ import annotations

import gc
import os
import select
import sys
import time

from ropewalk.processes import kernel, signals
from ropewalk.processes.keeper import LEFT_SOMETHING, Keeper
from ropewalk.processes.messages import DEDICATED, SHARED
from ropewalk.processes.sockets import Socket, receive, socket_of
from ropewalk.processes.tree import ProcessTree

_LOOK_MS = 500
_SWEEP_SECONDS = 0.05
_PATIENCE_SECONDS = 2.0
_LAST_SECONDS = 10.0
_ENDS = select.POLLIN | select.POLLHUP | select.POLLERR


class HeldKeeper:
    """What the server holds of a keeper: the socket, so that it can speak for it, and the lock, until all has ended."""

    def __init__(self, socket: Socket | None, lock: int) -> None:
        self.socket = socket
        self.lock = lock
        self.told = False

    def tell(self, left: list[int]) -> None:
        """Speak for a keeper that was killed; only once."""
        if self.socket is not None and not self.told:
            try:
                self.socket.sendall(" ".join(map(str, ("gone", *left))).encode() + b"\n")
            except OSError:
                pass  # nobody listens any more
        self.told = True
        self.close_socket()

    def close_socket(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def close(self) -> None:
        self.close_socket()
        if self.lock >= 0:
            os.close(self.lock)
            self.lock = -1


class Server:
    """`control` brings the requests of `engine` (a process id)."""

    def __init__(self, control: Socket, engine: int, whole: bool) -> None:
        self._control: Socket | None = control
        self._engine_pid = engine
        self._engine = kernel.pidfd_of(engine)
        self._own = kernel.pidfd_of(os.getpid())
        self._whole = whole
        self._wake = signals.wake_by_children()
        self._tree = ProcessTree(whole, self._wake)
        self._keepers: dict[int, HeldKeeper] = {}
        self._orphaned: list[HeldKeeper] = []
        self._orphaned_at = 0.0
        self._poll = select.poll()
        for descriptor in (control.fileno(), self._wake, self._engine):
            if descriptor >= 0:
                self._poll.register(descriptor, _ENDS)

    def serve(self) -> None:
        """Until the engine has gone, and all that it had started."""
        while self._control is not None:
            for descriptor, _ in self._poll.poll(_LOOK_MS):
                if descriptor == self._wake:
                    signals.clear(self._wake)
                elif self._control is not None and descriptor == self._control.fileno():
                    self._take(self._control)
                elif descriptor == self._engine:
                    self._control = None
            self._reap()
            if os.getppid() != self._engine_pid:
                self._control = None
        self._leave()

    def _take(self, control: Socket) -> None:
        letter, files = receive(control)
        if not letter:
            self._control = None
        elif letter == DEDICATED and len(files) in (4, 5):
            self._fork(socket_of(files[0]), files[1:4], files[4] if len(files) == 5 else -1)
        elif letter == SHARED and len(files) == 1:
            self._fork(socket_of(files[0]), [], -1)
        else:
            for (
                descriptor
            ) in files:  # some were lost for want of descriptors: the one who asked sees its socket closed
                os.close(descriptor)

    def _fork(self, socket: Socket, files: list[int], lock: int) -> None:
        try:
            pid = os.fork()
        except OSError:  # no more processes: the one who asked sees its socket closed
            pid = -1
        if pid == 0:
            try:
                self._become_keeper(socket, files, lock)
            finally:
                os._exit(70)
        for descriptor in files:
            os.close(descriptor)
        kept = HeldKeeper(socket, lock)
        if pid < 0:
            kept.close()
            return
        if not files:
            kept.close_socket()
        self._keepers[pid] = kept

    def _become_keeper(self, socket: Socket, files: list[int], lock: int) -> None:
        os.setsid()
        if lock >= 0:
            os.pwrite(lock, b"%d\n" % os.getpid(), 0)
        assert self._control is not None
        self._control.close()
        for kept in (*self._keepers.values(), *self._orphaned):
            kept.close()
        whole = self._whole and kernel.become_subreaper()
        keeper = Keeper(self._engine, self._own, whole)
        if files:
            keeper.keep(socket, files)
        else:
            keeper.serve(socket)
        os._exit(0)

    def _reap(self) -> None:
        """What has ended: a keeper that did its work, or one that was killed and has left its children to us."""
        self._tree.reap()
        ended, self._tree.ended = self._tree.ended, {}
        for pid, code in ended.items():
            kept = self._keepers.pop(pid, None)
            if kept is None:
                continue
            if code == 0:
                kept.close()
                continue
            kept.told = code == LEFT_SOMETHING
            self._orphaned.append(kept)
            self._orphaned_at = time.monotonic()
        if self._orphaned:
            self._sweep()

    def _sweep(self) -> None:
        """A child that is no keeper had one that is dead. Locks are held until no such child is left."""
        left = self._tree.end(_SWEEP_SECONDS, self._keepers)
        late = time.monotonic() >= self._orphaned_at + _PATIENCE_SECONDS
        for kept in self._orphaned:
            if kept.told:
                kept.close_socket()
            elif not left or late:
                kept.tell(left)
        if not left:
            for kept in self._orphaned:
                kept.close()
            self._orphaned = []

    def _leave(self) -> None:
        """Keepers see themselves that the engine has gone; one that does not is killed, and what it kept with it."""
        deadline = time.monotonic() + _LAST_SECONDS
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        while time.monotonic() < deadline:
            if self._tree.reap():
                return
            self._reap()
            if self._engine_gone() and time.monotonic() > deadline - _LAST_SECONDS / 2:
                self._keepers.clear()
            poll.poll(_LOOK_MS)
            signals.clear(self._wake)

    def _engine_gone(self) -> bool:
        return os.getppid() != self._engine_pid


def _hide() -> None:
    """`pkill ropewalk` and `killall python` mean our engine, and end it; who ends what the engine had started must be left."""
    try:
        with open("/proc/self/comm", "wb", buffering=0) as name:
            name.write(b"attempt-keeper")
    except OSError:
        pass


def main() -> None:
    """`control` and `engine` are the last two words of the command line; a third one says that we are no subreaper."""
    control, engine, *plain = map(int, sys.argv[1:])
    signals.become_deaf()
    _hide()
    whole = not plain and kernel.become_subreaper()
    server = Server(socket_of(control), engine, whole)
    if os.getppid() != engine:
        return
    gc.collect()
    gc.freeze()
    gc.disable()
    server.serve()
