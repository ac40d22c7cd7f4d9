"""From an event to 50 WebSocket clients: ropewalk's feed with its durable commit before it, and a bare echo next to it.

The clients are one process of their own, the server is this one; both read the same clock. `variant` is `ropewalk` or `bare`.
"""

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from measure import Report, main, percentiles

CLIENTS = 50
WARM = 10
EVERY_SECONDS = 0.02

LISTENERS = """
import asyncio, json, sys, time
from websockets.asyncio.client import connect

async def listen(url, token, count, late):
    async with connect(url, max_size=None, additional_headers={"Authorization": f"Bearer {token}"}) as messages:
        print("ready", flush=True)
        while len(late) < count:
            said = json.loads(await messages.recv())
            event = said.get("event", said)
            if "data" in event:
                late.append(time.time() - event["data"]["at"])

async def main(url, token, clients, count):
    late = [[] for _ in range(clients)]
    await asyncio.gather(*(listen(url, token, count, one) for one in late))
    print(json.dumps([seconds for one in late for seconds in one]), flush=True)

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
"""


def feed(n: int, work: Path, variant: str) -> Report:
    """n events, one after another."""
    return asyncio.run(_bare(n) if variant == "bare" else _ropewalk(n, work))


async def _ropewalk(n: int, work: Path) -> Report:
    import uvicorn
    from ropewalk_engine import doors, publisher

    async with doors(work) as (app, ropewalk, token):
        own = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="websockets-sansio"))
        serving = asyncio.create_task(server.serve(sockets=[own]))
        port = own.getsockname()[1]
        report = await _measure(f"ws://127.0.0.1:{port}/api/v1/feed", token, n, await publisher(ropewalk))
        server.should_exit = True
        await app.state.desk.close()
        await serving
        own.close()
    return report


async def _bare(n: int) -> Report:
    from websockets.asyncio.server import broadcast, serve

    async with serve(lambda socket: socket.wait_closed(), "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]

        async def send(at: float) -> None:
            broadcast(server.connections, json.dumps({"data": {"at": at}, "filling": "x" * 350}))

        return await _measure(f"ws://127.0.0.1:{port}", "none", n, send)


async def _measure(url: str, token: str, n: int, send: Callable[[float], Awaitable[object]]) -> Report:
    argv = [sys.executable, "-c", LISTENERS, url, token, str(CLIENTS), str(n + WARM)]
    listeners = await asyncio.create_subprocess_exec(*argv, stdout=subprocess.PIPE, limit=1 << 26)
    assert listeners.stdout is not None
    for _ in range(CLIENTS):
        await listeners.stdout.readline()
    for _ in range(n + WARM):
        await send(time.time())
        await asyncio.sleep(EVERY_SECONDS)
    late = json.loads(await listeners.stdout.readline())
    await listeners.wait()
    per_client = n + WARM
    counted = [late[i] for i in range(len(late)) if i % per_client >= WARM]
    return percentiles(counted)


if __name__ == "__main__":
    main({"feed": feed})
