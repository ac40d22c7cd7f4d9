"""Descriptors come with a letter over a socket, and are not handed on to programs by accident."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from ropewalk.processes.sockets import Socket, receive, socket_of

Pair = tuple[socket.socket, Socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    control = socket_of(theirs.detach())
    yield ours, control
    ours.close()
    control.close()


@pytest.mark.parametrize("count", [0, 1, 4, 8])
def test_a_letter_brings_its_descriptors_and_no_program_inherits_them(pair: Pair, count: int):
    ours, control = pair
    reads, writes = os.pipe()
    socket.send_fds(ours, [b"d"], [reads] * count) if count else ours.send(b"d")
    letter, files = receive(control)
    assert (letter, len(files)) == (b"d", count)
    assert not any(os.get_inheritable(descriptor) for descriptor in files)
    os.write(writes, b"x")
    if files:
        assert os.read(files[0], 10) == b"x"
    for descriptor in (*files, reads, writes):
        os.close(descriptor)


def test_one_letter_is_taken_at_a_time(pair: Pair):
    ours, control = pair
    ours.send(b"tk")
    assert [receive(control)[0], receive(control)[0]] == [b"t", b"k"]


def test_an_end_that_was_closed_gives_no_letter(pair: Pair):
    ours, control = pair
    ours.close()
    assert receive(control) == (b"", [])


def test_an_end_that_was_reset_with_something_unread_gives_no_letter(pair: Pair):
    ours, control = pair
    control.send(b"unread")
    ours.close()
    assert receive(control) == (b"", [])
