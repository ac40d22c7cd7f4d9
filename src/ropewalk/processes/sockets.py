"""Sockets of the fork server and its keepers, and the descriptors that come by them.

The private module is used where it is there: `socket` imports what takes longer than the whole fork server.
"""

from __future__ import annotations

import os

try:
    import _socket as socket
except ImportError:  # a Python that has renamed what is private
    import socket  # type: ignore[no-redef]

Socket = socket.socket

_INT_BYTES = 4
_MOST = 8
_CLOSED_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


def socket_of(descriptor: int) -> Socket:
    """The socket that a descriptor is."""
    return Socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, descriptor)


def receive(control: Socket) -> tuple[bytes, list[int]]:
    """One letter and the descriptors that came with it; no letter when the other end was closed."""
    try:
        room = socket.CMSG_SPACE(_MOST * _INT_BYTES)
        letter, ancillary, _, _ = control.recvmsg(1, room, _CLOSED_ON_EXEC)
    except OSError:
        return b"", []  # the one who is killed with something unread resets the connection
    files: list[int] = []
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            whole = len(data) // _INT_BYTES
            files += memoryview(data[: whole * _INT_BYTES]).cast("i").tolist()
    if not _CLOSED_ON_EXEC:
        for descriptor in files:
            os.set_inheritable(descriptor, False)
    return letter, files
