"""A keeper: a fork of the fork server that starts a command, hears for it, and ends all that came of it.

It says `gone` when there is no child left to wait for, which proves that nothing of the command lives. Whatever it loses
(its engine, the fork server, the socket) it takes as the word to end everything at once.
"""

from __future__ import annotations

import os
import select

from ropewalk.processes import program, signals
from ropewalk.processes.messages import HEADER_BYTES, KILL, TERMINATE, Request, decode
from ropewalk.processes.sockets import Socket, receive, socket_of
from ropewalk.processes.tree import ProcessTree

PATIENCE_SECONDS = 2.0
"""So long it tries to end what is left before it says what it could not end."""

ASK_SECONDS = 0.5
"""So long short commands have to end by themselves."""

LEFT_SOMETHING = 3
"""Its exit code when something is left; with 0 nothing is."""

_LOOK_MS = 500
_ENDS = select.POLLIN | select.POLLHUP | select.POLLERR


class KeptCommand:
    """One command and the one who waits for it at the other end of `socket`."""

    def __init__(self, socket: Socket) -> None:
        self.socket = socket
        self.pid = 0
        self.status = -1
        self.refused = b""

    def tell(self, line: str) -> bool:
        """False when nobody listens any more."""
        try:
            self.socket.sendall(line.encode() + b"\n")
        except OSError:
            return False
        return True


