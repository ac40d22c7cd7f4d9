"""Secrets by reference, looked up where the attempt is that names them: a variable, a file, or what a command prints.

Bounded in size and time; nothing that cannot end is opened. What is wrong is said without the value.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from stat import S_ISREG
from typing import Any, Final

from ropewalk.agents.spellings import SHORTEST, without_spaces
from ropewalk.definition import Secret
from ropewalk.errors import SecretError
from ropewalk.processes import Child

LARGEST_BYTES: Final = 65_536
COMMAND_SECONDS: Final = 30.0
_GRACE_SECONDS = 1.0
_SAID_CHARS = 300


async def look_up_secret(name: str, secret: Secret, project: Path, spool: Path) -> str:
    """The value. Relative files, and the command, are of the project's folder. Raises SecretError."""
    if secret.command:
        return checked_secret(name, await _printed(name, secret.command, project, spool))
    return await asyncio.to_thread(look_up_plain_secret, name, secret, project)


def look_up_plain_secret(name: str, secret: Secret, project: Path) -> str:
    """The value of one that is a variable or a file. Raises SecretError."""
    if secret.env:
        value = os.environ.get(secret.env)
        if value is None:
            raise SecretError(name=name, reason=f"the variable {secret.env} is not set where ropewalk runs")
        return checked_secret(name, value)
    return checked_secret(name, _read(name, secret.file, project))


def checked_secret(name: str, value: str) -> str:
    """The value, where it can be a variable and can be told from other text. Raises SecretError.

    Of a value of one line the line break at the end is left out; a key of several lines keeps it.
    """
    if value.count("\n") == 1:
        value = value.removesuffix("\n").removesuffix("\r")
    if len(without_spaces(value)) < SHORTEST:
        reason = (
            f"it is shorter than {SHORTEST} characters, and could not be told from other words"
            if value
            else "it is empty"
        )
        raise SecretError(name=name, reason=reason)
    if "\0" in value:
        raise SecretError(name=name, reason="it holds a zero byte, and no variable can")
    if len(value.encode("utf-8", "surrogateescape")) > LARGEST_BYTES:
        raise SecretError(name=name, reason=f"it is larger than {LARGEST_BYTES:,} bytes")
    return value


def _read(name: str, file: str, project: Path) -> str:
    path = project / Path(file).expanduser()
    try:
        # Without O_NONBLOCK a pipe that nobody writes to would be waited for.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as opened:
            if not S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise SecretError(name=name, reason=f"{file} is no regular file")
            data = opened.read(LARGEST_BYTES + 2)
    except OSError as fault:
        reason = f"{file} cannot be read: {(fault.strerror or str(fault)).lower()}"
        raise SecretError(name=name, reason=reason) from fault
    return _decoded(name, data)


def _decoded(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise SecretError(name=name, reason="it is not UTF-8 text") from None


async def _printed(name: str, argv: tuple[str, ...], project: Path, spool: Path) -> str:
    """What a command prints; it has ropewalk's own environment, for it acts in ropewalk's place, and nothing of it is shown."""
    capture = _Said()
    await asyncio.to_thread(spool.mkdir, parents=True, exist_ok=True)
    try:
        child = await Child.start(argv, capture, folder=project, env=os.environ, spool=spool)
    except (OSError, ValueError) as fault:
        raise SecretError(name=name, reason=f"{argv[0]} could not be started: {fault}") from fault
    try:
        if not await _within(child.ended(), capture.flood.wait()):
            raise SecretError(name=name, reason=f"{argv[0]} did not end within {COMMAND_SECONDS:g} s")
        if capture.flood.is_set():
            raise SecretError(name=name, reason=f"{argv[0]} printed more than {LARGEST_BYTES:,} bytes")
        await child.end_rest(0.0, _GRACE_SECONDS)
    except BaseException:
        await child.stop(_GRACE_SECONDS)
        raise
    finally:
        child.close()
    if child.code:
        raise SecretError(name=name, reason=f"{argv[0]} ended with {child.code}{capture.last_words()}")
    return _decoded(name, bytes(capture.out))


async def _within(*ends: Coroutine[Any, Any, Any]) -> bool:
    """Whether one of them has come to its end in time."""
    tasks = [asyncio.ensure_future(end) for end in ends]
    try:
        done, _ = await asyncio.wait(tasks, timeout=COMMAND_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return bool(done)


class _Said:
    """What the command printed, in memory and bounded."""

    def __init__(self) -> None:
        self.out = bytearray()
        self._err = bytearray()
        self.flood = asyncio.Event()

    def take(self, channel: str, data: bytes) -> None:
        if channel == "err":
            self._err = (self._err + data)[-LARGEST_BYTES:]
            return
        self.out += data
        if len(self.out) > LARGEST_BYTES + 2:
            del self.out[LARGEST_BYTES + 2 :]
            self.flood.set()

    def close(self) -> None:
        """Nothing is held back."""

    def last_words(self) -> str:
        """Its last line of complaint, unless what it printed stands in it."""
        from ropewalk.agents.redaction import Redactor

        lines = self._err.decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")[:_SAID_CHARS]
        hidden = Redactor({"value": self.out.decode("utf-8", "replace")})
        return f": {hidden.text(last)}" if last else ""
