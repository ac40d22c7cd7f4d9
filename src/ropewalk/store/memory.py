"""A store that is gone with its process, for tests and trials: the simplest thing that keeps every promise of the port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from hashlib import sha256
from pathlib import Path
from time import time
from typing import Any

import msgspec

from ropewalk.errors import NoSuchBlob, NoSuchRun, Refused, StoreError
from ropewalk.store import views
from ropewalk.store.chain import GENESIS, moment, packed, record_hash
from ropewalk.store.lease import holder
from ropewalk.store.pattern import kind_matcher
from ropewalk.store.port import Append, Appended, Judge, Lease, Record, RunQuery, RunRow
from ropewalk.store.transfer import receive, send
from ropewalk.store.verify import LogWalk, definition_of, named


class MemoryStore:
    """`clock` gives the age of what attempts say."""

    name = "memory:"
    folder: Path | None = None

    def __init__(self, clock: Any = time) -> None:
        self._clock = clock
        self._log: list[Record] = []
        self._runs: dict[str, list[Record]] = {}
        self._views: dict[str, views.View] = {}
        self._blobs: dict[str, bytes] = {}
        self._notes: dict[str, bytes] = {}
        self._leases: dict[str, Lease] = {}
        self._outputs: dict[tuple[str, str], tuple[float, bytes]] = {}
        self._last = 0
        self._closed = False
        self._moved = asyncio.Condition()

    # ------------------------------------------------------------------------------------------------------ the log

    async def append(self, appends: Sequence[Append]) -> list[Appended]:
        self._open()
        prepared = [packed(a.run, a.at, a.actor, a.cause, a.events) for a in appends]
        done = []
        for append, events in zip(appends, prepared, strict=True):
            version = len(self._runs.get(append.run, ()))
            conflict = version != append.expected
            if not conflict:
                for kind, body in events:
                    version += 1
                    self._add(append.run, version, moment(append.at), kind, append.actor, append.cause, body)
            done.append(Appended(append.run, version, 0 if conflict else self._last, conflict))
        await self._tell()
        return done

    def _add(self, run: str, version: int, at: float, kind: str, actor: str, cause: str, body: bytes) -> None:
        history = self._runs.setdefault(run, [])
        before = bytes.fromhex(history[-1].hash) if history else GENESIS
        hash_ = record_hash(before, run, version, at, kind, actor, cause, body).hex()
        self._last += 1
        record = Record(self._last, run, version, at, kind, actor, cause, body, hash_)
        history.append(record)
        self._log.append(record)
        self._views[run] = views.fold(self._views.get(run), record, self._steps_of)

    async def read(self, run: str, after: int = 0, limit: int | None = None) -> list[Record]:
        return self._history(run)[after : None if limit is None else after + limit]

    async def feed(
        self, after: int = 0, limit: int = 1000, patterns: Sequence[str] = (), run: str = ""
    ) -> list[Record]:
        self._open()
        fits = kind_matcher(patterns)
        log = self._runs.get(run, []) if run else self._log
        return [record for record in log if record.position > after and fits(record.kind)][:limit]

    async def position(self) -> int:
        self._open()
        return self._newest

    async def elsewhere(self, timeout_seconds: float) -> bool:
        """Nobody else can write here."""
        await asyncio.sleep(timeout_seconds)
        return False

    async def wait(self, after: int, timeout_seconds: float | None = None) -> bool:
        try:
            async with asyncio.timeout(timeout_seconds), self._moved:
                await self._moved.wait_for(lambda: self._closed or self._newest > after)
        except TimeoutError:
            return False
        self._open()
        return True

    @property
    def _newest(self) -> int:
        return self._log[-1].position if self._log else 0

    async def _tell(self) -> None:
        async with self._moved:
            self._moved.notify_all()

    def _history(self, run: str) -> list[Record]:
        self._open()
        if run not in self._runs:
            raise NoSuchRun(run=run)
        return self._runs[run]

    def _open(self) -> None:
        if self._closed:
            raise StoreError(store=self.name, reason="it was closed")

    # ------------------------------------------------------------------------------------------------ the run list

    async def runs(self, query: RunQuery = RunQuery()) -> list[RunRow]:
        self._open()
        matching = sorted(
            (view for view in self._views.values() if views.matches(view, query)), key=_age, reverse=True
        )
        if query.after:
            self._history(query.after)
            before = _age(self._views[query.after])
            matching = [view for view in matching if _age(view) < before]
        return [views.row_of(view) for view in matching[: query.limit]]

    async def row(self, run: str) -> RunRow:
        self._history(run)
        return views.row_of(self._views[run])

    async def find(self, beginning: str) -> str:
        self._open()
        matching = sorted(run for run in self._runs if run.startswith(beginning))
        if not matching:
            raise NoSuchRun(run=beginning)
        # A child's id begins with its parent's: the parent is meant.
        others = [run for run in matching if not run.startswith(matching[0])]
        if others and matching[0] != beginning:
            raise NoSuchRun(
                "{run} begins several runs: {first}, {other}.",
                run=beginning,
                first=matching[0],
                other=others[0],
            )
        return matching[0]

    async def unfinished(self) -> list[str]:
        self._open()
        living = [view for view in self._views.values() if view.status in views.UNFINISHED]
        return [view.run for view in sorted(living, key=_age)]

    async def asks(self) -> list[tuple[str, Record]]:
        self._open()
        open_ = {position for view in self._views.values() for position in view.asks.values()}
        return [(record.run, record) for record in self._log if record.position in open_]

    def _steps_of(self, digest: str) -> views.Steps:
        return views.steps_in(self._blobs.get(digest, b""))

    # ---------------------------------------------------------------------------------------- what hangs on the log

    async def put_blob(self, data: bytes) -> str:
        self._open()
        digest = sha256(data).hexdigest()
        self._blobs[digest] = data
        return digest

    async def get_blob(self, digest: str) -> bytes:
        self._open()
        if digest not in self._blobs:
            raise NoSuchBlob(store=self.name, digest=digest)
        return self._blobs[digest]

    async def acquire(self, lease: Lease, instead_of: Lease | None = None) -> Lease:
        self._open()
        holds = self._leases[lease.run] = holder(self._leases.get(lease.run), lease, instead_of)
        return holds

    async def release(self, run: str, owner: str) -> None:
        held = self._leases.get(run)
        if held is not None and held.owner == owner:
            del self._leases[run]

    async def lease(self, run: str) -> Lease | None:
        self._open()
        return self._leases.get(run)

    async def leases(self) -> list[Lease]:
        self._open()
        return [self._leases[run] for run in sorted(self._leases)]

    async def write_output(self, run: str, attempt: str, chunk: bytes) -> None:
        self._history(run)
        if chunk:
            _, output = self._outputs.get((run, attempt), (0.0, b""))
            self._outputs[run, attempt] = (self._clock(), output + chunk)

    async def read_output(self, run: str, attempt: str, offset: int = 0, limit: int = 1 << 20) -> bytes:
        self._open()
        return self._outputs.get((run, attempt), (0.0, b""))[1][offset : offset + limit]

    async def outputs(self, run: str) -> list[tuple[str, int]]:
        self._open()
        return [
            (attempt, len(output)) for (owner, attempt), (_, output) in self._outputs.items() if owner == run
        ]

    async def remember(self, key: str, value: Any) -> None:
        self._open()
        self._notes[key] = msgspec.json.encode(value)

    async def recall(self, key: str) -> Any:
        self._open()
        return msgspec.json.decode(self._notes.get(key, b"null"))

    # ------------------------------------------------------------------------------------------------------- upkeep

    async def verify(self, run: str = "") -> list[str]:
        self._open()
        walk, faults = LogWalk(), []
        for record in self._history(run) if run else self._log:
            faults += walk.see(record, bytes.fromhex(record.hash))
            digest = definition_of(record)
            if digest and digest not in self._blobs:
                faults.append(named(record, f"its definition {digest} is not in the store"))
        return faults

    async def rebuild(self) -> None:
        self._open()
        self._views.clear()
        for record in self._log:
            self._views[record.run] = views.fold(self._views.get(record.run), record, self._steps_of)

    async def may_delete(self, run: str) -> None:
        self._history(run)
        status = self._views[run].status
        if status not in views.ENDED:
            raise Refused(verb="delete", reason=f"run {run} is {status}; abort it first")
        for view in self._views.values():
            if run in (view.parent, view.forked_from) and view.status not in views.ENDED:
                relation = "called" if view.parent == run else "forked"
                raise Refused(verb="delete", reason=f"run {view.run} was {relation} from {run} and goes on")

    async def delete(self, run: str) -> None:
        await self.may_delete(run)
        self._log = [record for record in self._log if record.run != run]
        self._outputs = {key: output for key, output in self._outputs.items() if key[0] != run}
        self._leases.pop(run, None)
        del self._runs[run], self._views[run]
        self._last += 1  # a store that starts again with fewer records must not give a position twice

    async def prune(
        self, ended_before: float, status: Sequence[str] = (), output_before: float | None = None
    ) -> list[str]:
        self._open()
        old = [
            view
            for view in self._views.values()
            if view.ended_at is not None and view.ended_at < ended_before
        ]
        pruned = []
        for view in sorted(old, key=lambda view: (view.ended_at, view.run)):
            if not status or view.status in status:
                try:
                    await self.delete(view.run)
                except Refused:
                    continue  # a living run refers to it
                pruned.append(view.run)
        if output_before is not None:
            self._outputs = {
                key: output for key, output in self._outputs.items() if output[0] >= output_before
            }
        return pruned

    async def backup(self, path: Path) -> None:
        raise StoreError(
            store=self.name, reason="it lives in memory, and there is no file to copy; export its runs"
        )

    def export(self, run: str) -> AsyncIterator[bytes]:
        return send(self, run)

    async def load(self, lines: AsyncIterable[bytes], judge: Judge | None = None) -> str:
        parcel = await receive(lines)
        after = judge(parcel) if judge else None
        run = parcel.run
        self._open()
        if run in self._runs:
            raise Refused(verb="import", reason=f"run {run} is in this store")
        self._blobs |= parcel.blobs
        for record in parcel.records:
            self._add(run, record.version, record.at, record.kind, record.actor, record.cause, record.body)
        await self.append([after] if after is not None else [])
        return run

    async def close(self) -> None:
        self._closed = True
        await self._tell()


def _age(view: views.View) -> tuple[float, str]:
    return view.created_at, view.run
