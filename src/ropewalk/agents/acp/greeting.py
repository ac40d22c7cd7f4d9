"""Says hello to an agent and hears its version: whether it starts, speaks the protocol, and is what it should be."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Sequence
from typing import Any

import msgspec

from ropewalk.agents import environment
from ropewalk.agents.acp.settings import AcpSettings
from ropewalk.agents.acp.surroundings import NO_PUSH, home_of
from ropewalk.agents.acp.wire import mapping
from ropewalk.agents.confine import Wrap
from ropewalk.nesting import read_json
from ropewalk.processes import Child

_HELLO = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {
        "protocolVersion": 1,
        "clientCapabilities": {},
        "clientInfo": {"name": "ropewalk", "version": "1"},
    },
}
_SECONDS = 30.0
_LONGEST_BYTES = 1_048_576


async def greet(settings: AcpSettings, argv: Sequence[str], wrap: Wrap = list) -> tuple[str, str]:
    """Its version, and why it cannot be used ("" when it can). No credential is shown to it for this, and `wrap` confines it."""
    variables = {**NO_PUSH, **settings.env}
    if settings.home:
        home_of(settings).mkdir(parents=True, exist_ok=True)
        variables["HOME"] = str(home_of(settings))
    heard = _GreetingWaiter()
    try:
        child = await Child.start(
            wrap(argv),
            heard,
            folder=os.getcwd(),
            env=environment.clean_environment(variables, settings.passed),
            talks=True,
            limits=settings.limits,
        )
    except (OSError, ValueError) as fault:
        return "", f"it cannot be started: {fault}"
    try:
        assert child.hears is not None
        with contextlib.suppress(OSError):
            child.hears.write(msgspec.json.encode(_HELLO) + b"\n")
        over = asyncio.create_task(_hang_up(child, heard))
        async with asyncio.timeout(_SECONDS):
            answer = await heard.answer
        over.cancel()
        return _read(answer)
    except TimeoutError:
        return "", f"it did not answer within {_SECONDS:g} s"
    finally:
        try:
            await child.stop(0.0)
        finally:
            child.close()


async def _hang_up(child: Child, heard: _GreetingWaiter) -> None:
    """One that ends has said all that it had to say."""
    await child.ended()
    child.drain()
    if not heard.answer.done():
        heard.answer.set_result({})


class _GreetingWaiter:
    """Waits for the line that answers; whatever else it prints is not kept."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._partial = b""

    def take(self, channel: str, data: bytes) -> None:
        if channel != "out" or self.answer.done():
            return
        *lines, self._partial = (self._partial + data).split(b"\n")
        self._partial = self._partial[-_LONGEST_BYTES:]
        for line in lines:
            with contextlib.suppress(msgspec.DecodeError):
                message = read_json(line)
                if isinstance(message, dict) and message.get("id") == 0 and not self.answer.done():
                    self.answer.set_result(message)

    def close(self) -> None:
        """Nothing is held back."""


def _read(message: dict[str, Any]) -> tuple[str, str]:
    result = message.get("result")
    if not isinstance(result, dict):
        complaint = _complaint(message.get("error"))
        return "", f"it does not speak the Agent Client Protocol as expected: {complaint}"
    version = str(mapping(result.get("agentInfo")).get("version") or "")
    if result.get("protocolVersion") != 1:
        return (
            version,
            f"it speaks version {result.get('protocolVersion')} of the protocol, ropewalk speaks 1",
        )
    return version, ""


def _complaint(error: Any) -> str:
    """An error of JSON-RPC in words, also one that an agent did not write as an object."""
    return str(mapping(error).get("message") or error or "it ended without an answer")
