"""What a store promises: an append-only log with an expected version per run, a feed, and what hangs on them.

One transaction may carry the appends of several runs; one that finds another version than expected changes nothing and
says so, the others stand. `append` returns only when the events are durable.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

from msgspec import Struct

from ropewalk.core.events import Event
from ropewalk.errors import Unreadable
from ropewalk.store.chain import record_hash, unpack


class Append(Struct, frozen=True):
    """Events for one run, to stand directly after version `expected` (0 for a run that is not there yet)."""

    run: str
    expected: int
    events: Sequence[Event]
    at: float
    actor: str = ""
    cause: str = ""


class Record(Struct, frozen=True, dict=True):
    """An event as stored. `position` orders the feed, `version` is gap-free per run, `hash` chains the run's records (hex).

    `body` is the event as JSON. It is decoded only when `event` is asked for, so that one record which this ropewalk cannot
    read (`Unreadable`) stands in nobody's way but its own run's.
    """

    position: int
    run: str
    version: int
    at: float
    kind: str
    actor: str
    cause: str
    body: bytes
    hash: str

    @property
    def id(self) -> str:
        """Stable in every store that holds the run."""
        return f"{self.run}/{self.version}"

    def hash_after(self, previous: bytes) -> bytes:
        """The hash that it has to have after the record with that hash. Raises TypeError, ValueError, OverflowError for columns
        that hold something else."""
        return record_hash(
            previous, self.run, self.version, self.at, self.kind, self.actor, self.cause, self.body
        )

    @cached_property
    def event(self) -> Event:
        try:
            return unpack(self.kind, self.body)
        except (ValueError, TypeError, RecursionError) as error:
            raise Unreadable(
                position=self.position, run=self.run, version=self.version, kind=self.kind, reason=error
            ) from error


class Appended(Struct, frozen=True):
    """Result of one Append: the last version and position, or the actual version when it was in conflict."""

    run: str
    version: int
    position: int
    conflict: bool = False


class RunRow(Struct, frozen=True):
    """One line of the run list, folded from the feed."""

    run: str
    workflow: str
    status: str
    reason: str
    created_at: float
    updated_at: float
    ended_at: float | None
    steps_total: int
    steps_done: int
    steps_failed: int
    asks_open: int
    cost_usd: float
    cost_unknown: bool
    parent: str
    phase: str
    error: str
    version: int
    labels: dict[str, str] = {}
    title: str = ""


class RunQuery(Struct, frozen=True):
    """Filters of the run list; newest first (`created_at`, then id). `after` is the last run id of the page before.

    `since` and `until` bound `created_at` (both included); `text` is looked for, in whatever case, in id, workflow, title, reason,
    error, phase and labels; `parent` "" means runs that nobody called.
    """

    status: tuple[str, ...] = ()
    workflow: str = ""
    text: str = ""
    since: float | None = None
    until: float | None = None
    parent: str | None = None
    limit: int = 50
    after: str = ""


class Lease(Struct, frozen=True):
    """Who drives a run; it saves work and never decides correctness.

    `beat` counts how often its owner took or renewed it: the one who waits for it watches that, by a clock of its own.
    `renewed_at` (unix seconds, by the owner's clock) is for people only: clocks differ, and are set.
    """

    run: str
    owner: str
    beat: int = 0
    renewed_at: float = 0.0


class Parcel(Struct):
    """A run from another store: how long its history is and the hash at its end, as its heading says; its blobs by digest;
    its records with position 0, their chain checked."""

    run: str
    version: int
    hash: str
    blobs: dict[str, bytes]
    records: list[Record]


Judge = Callable[[Parcel], Append | None]
"""Looks at what came before anything of it is written: refuses it, or gives what is put on record after it at once."""


class Store(Protocol):
    """Every method may raise StoreError (StoreBusy when it may go well a little later); what touches one run raises NoSuchRun
    where that run must be there.

    `folder` is where its users can leave files for each other; None where there is no such place.
    """

    name: str
    folder: Path | None

    async def append(self, appends: Sequence[Append]) -> list[Appended]: ...
    async def read(self, run: str, after: int = 0, limit: int | None = None) -> list[Record]:
        """A run's records after a version, checked against the hash chain: raises Corrupted, NoSuchRun."""
        ...

    async def feed(
        self, after: int = 0, limit: int = 1000, patterns: Sequence[str] = (), run: str = ""
    ) -> list[Record]:
        """Records after a position, of all kinds or those that match a pattern (`step.*`, `*`, `run.created`)."""
        ...

    async def position(self) -> int:
        """Of the newest record there is; 0 in an empty store."""
        ...

    async def wait(self, after: int, timeout_seconds: float | None = None) -> bool:
        """Wait until a record after this position is there (True), also one of another process, or the time is over."""
        ...

    async def elsewhere(self, timeout_seconds: float) -> bool:
        """Wait until another process has written to the store (True), or the time is over; own appends do not count."""
        ...

    async def put_blob(self, data: bytes) -> str:
        """Keep bytes under their sha256 (hex); the same bytes are kept once."""
        ...

    async def get_blob(self, digest: str) -> bytes: ...

    async def runs(self, query: RunQuery = RunQuery()) -> list[RunRow]: ...
    async def row(self, run: str) -> RunRow: ...
    async def find(self, beginning: str) -> str:
        """The one run whose id begins so. Raises NoSuchRun, also when it is not unique."""
        ...

    async def unfinished(self) -> list[str]:
        """Runs that are pending, running or paused, oldest first."""
        ...

    async def asks(self) -> list[tuple[str, Record]]:
        """Open asks of all runs: (run, its ask.opened record), oldest first."""
        ...

    async def acquire(self, lease: Lease, instead_of: Lease | None = None) -> Lease:
        """Take or renew the lease on a run and return what holds now, with its new beat.

        Another owner's stays, but for the very one that is given as `instead_of`: same owner, same beat. Whether that
        one may be taken is for the caller to know; a store judges neither time nor life.
        """
        ...

    async def release(self, run: str, owner: str) -> None: ...
    async def lease(self, run: str) -> Lease | None: ...
    async def leases(self) -> list[Lease]: ...

    async def write_output(self, run: str, attempt: str, chunk: bytes) -> None:
        """Append to what an attempt (`step/round.n`) says; bounded by the caller, pruned by age."""
        ...

    async def read_output(self, run: str, attempt: str, offset: int = 0, limit: int = 1 << 20) -> bytes: ...
    async def outputs(self, run: str) -> list[tuple[str, int]]:
        """(attempt, bytes) of what was said in a run."""
        ...

    async def remember(self, key: str, value: Any) -> None:
        """A small named value next to the log: durable feed positions, cache entries, breaker state."""
        ...

    async def recall(self, key: str) -> Any: ...

    async def verify(self, run: str = "") -> list[str]:
        """Check hash chains, versions and blobs of one run or all; each fault is one sentence naming the record."""
        ...

    async def rebuild(self) -> None:
        """Fold the run list anew, from the log alone."""
        ...

    async def may_delete(self, run: str) -> None:
        """Raises what `delete` would raise, and changes nothing."""
        ...

    async def delete(self, run: str) -> None:
        """Only a run that has ended, and none that a living run refers to."""
        ...

    async def prune(
        self, ended_before: float, status: Sequence[str] = (), output_before: float | None = None
    ) -> list[str]: ...
    async def backup(self, path: Path) -> None: ...
    def export(self, run: str) -> AsyncIterator[bytes]:
        """A run as JSON lines: a heading, the blobs that it names, its records."""
        ...

    async def load(self, lines: AsyncIterable[bytes], judge: Judge | None = None) -> str:
        """Take in what `export` gave, all of it or nothing, and return the run's id; refuses an id that is there, or a chain
        that does not hold. `judge` sees it whole first: it may refuse, and gives what is put on record with it."""
        ...

    async def close(self) -> None: ...


Durability = Literal["full", "normal"]
