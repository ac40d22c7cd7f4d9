"""Histories for tests of stores, in as few words as can be."""

from __future__ import annotations

import msgspec

from ropewalk.core import Parent
from ropewalk.core.events import Event, RunCompleted, RunCreated, RunStarted
from ropewalk.store.port import Append, Appended, Store

DEFINITION = msgspec.json.encode(
    {
        "name": "build",
        "steps": [{"id": "plan"}, {"id": "code"}, {"id": "check"}, {"id": "end", "internal": True}],
    }
)
"""As much of a definition as a store reads: three steps that count and one that does not."""


async def append(store: Store, run: str, expected: int, *events: Event, at: float = 10.0) -> Appended:
    """One append that may be in conflict."""
    (done,) = await store.append([Append(run, expected, events, at, actor="tester", cause="test")])
    return done


async def begin(
    store: Store,
    run: str,
    *events: Event,
    at: float = 10.0,
    workflow: str = "build",
    parent: str = "",
    forked_from: str = "",
    labels: dict[str, str] | None = None,
) -> int:
    """A run that is created, with its definition, started, and then told these events; returns its version."""
    created = RunCreated(
        workflow=workflow,
        digest=await store.put_blob(DEFINITION),
        parent=Parent(parent, "call", 1, 1) if parent else None,
        forked_from=forked_from,
        labels=labels or {},
    )
    done = await append(store, run, 0, created, RunStarted(), *events, at=at)
    assert not done.conflict
    return done.version


async def finish(store: Store, run: str, at: float = 20.0, event: Event | None = None) -> None:
    """Tell a run that it has ended, completed if nothing else is said."""
    version = (await store.row(run)).version
    done = await append(store, run, version, event or RunCompleted(), at=at)
    assert not done.conflict
