"""Whatever is done to a store in memory and to one in a file, both give the same answers."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ropewalk.core import events as e
from ropewalk.core.work import Parent, Usage
from ropewalk.errors import RopewalkError
from ropewalk.store.memory import MemoryStore
from ropewalk.store.port import Append, Lease, RunQuery, Store
from ropewalk.store.sqlite import SqliteStore
from ropewalk.testing.store_contract.given import DEFINITION

runs = st.sampled_from(["a", "ab", "ab.c", "b", "ü"])
steps = st.sampled_from(["plan", "code", "check", "end", "plan[1]", "other"])
times = st.integers(0, 5).map(float)
results = st.builds(
    e.Outcome,
    usage=st.builds(Usage, cost_usd=st.sampled_from([None, 0.25, 1.0])),
    agent=st.sampled_from(["", "claude"]),
)
events = st.one_of(
    st.builds(e.RunStarted),
    st.builds(e.RunPaused, st.sampled_from(["asked", "quota"])),
    st.builds(e.RunCompleted),
    st.builds(e.RunFailed, st.sampled_from(["", "Broken"])),
    st.builds(e.RunReopened),
    st.builds(e.PhaseStarted, st.sampled_from(["Plan", "Build"])),
    st.builds(e.StepProduced, steps, attempt=st.integers(1, 2), result=results),
    st.builds(e.StepSucceeded, steps, attempt=st.integers(1, 2), result=results),
    st.builds(e.StepFailed, steps),
    st.builds(e.StepRetried, steps),
    st.builds(e.AskOpened, steps, ask=st.sampled_from("12")),
    st.builds(e.AskAnswered, steps, ask=st.sampled_from("12")),
    st.builds(e.NotePublished, st.text(max_size=3)),
)
histories = st.lists(events, max_size=4)
queries = st.builds(
    RunQuery,
    status=st.lists(
        st.sampled_from(["pending", "running", "paused", "completed", "failed"]), max_size=2, unique=True
    ).map(tuple),
    workflow=st.sampled_from(["", "build"]),
    text=st.sampled_from(["", "BUILD", "broken", "plan"]),
    since=st.none() | times,
    until=st.none() | times,
    parent=st.sampled_from([None, "", "a"]),
    limit=st.integers(1, 4),
    after=st.just("") | runs,
)
patterns = st.lists(st.sampled_from(["*", "run.*", "step.succeeded", "*.opened", "s*d"]), max_size=2)


class TwoStores(RuleBasedStateMachine):
    """Each rule asks both and compares; what is raised counts as an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.memory = MemoryStore(clock=lambda: 2.0)
        self.sqlite = SqliteStore(Path(self.folder.name) / "ropewalk.db", "normal", clock=lambda: 2.0)
        self.versions: dict[str, int] = {}

    def teardown(self) -> None:
        self.loop.run_until_complete(self.sqlite.close())
        self.loop.close()
        self.folder.cleanup()

    def both(self, ask: Callable[[Store], Awaitable[Any]]) -> Any:
        answers = [
            self.loop.run_until_complete(self.answer(ask, store)) for store in (self.memory, self.sqlite)
        ]
        assert answers[0] == answers[1]
        return answers[0]

    async def answer(self, ask: Callable[[Store], Awaitable[Any]], store: Store) -> Any:
        try:
            return await ask(store)
        except RopewalkError as error:
            return type(error), str(error).replace(store.name, "STORE")

    @rule(run=runs, parent=runs | st.just(""), forked=runs | st.just(""), at=times, events=histories)
    def begin(self, run: str, parent: str, forked: str, at: float, events: list[e.Event]) -> None:
        async def ask(store: Store) -> Any:
            created = e.RunCreated(
                workflow="build",
                digest=await store.put_blob(DEFINITION),
                parent=Parent(parent, "call", 1, 1) if parent else None,
                forked_from=forked,
            )
            return await store.append([Append(run, 0, [created, *events], at)])

        self.seen(self.both(ask))

    @rule(appends=st.lists(st.tuples(runs, st.integers(-1, 1), histories, times), max_size=4))
    def append(self, appends: list[tuple[str, int, list[e.Event], float]]) -> None:
        batch = [
            Append(run, max(self.versions.get(run, 0) + off, 0), told, at, actor="ann")
            for run, off, told, at in appends
        ]
        self.seen(self.both(lambda store: store.append(batch)))

    def seen(self, done: Any) -> None:
        for one in done:
            self.versions[one.run] = one.version

    @rule(run=runs, after=st.integers(0, 4), limit=st.none() | st.integers(0, 3))
    def read(self, run: str, after: int, limit: int | None) -> None:
        self.both(lambda store: store.read(run, after, limit))

    @rule(after=st.integers(0, 12), limit=st.integers(1, 5), patterns=patterns, run=runs | st.just(""))
    def feed(self, after: int, limit: int, patterns: list[str], run: str) -> None:
        self.both(lambda store: store.feed(after, limit, patterns, run))

    @rule(query=queries)
    def list_runs(self, query: RunQuery) -> None:
        self.both(lambda store: store.runs(query))

    @rule(run=runs)
    def row(self, run: str) -> None:
        self.both(lambda store: store.row(run))

    @rule(beginning=st.sampled_from(["", "a", "ab", "ab.", "b", "x", "ü"]))
    def find(self, beginning: str) -> None:
        self.both(lambda store: store.find(beginning))

    @rule()
    def overview(self) -> None:
        self.both(lambda store: store.unfinished())
        self.both(lambda store: store.asks())
        self.both(lambda store: store.verify())

    @rule(run=runs)
    def delete(self, run: str) -> None:
        if self.both(lambda store: store.delete(run)) is None:
            del self.versions[run]

    @rule(before=times, status=st.sampled_from([(), ("failed",)]), output=st.sampled_from([None, 1.0, 3.0]))
    def prune(self, before: float, status: tuple[str, ...], output: float | None) -> None:
        for run in self.both(lambda store: store.prune(before, status, output)):
            del self.versions[run]

    @rule(run=runs, owner=st.sampled_from(["me", "they"]), beat=st.integers(0, 3), at=times)
    def lease(self, run: str, owner: str, beat: int, at: float) -> None:
        instead_of = Lease(run, "me" if owner == "they" else "they", beat) if beat else None
        self.both(lambda store: store.acquire(Lease(run, owner, 0, at), instead_of))
        self.both(lambda store: store.lease(run))
        if at == 5.0:
            self.both(lambda store: store.release(run, owner))
        self.both(lambda store: store.leases())

    @rule(run=runs, attempt=st.sampled_from(["plan/1.1", "plan/1.2"]), chunk=st.binary(max_size=4))
    def speak(self, run: str, attempt: str, chunk: bytes) -> None:
        self.both(lambda store: store.write_output(run, attempt, chunk))
        self.both(lambda store: store.outputs(run))
        self.both(lambda store: store.read_output(run, attempt, len(chunk), 3))

    @rule(run=runs)
    def move(self, run: str) -> None:
        """Out, away, and in again."""

        async def ask(store: Store) -> Any:
            lines = [line async for line in store.export(run)]

            async def given() -> Any:
                for line in lines:
                    yield line

            with suppress(RopewalkError):
                await store.delete(run)
            return lines, await self.answer(lambda store: store.load(given()), store)

        self.both(ask)

    @invariant()
    def positions_agree(self) -> None:
        self.both(lambda store: store.position())


TestTwoStores = TwoStores.TestCase
TestTwoStores.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