class Keeper:
    """`engine` and `server` are descriptors that become readable when these have died (-1 where there are none)."""

    def __init__(self, engine: int, server: int, whole: bool) -> None:
        self._wake = signals.wake_by_children()
        self._tree = ProcessTree(whole, self._wake)
        self._server_pid = os.getppid()
        self._poll = select.poll()
        self._fates = [descriptor for descriptor in (engine, server) if descriptor >= 0]
        for descriptor in (*self._fates, self._wake):
            self._poll.register(descriptor, _ENDS)
        self._commands: dict[int, KeptCommand] = {}
        self._starting: dict[int, KeptCommand] = {}
        self._control: Socket | None = None

    def keep(self, socket: Socket, files: list[int]) -> None:
        """One command, and then the end."""
        if not self._begin(socket, files):
            return
        while self._commands:
            self._turn()
            if self._tree.reap():
                self._hear_all()
                for command in list(self._commands.values()):
                    self._over(command, ())
            else:
                self._report()

    def serve(self, control: Socket) -> None:
        """Many commands, until there is no engine any more. What one leaves behind is ended with the engine."""
        self._control = control
        self._poll.register(control.fileno(), _ENDS)
        while self._control is not None:
            self._turn()
            self._tree.reap()
            for command in self._report():
                self._over(command, ())

    def _turn(self) -> None:
        for descriptor, _ in self._poll.poll(_LOOK_MS):
            if descriptor == self._wake:
                signals.clear(self._wake)
            elif descriptor in self._fates:
                self._end()
            elif descriptor in self._starting:
                self._started(descriptor)
            elif descriptor in self._commands:
                self._obey(self._commands[descriptor])
            elif self._control is not None and descriptor == self._control.fileno():
                self._take(self._control)
        if os.getppid() != self._server_pid:
            self._end()

    def _take(self, control: Socket) -> None:
        kind, files = receive(control)
        if not kind:
            self._end()
        elif len(files) >= 4:
            self._begin(socket_of(files[0]), files[1:4])
        else:
            for descriptor in files:
                os.close(descriptor)

    def _begin(self, socket: Socket, files: list[int]) -> bool:
        """Read the request and start it. Anybody who has gone before the request was whole wanted nothing."""
        header = _exactly(socket, HEADER_BYTES)
        body = _exactly(socket, int.from_bytes(header, "big")) if header else b""
        if not body:
            return False
        request, command = decode(body), KeptCommand(socket)
        try:
            if request.limits:
                self._fork(command, request, files)
            else:
                self._spawn(command, request, files)
        except OSError as error:
            stage = "".join(getattr(error, "__notes__", ()))
            command.tell(f"refused {error.errno} {stage or 'start'}\ngone")
            socket.close()
        else:
            self._tree.add(command.pid)
            self._commands[socket.fileno()] = command
            self._poll.register(socket.fileno(), _ENDS)
        for descriptor in files:
            os.close(descriptor)
        return bool(command.pid)

    def _fork(self, command: KeptCommand, request: Request, files: list[int]) -> None:
        command.status, writes = os.pipe()
        keeper = os.getpid()
        try:
            command.pid = os.fork()
            if not command.pid:
                program.become(request, files, keeper, writes)
        except OSError:
            os.close(command.status)
            raise
        finally:
            os.close(writes)
        self._starting[command.status] = command
        self._poll.register(command.status, _ENDS)

    def _spawn(self, command: KeptCommand, request: Request, files: list[int]) -> None:
        try:
            command.pid = program.spawn(request, files)
        except (NotImplementedError, AttributeError):
            self._fork(command, request, files)
        else:
            command.tell(f"started {command.pid} {os.getpid()}")

    def _started(self, status: int) -> None:
        """The pipe was closed by exec, or it holds why there was none."""
        command = self._starting.pop(status)
        self._poll.unregister(status)
        command.refused = os.read(status, 256)
        os.close(status)
        if not command.refused:
            command.tell(f"started {command.pid} {os.getpid()}")

    def _hear_all(self) -> None:
        """Everything has ended: nothing more comes by the pipes, and what was said stands in them."""
        for status in list(self._starting):
            self._started(status)
        self._report()

    def _report(self) -> list[KeptCommand]:
        """Tell the exit codes of leaders that were reaped; gives whose they were."""
        ended = []
        for command in self._commands.values():
            if command.pid in self._tree.ended and command.status not in self._starting:
                code = self._tree.ended[command.pid]
                command.tell(f"refused {command.refused.decode()}" if command.refused else f"ended {code}")
                self._tree.forget(command.pid)
                ended.append(command)
        self._tree.ended = {pid: code for pid, code in self._tree.ended.items() if self._waits_for(pid)}
        for command in ended:
            self._tree.ended.pop(command.pid, None)
            command.pid = 0
        return ended

    def _waits_for(self, pid: int) -> bool:
        return any(command.pid == pid for command in self._commands.values())

    def _obey(self, command: KeptCommand) -> None:
        try:
            word = command.socket.recv(1)
        except OSError:
            word = b""
        if word == TERMINATE:
            self._signal(command, signals.TERM)
        elif self._control is None:
            self._end()
        elif not word or word == KILL:
            self._signal(command, signals.KILL)
            if not word:
                self._poll.unregister(command.socket.fileno())

    def _signal(self, command: KeptCommand, number: int) -> None:
        if self._control is None:
            self._tree.signal(number)
        elif command.pid:
            try:
                os.killpg(command.pid, number)  # not reaped yet, so it is still its own
            except OSError:
                pass

    def _end(self) -> None:
        """End everything, say so to the one who still listens, and be no more.

        Short commands that share a keeper are asked first: git takes its lock files away when it is asked, and no other
        git could go on where they stay.
        """
        if self._control is not None:
            self._tree.ask(ASK_SECONDS)
        left = self._tree.end(PATIENCE_SECONDS)
        self._hear_all()
        for command in list(self._commands.values()):
            self._over(command, left)
        os._exit(LEFT_SOMETHING if left else 0)

    def _over(self, command: KeptCommand, left: list[int] | tuple[()]) -> None:
        self._commands.pop(command.socket.fileno(), None)
        try:
            self._poll.unregister(command.socket.fileno())
        except KeyError:
            pass
        command.tell(" ".join(map(str, ("gone", *left))))
        command.socket.close()


def _exactly(socket: Socket, size: int) -> bytes:
    """So many bytes; none at all when the other end was closed before."""
    data = b""
    while len(data) < size:
        try:
            part = socket.recv(size - len(data))
        except OSError:
            part = b""
        if not part:
            return b""
        data += part
    return data
