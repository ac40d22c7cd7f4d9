"""Commands that an agent asks ropewalk to run: argv only, in the working folder, each a process group that ends with the attempt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ropewalk.agents.acp.permissions import within
from ropewalk.agents.port import Desk
from ropewalk.processes import Child, ProcessLimits

MOST_BYTES = 1_048_576
_GRACE_SECONDS = 1.0

Wrap = Callable[[Sequence[str]], list[str]]


class Terminals:
    """`wrap` puts the attempt's confinement around a command; `env` is the agent's environment without its credential.

    `folder` is where they begin unless told. `limits` are the agent's own: what it has others run for it is held to them as well.
    """

    def __init__(
        self,
        desk: Desk,
        env: Mapping[str, str],
        wrap: Wrap = list,
        limits: ProcessLimits | None = None,
        folder: str = "",
    ) -> None:
        self._desk = desk
        self._folder = desk.folder / folder
        self._env = env
        self._wrap = wrap
        self._limits = limits
        self._open: dict[str, _Terminal] = {}
        self._made = 0
        self._starting = asyncio.Lock()
        self._closed = False

    async def create(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """`terminal/create`. Raises ValueError for a folder outside, OSError for a program that is not there."""
        folder = str(params.get("cwd") or self._folder)
        if not within(self._desk.folder, folder):
            raise ValueError(f"{folder!r} is outside of the working folder")
        variables = {str(variable["name"]): str(variable["value"]) for variable in params.get("env") or ()}
        argv = self._wrap([str(params["command"]), *map(str, params.get("args") or ())])
        sink = _Kept(self._desk, min(int(params.get("outputByteLimit") or MOST_BYTES), MOST_BYTES))
        async with self._starting:
            if self._closed:
                raise ValueError("the attempt is over")
            child = await Child.start(
                argv,
                sink,
                folder=(self._desk.folder / folder).resolve(),
                env={**self._env, **variables},
                limits=self._limits,
                spool=self._desk.spool,
            )
            self._made += 1
            name = f"terminal-{self._made}"
            self._open[name] = _Terminal(child, sink, self._desk)
        return {"terminalId": name}

    async def output(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """`terminal/output`."""
        terminal = self._of(params)
        status = terminal.status()
        ended = {"exitStatus": status} if status else {}
        # It goes to the agent's model, which was not given the secret; where its beginning was cut off, neither its end.
        shown = self._desk.redactor.data(terminal.sink.text())
        return {"output": shown, "truncated": terminal.sink.cut, **ended}

    async def wait(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """`terminal/wait_for_exit`."""
        terminal = self._of(params)
        await asyncio.shield(terminal.ended)
        return terminal.status()

    async def kill(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """`terminal/kill`: it ends, its output stays."""
        await self._of(params).stop()
        return {}

    async def release(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """`terminal/release`."""
        terminal = self._of(params)
        del self._open[str(params.get("terminalId"))]
        await terminal.stop()
        return {}

    async def close(self) -> None:
        """End them all, one that is being started too; none is started from now on."""
        self._closed = True
        async with self._starting:
            terminals, self._open = list(self._open.values()), {}
        await asyncio.gather(*(terminal.stop() for terminal in terminals))

    @property
    def busy(self) -> bool:
        """Whether one of them is at work."""
        return any(not terminal.ended.done() for terminal in self._open.values())

    def _of(self, params: Mapping[str, Any]) -> _Terminal:
        name = str(params.get("terminalId"))
        if name not in self._open:
            raise ValueError(f"there is no terminal {name!r}")
        return self._open[name]


class _Kept:
    """The end of what a command printed."""

    def __init__(self, desk: Desk, most: int) -> None:
        self._desk = desk
        self._most = most
        self._data = bytearray()
        self.cut = False

    def take(self, channel: str, data: bytes) -> None:
        self._desk.alive()
        self._data += data
        if len(self._data) > self._most:
            del self._data[: len(self._data) - self._most]
            self.cut = True

    def close(self) -> None:
        """Nothing is held back."""

    def text(self) -> str:
        return self._data.decode("utf-8", "ignore")


class _Terminal:
    def __init__(self, child: Child, sink: _Kept, desk: Desk) -> None:
        self.sink = sink
        self._child = child
        self._desk = desk
        self.ended = asyncio.create_task(self._follow())

    def status(self) -> dict[str, Any]:
        """Exit code or signal, once it is over."""
        if not self.ended.done():
            return {}
        code = self._child.code
        return {"signal": str(-code)} if code < 0 else {"exitCode": code}

    async def stop(self) -> None:
        # Cancelling the task would end nothing where it has not begun yet.
        if not self.ended.done():
            await self._child.stop(_GRACE_SECONDS)
        await asyncio.wait({self.ended})

    async def _follow(self) -> None:
        try:
            await self._child.ended()
            await self._child.end_rest(0.1, _GRACE_SECONDS)
        except asyncio.CancelledError:
            await self._child.stop(_GRACE_SECONDS)
        finally:
            self._child.close()
            if self._child.trouble:
                self._desk.say(f"[ropewalk: {self._child.trouble}]\n", "err")
