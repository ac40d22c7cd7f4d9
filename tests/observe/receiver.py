"""A receiver of webhooks on a real port that answers as it is told, and remembers what came."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any


class Receiver:
    """`answers` are the statuses to come, then 204; 0 never answers."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.taken: list[dict[str, Any]] = []
        self.url = ""
        self._more = asyncio.Event()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lines = head.split("\r\n")
            headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:] if line)}
            body = await reader.readexactly(int(headers["content-length"]))
            self.came.append((headers, body))
            status = self.answers.pop(0) if self.answers else 204
            if status == 0:
                await reader.read()
                return
            if status < 300:
                self.taken.append(json.loads(body))
            more = f"Location: {self.url}/elsewhere\r\n" if 300 <= status < 400 else ""
            writer.write(f"HTTP/1.1 {status} X\r\n{more}Content-Length: 0\r\n\r\n".encode())
            await writer.drain()
        finally:
            self._more.set()
            writer.close()

    async def until_came(self, count: int) -> None:
        async with asyncio.timeout(30):
            while len(self.came) < count:
                self._more.clear()
                await self._more.wait()

    async def until_taken(self, count: int) -> None:
        async with asyncio.timeout(30):
            while len(self.taken) < count:
                self._more.clear()
                await self._more.wait()


@contextlib.asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.handle, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield made
    finally:
        server.close()
