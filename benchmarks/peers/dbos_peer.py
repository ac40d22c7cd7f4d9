"""DBOS on SQLite: each step is a `DBOS.run_step`, its result committed before the call returns.

Settings: synchronous=FULL (SQLite's default, which DBOS keeps). As shipped the journal is a rollback journal;
variant `wal` sets journal_mode=WAL on the file before DBOS opens it, which stays with the file. Both are measured and
the better one counts as the peer. Logs only errors, no OTLP, no admin server, no conductor. The 1,000 independent steps
run inside one workflow, 8 at a time: DBOS' queues poll and are an order of magnitude slower.
"""

import asyncio
import atexit
import sqlite3
import time
from pathlib import Path
from typing import Any

from measure import Report, again, cold, cold_report, main, percentiles


def _launch(work: Path, variant: str) -> Any:
    file = work / "dbos.sqlite"
    if variant == "wal":
        with sqlite3.connect(file) as journal:
            journal.execute("pragma journal_mode=wal")
        journal.close()
    from dbos import DBOS

    DBOS(
        config={
            "name": "bench",
            "system_database_url": f"sqlite:///{file}",
            "log_level": "ERROR",
            "application_version": "1",
            "executor_id": "bench",
        }
    )
    return DBOS


def _step(n: int) -> dict[str, int]:
    return {"n": n}


def _chain_workflow(dbos: Any) -> Any:
    step = dbos.step()(_step)

    @dbos.workflow()
    def in_a_row(n: int) -> int:
        return sum(step(i)["n"] >= 0 for i in range(n))

    return in_a_row


def chain(n: int, work: Path, variant: str) -> Report:
    """One run of n steps in a row."""
    dbos = _launch(work, variant)
    in_a_row = _chain_workflow(dbos)
    dbos.launch()
    in_a_row(10)
    began = time.perf_counter()
    done = in_a_row(n)
    seconds = time.perf_counter() - began
    dbos.destroy()
    assert done == n
    return {"seconds": seconds, "steps": n}


def fan(n: int, work: Path, variant: str) -> Report:
    """One run of n independent steps, 8 at a time."""
    dbos = _launch(work, variant)

    @dbos.step()
    async def step(i: int) -> dict[str, int]:
        return {"n": i}

    @dbos.workflow()
    async def side_by_side(count: int) -> int:
        places = asyncio.Semaphore(8)

        async def one(i: int) -> dict[str, int]:
            async with places:
                return await step(i)

        return len(await asyncio.gather(*(one(i) for i in range(count))))

    async def measured() -> float:
        await side_by_side(10)
        began = time.perf_counter()
        done = await side_by_side(n)
        seconds = time.perf_counter() - began
        assert done == n
        return seconds

    dbos.launch()
    seconds = asyncio.run(measured())
    dbos.destroy()
    return {"seconds": seconds, "steps": n}


def runs(n: int, work: Path, variant: str) -> Report:
    """n runs of 10 steps, all started at once in DBOS' own threads."""
    dbos = _launch(work, variant)
    in_a_row = _chain_workflow(dbos)
    dbos.launch()
    in_a_row(10)
    began = time.perf_counter()
    under_way = [dbos.start_workflow(in_a_row, 10) for _ in range(n)]
    done = [one.get_result() for one in under_way]
    seconds = time.perf_counter() - began
    dbos.destroy()
    assert done == [10] * n
    return {"seconds": seconds, "steps": n * 10}


def latency(n: int, work: Path, variant: str) -> Report:
    """From submitting a run to the first line of its first step, n times one after another."""
    dbos = _launch(work, variant)
    began = 0.0
    samples: list[float] = []

    @dbos.step()
    def step() -> dict[str, int]:
        samples.append(time.perf_counter() - began)
        return {"n": 0}

    @dbos.workflow()
    def single() -> None:
        step()

    dbos.launch()
    for _ in range(n + 10):
        began = time.perf_counter()
        dbos.start_workflow(single).get_result()
    dbos.destroy()
    return percentiles(samples[10:])


def three(n: int, work: Path, variant: str) -> Report:
    """What one cold process does: n steps and the result."""
    dbos = _launch(work, variant)
    in_a_row = _chain_workflow(dbos)
    dbos.launch()
    atexit.register(dbos.destroy)  # takes a second of polling threads; the result is in hand before it
    return {"done": in_a_row(n)}


def cold_start(n: int, work: Path, variant: str) -> Report:
    """Wall time of n cold processes of three steps."""
    return cold_report(cold(again(work, variant), n))


if __name__ == "__main__":
    main({"chain": chain, "fan": fan, "runs": runs, "latency": latency, "three": three, "cold": cold_start})
