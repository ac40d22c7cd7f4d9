"""Restate: its Rust server from npm, one Python service in this process, each step a durable `ctx.run_typed`.

Settings: the server's defaults (its log is synced before it acknowledges) but for one partition instead of 24, which
was up to 20 % faster here; one node, every listener on loopback, telemetry off. The service is served by hypercorn
over HTTP/2 as Restate's own examples do; calls go in over keep-alive HTTP/1.1 connections. The server is started
and stopped here and is not part of any measured time; the cold workload gives its start apart.
The program finds the server binary in the variable RESTATE_SERVER.
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from measure import Report, again, await_port, cold, cold_report, free_ports, main, percentiles, server

STARTS: list[float] = []


def _step(n: int) -> dict[str, int]:
    STARTS.append(time.perf_counter())
    return {"n": n}


def _application() -> Any:
    import restate

    steps = restate.Service("steps")

    @steps.handler()
    async def chain(ctx: restate.Context, n: int) -> int:
        done = 0
        for i in range(n):
            done += (await ctx.run_typed("step", _step, n=i))["n"] >= 0
        return done

    @steps.handler()
    async def fan(ctx: restate.Context, n: int) -> int:
        done, under_way = 0, [ctx.run_typed("step", _step, n=i) for i in range(min(8, n))]
        started = len(under_way)
        while under_way:
            ended, under_way = await restate.wait_completed(*under_way)
            done += len(ended)
            fresh = range(started, min(n, started + len(ended)))
            under_way = [*under_way, *(ctx.run_typed("step", _step, n=i) for i in fresh)]
            started += len(fresh)
        return done

    return restate.app([steps])


class Ports(NamedTuple):
    """Where the server listens on loopback."""

    ingress: int
    admin: int


class Ingress:
    """One keep-alive HTTP/1.1 connection to a loopback port."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def __aenter__(self) -> "Ingress":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def post(self, path: str, body: object) -> Any:
        """The decoded JSON answer to a JSON body."""
        return await self.call("POST", path, json.dumps(body).encode())

    async def call(self, method: str, path: str, body: bytes = b"") -> Any:
        """The decoded JSON answer; anything but a 2xx status ends the program."""
        head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {len(body)}\r\n"
        head += "content-type: application/json\r\n\r\n" if body else "\r\n"
        self.writer.write(head.encode() + body)
        status = (await self.reader.readline()).decode()
        length = 0
        while line := (await self.reader.readline()).strip().lower():
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        answer = await self.reader.readexactly(length)
        if " 20" not in status:
            raise SystemExit(f"{path}: {status.strip()} {answer[:500]!r}")
        return json.loads(answer) if answer else None


@asynccontextmanager
async def _service(admin: int) -> AsyncIterator[None]:
    """Serve the steps and tell the server of them."""
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    (port,) = free_ports(1)
    config, ended = Config(), asyncio.Event()
    config.bind, config.errorlog, config.accesslog = [f"127.0.0.1:{port}"], None, None
    serving = asyncio.create_task(serve(_application(), config, shutdown_trigger=ended.wait))  # type: ignore[arg-type]
    while True:
        with suppress(OSError):
            (await asyncio.open_connection("127.0.0.1", port))[1].close()
            break
        await asyncio.sleep(0.002)
    async with Ingress(admin) as connection:
        await connection.post("/deployments", {"uri": f"http://127.0.0.1:{port}", "force": True})
    try:
        yield
    finally:
        ended.set()
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


