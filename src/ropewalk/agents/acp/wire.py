"""The lines between ropewalk and an agent's process: JSON messages both ways, each also in a spool file, all of it bounded.

Lines that are no message are shown as what they are, output; they never end the conversation.
"""

from __future__ import annotations

import asyncio
from asyncio.streams import FlowControlMixin
from pathlib import Path
from typing import IO, Any

import msgspec

from ropewalk.agents.port import Desk
from ropewalk.agents.redaction import Redactor, Stream
from ropewalk.nesting import read_json
from ropewalk.processes import Capture

SPOOL = "transcript.jsonl"
LONGEST_LINE_BYTES = 33_554_432
MOST_SPOOLED_BYTES = 67_108_864
_END = None


class Wire:
    """The sink of a child that talks, and what is said to it."""

    def __init__(self, desk: Desk, redactor: Redactor, output_bytes: int) -> None:
        self._desk = desk
        self._redactor = redactor
        self._stream = Stream(redactor)
        self._errors = Capture(desk, output_bytes // 4, 16_384)
        self._spool = _Spool(desk.spool / SPOOL)
        self._partial = bytearray()
        self._skipping = False
        self._messages: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._writer: asyncio.StreamWriter | None = None
        self.strange_lines = 0

    async def connect(self, pipe: IO[bytes]) -> None:
        """Write to this pipe from now on."""
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.connect_write_pipe(lambda: FlowControlMixin(loop), pipe)
        self._writer = asyncio.StreamWriter(transport, protocol, None, loop)

    def take(self, channel: str, data: bytes) -> None:
        """Bytes came from the process."""
        if channel == "err":
            self._errors.take(channel, self._stream.take(data.decode("utf-8", "replace")).encode())
            return
        self._desk.alive()
        *lines, rest = (bytes(self._partial) + data).split(b"\n")
        self._partial[:] = rest
        for line in lines:
            if self._skipping:
                self._skipping = False
            elif line.strip():
                self._line(line)
        if len(self._partial) > LONGEST_LINE_BYTES:
            self._partial.clear()
            self._skipping = True
            self._strange(b"a line of more than 32 MiB was left out")

    def close(self) -> None:
        """The process is over."""
        self.hang_up()
        self._errors.take("err", self._stream.close().encode())
        self._errors.close()
        self._spool.close()

    def hang_up(self) -> None:
        """Nothing more will come."""
        self._messages.put_nowait(_END)

    def last_words(self) -> str:
        """The end of what it said next to the protocol."""
        return self._errors.text("err")

    def _line(self, line: bytes) -> None:
        try:
            message = read_json(line)
        except msgspec.DecodeError:
            message = None
        if not isinstance(message, dict):
            self._strange(line)
            return
        self._spool.add("<", self._redactor.text(line.decode("utf-8", "replace")))
        self._messages.put_nowait(message)

    def _strange(self, line: bytes) -> None:
        self.strange_lines += 1
        self._errors.take("err", self._redactor.text(line.decode("utf-8", "replace")).encode() + b"\n")

    @property
    def transport(self) -> Transport:
        """This wire as the connection wants it."""
        return Transport(self)

    async def send(self, message: dict[str, Any]) -> None:
        """Raises ConnectionError when the process does not listen any more."""
        if self._writer is None or self._writer.is_closing():
            raise ConnectionError("the agent's process has ended")
        data = msgspec.json.encode(message)
        self._spool.add(">", self._redactor.text(data.decode()))
        self._writer.write(data + b"\n")
        await self._writer.drain()

    async def receive(self) -> dict[str, Any] | None:
        """The next message; None at the end."""
        return await self._messages.get()

    async def end_input(self) -> None:
        """Tell the process that nothing more comes from us."""
        if self._writer is not None:
            self._writer.close()


def mapping(value: Any) -> dict[str, Any]:
    """A part of a message that is an object by the protocol; empty where the agent sent something else."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[dict[str, Any]]:
    """A part of a message that is a list of objects by the protocol, without anything else that the agent put in it."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


class Transport:
    """What the protocol's connection sends and receives by; closing it leaves the process to its owner."""

    def __init__(self, wire: Wire) -> None:
        self.send = wire.send
        self.receive = wire.receive

    async def close(self) -> None:
        """The process is ended by the one who started it."""


class _Spool:
    """The raw transcript of an attempt; past its limit it says so once."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._left = MOST_SPOOLED_BYTES

    def add(self, direction: str, line: str) -> None:
        if self._left <= 0 or self._file.closed:
            return
        self._left -= len(line) + 3
        self._file.write(f"{direction} {line}\n" if self._left > 0 else "[the rest is left out]\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()
