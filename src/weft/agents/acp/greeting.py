"""Says hello to an agent and hears its version: whether it starts, speaks the protocol, and is what it should be."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from typing import Any

import msgspec

from weft.agents import environment
from weft.agents.acp.settings import Settings
from weft.agents.acp.surroundings import NO_PUSH, home_of
from weft.agents.confine import Wrap

_HELLO = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {
        "protocolVersion": 1,
        "clientCapabilities": {},
        "clientInfo": {"name": "weft", "version": "1"},
    },
}
_SECONDS = 30.0


async def greet(settings: Settings, argv: Sequence[str], wrap: Wrap = list) -> tuple[str, str]:
    """Its version, and why it cannot be used ("" when it can). No credential is shown to it for this, and `wrap` confines it."""
    given = {**NO_PUSH, **settings.env}
    if settings.home:
        home_of(settings).mkdir(parents=True, exist_ok=True)
        given["HOME"] = str(home_of(settings))
    try:
        process = await asyncio.create_subprocess_exec(
            *wrap(argv),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment.clean(given, settings.passed),
            start_new_session=True,
            limit=1_048_576,
        )
    except (OSError, ValueError) as fault:
        return "", f"it cannot be started: {fault}"
    try:
        async with asyncio.timeout(_SECONDS):
            return _read(await _answer(process))
    except TimeoutError:
        return "", f"it did not answer within {_SECONDS:g} s"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _answer(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(ConnectionError):
        process.stdin.write(msgspec.json.encode(_HELLO) + b"\n")
        await process.stdin.drain()
    with contextlib.suppress(ValueError):
        while line := await process.stdout.readline():
            with contextlib.suppress(msgspec.DecodeError):
                said = msgspec.json.decode(line)
                if isinstance(said, dict) and said.get("id") == 0:
                    return said
    return {}


def _read(said: dict[str, Any]) -> tuple[str, str]:
    result = said.get("result")
    if not isinstance(result, dict):
        told = (said.get("error") or {}).get("message", "it ended without an answer")
        return "", f"it does not speak the Agent Client Protocol as expected: {told}"
    version = str((result.get("agentInfo") or {}).get("version", ""))
    if result.get("protocolVersion") != 1:
        return version, f"it speaks version {result.get('protocolVersion')} of the protocol, weft speaks 1"
    return version, ""