@contextmanager
def _running(work: Path) -> Iterator[Ports]:
    """A Restate server that keeps its log and state in the work folder."""
    ingress, admin, node = free_ports(3)
    env = {
        "RUST_LOG": "warn",
        "RESTATE_DISABLE_TELEMETRY": "true",
        "RESTATE_BASE_DIR": str(work / "restate"),
        "RESTATE_LISTEN_MODE": "tcp",
        "RESTATE_BIND_IP": "127.0.0.1",
        "RESTATE_BIND_PORT": str(node),
        "RESTATE_INGRESS__BIND_ADDRESS": f"127.0.0.1:{ingress}",
        "RESTATE_ADMIN__BIND_ADDRESS": f"127.0.0.1:{admin}",
        "RESTATE_NODE_NAME": "bench",
        "RESTATE_DEFAULT_NUM_PARTITIONS": "1",
    }
    with server([os.environ["RESTATE_SERVER"], "--no-logo"], work / "server.log", env) as process:
        for port in (admin, ingress):
            await_port(port, 60, process)
        yield Ports(ingress, admin)


async def _healthy(ports: Ports) -> None:
    """Return once both listeners answer their health check."""
    for port, path in ((ports.admin, "/health"), (ports.ingress, "/restate/health")):
        async with Ingress(port) as connection:
            await connection.call("GET", path)


def _one(handler: str, n: int, work: Path) -> Report:
    async def measured(ports: Ports) -> float:
        async with _service(ports.admin), Ingress(ports.ingress) as connection:
            await connection.post(f"/steps/{handler}", 10)
            began = time.perf_counter()
            done = await connection.post(f"/steps/{handler}", n)
            seconds = time.perf_counter() - began
        assert done == n
        return seconds

    with _running(work) as ports:
        return {"seconds": asyncio.run(measured(ports)), "steps": n}


def chain(n: int, work: Path, _: str) -> Report:
    """One run of n steps in a row."""
    return _one("chain", n, work)


def fan(n: int, work: Path, _: str) -> Report:
    """One run of n independent steps, 8 at a time."""
    return _one("fan", n, work)


def runs(n: int, work: Path, _: str) -> Report:
    """n runs of 10 steps, all submitted at once, each over its own connection."""

    async def one(port: int) -> int:
        async with Ingress(port) as connection:
            return int(await connection.post("/steps/chain", 10))

    async def measured(ports: Ports) -> float:
        async with _service(ports.admin):
            await one(ports.ingress)
            began = time.perf_counter()
            done = await asyncio.gather(*(one(ports.ingress) for _ in range(n)))
            seconds = time.perf_counter() - began
        assert done == [10] * n
        return seconds

    with _running(work) as ports:
        return {"seconds": asyncio.run(measured(ports)), "steps": n * 10}


def latency(n: int, work: Path, _: str) -> Report:
    """From submitting a run to the first line of its first step, n times one after another."""

    async def measured(ports: Ports) -> list[float]:
        samples = []
        async with _service(ports.admin), Ingress(ports.ingress) as connection:
            for _ in range(n + 10):
                STARTS.clear()
                began = time.perf_counter()
                await connection.post("/steps/chain", 1)
                samples.append(STARTS[0] - began)
        return samples[10:]

    with _running(work) as ports:
        return percentiles(asyncio.run(measured(ports)))


def three(n: int, _: Path, variant: str) -> Report:
    """What one cold process does: serve the steps, register them, n steps and the result. `variant`: the two ports."""
    ingress, admin = (int(port) for port in variant.split(","))

    async def submitted() -> int:
        async with _service(admin), Ingress(ingress) as connection:
            done = int(await connection.post("/steps/chain", n))
            print(json.dumps({"done": done}), flush=True)  # the result is in hand; serving ends after it
            return done

    return {"done": asyncio.run(submitted())}


def cold_start(n: int, work: Path, _: str) -> Report:
    """Wall time of n cold processes of three steps next to a running server, and the server's own start."""
    began = time.perf_counter()
    with _running(work) as ports:
        asyncio.run(_healthy(ports))
        started = time.perf_counter() - began
        return cold_report(cold(again(work, f"{ports.ingress},{ports.admin}"), n), started)


if __name__ == "__main__":
    main({"chain": chain, "fan": fan, "runs": runs, "latency": latency, "three": three, "cold": cold_start})
