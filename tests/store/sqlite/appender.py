"""Another process at the same store: `appender.py PATH VERB ...`; says on standard output what it has done."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path

from ropewalk.core.events import StepDue
from ropewalk.store.port import Append
from ropewalk.store.sqlite import SqliteStore

BATCH = 40


def told(text: object) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def many(store: SqliteStore, run: str, times: str) -> None:
    """Append to a run that others append to as well, until it was done so many times."""
    version = 0
    for n in range(int(times)):
        while True:
            (done,) = await store.append([Append(run, version, [StepDue(step=f"{run} {n}")], 1.0)])
            version = done.version
            if not done.conflict:
                break
    told("done")


async def forever(store: SqliteStore, run: str) -> None:
    """Append whole batches until killed; each version is said once it is durable."""
    for n in count():
        events = [StepDue(step=str(n))] * BATCH
        (done,) = await store.append([Append(run, n * BATCH, events, 1.0)])
        told(done.version)


async def half(store: SqliteStore, run: str) -> None:
    """Die in the middle of an append: everything is inserted, nothing committed."""
    store.file.db.set_trace_callback(lambda sql: stop() if sql == "COMMIT" else None)
    await store.append([Append(run, BATCH, [StepDue(step="half")] * BATCH, 1.0)])


def stop() -> None:
    told("in the middle")
    sys.stdin.read()


async def main(path: str, verb: str, *args: str) -> None:
    store = SqliteStore(Path(path))
    told("open")
    verbs: dict[str, Callable[..., Awaitable[None]]] = {"many": many, "forever": forever, "half": half}
    await verbs[verb](store, *args)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
