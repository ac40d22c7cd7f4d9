"""The parts of the embedded store share one file and are one thing: made where it is asked for, closed once and for all, copied
only when it is whole."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from ropewalk.core.events import RunStarted
from ropewalk.errors import StoreError
from ropewalk.store.port import Append, Durability, Lease
from ropewalk.store.sqlite import SqliteStore
from ropewalk.testing.store_contract.given import append, begin, finish


async def lines_of(store: SqliteStore, run: str) -> list[bytes]:
    return [line async for line in store.export(run)]


async def sent(lines: list[bytes]) -> AsyncIterator[bytes]:
    for line in lines:
        yield line


@pytest.mark.parametrize(
    "name",
    ["a b.db", "ü\u202e.db", "a?mode=ro#x%20.db", ":memory:", "file:a.db", "-x.db", "'; DROP TABLE runs"],
)
async def test_a_file_is_made_under_whatever_name_it_is_asked_for(tmp_path: Path, name: str):
    store = SqliteStore(tmp_path / name)
    await begin(store, "r")
    assert (store.folder, store.name) == (tmp_path, f"sqlite:///{tmp_path / name}")
    assert (tmp_path / name).stat().st_size > 0
    await store.close()
    assert os.listdir(tmp_path) == [name]
    again = SqliteStore(tmp_path / name)
    assert [row.run for row in await again.runs()] == ["r"]
    await again.close()


@pytest.mark.parametrize("name", ["ropewalk.db", ":memory:"])
async def test_it_stays_where_it_was_when_the_program_goes_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    monkeypatch.chdir(tmp_path)
    store = SqliteStore(Path(name))
    monkeypatch.chdir("/")
    await begin(store, "r")
    await store.backup(tmp_path / "copy.db")
    await store.close()
    assert sorted(os.listdir(tmp_path)) == sorted([name, "copy.db"])


@pytest.mark.parametrize(("durability", "level"), [("full", 2), ("normal", 1)])
async def test_a_power_cut_takes_only_what_was_left_to_it(path: Path, durability: Durability, level: int):
    store = SqliteStore(path, durability)
    levels: list[int] = []
    await begin(store, "r")
    await store.write_output("r", "plan/1.1", b"said")
    with store.file.writing() as db:
        levels.append(db.execute("PRAGMA synchronous").fetchone()[0])
    assert levels == [level]
    await store.close()


async def test_nothing_is_left_to_a_power_cut_unless_somebody_asks_for_it(store: SqliteStore):
    assert store.file.durability == "full"


async def test_what_one_part_writes_the_others_know_at_once(store: SqliteStore):
    waiting = [asyncio.create_task(store.wait(number, 30.0)) for number in (0, 1)]
    await asyncio.sleep(0)
    await begin(store, "r")
    assert await asyncio.gather(*waiting) == [True, True]
    assert (await store.row("r")).version == await store.position() == 2
    await store.write_output("r", "plan/1.1", b"said")
    await finish(store, "r")
    await store.delete("r")
    assert (await store.runs(), await store.outputs("r"), await store.verify()) == ([], [], [])


async def test_its_clock_dates_what_it_keeps(path: Path):
    now = [100.0]
    store = SqliteStore(path, clock=lambda: now[0])
    await begin(store, "r")
    await store.write_output("r", "old", b"old")
    now[0] = 200.0
    await store.write_output("r", "new", b"new")
    await store.prune(0.0, output_before=150.0)
    assert await store.outputs("r") == [("new", 3)]
    await store.close()


async def test_a_run_goes_from_one_file_to_another_as_it_is(store: SqliteStore, tmp_path: Path):
    await begin(store, "r")
    lines = await lines_of(store, "r")
    other = SqliteStore(tmp_path / "other.db")
    assert await other.load(sent(lines)) == "r"
    assert await lines_of(other, "r") == lines
    assert await other.verify() == []
    await other.close()


async def test_a_heading_alone_is_no_run_that_can_be_taken_in(store: SqliteStore):
    heading = b'{"line":"run","run":"r","version":0,"hash":""}\n'
    with pytest.raises(StoreError, match="ends too early"):
        await store.load(sent([heading]))
    assert (await store.runs(), await store.verify()) == ([], [])


async def test_a_store_in_which_something_was_changed_is_not_copied(store: SqliteStore, tmp_path: Path):
    """A backup that nobody can read is worse than none."""
    await begin(store, "r")
    store.file.db.execute("UPDATE records SET actor = 'somebody' WHERE version = 2")
    with pytest.raises(StoreError, match=r"its copy has \d+ faults: "):
        await store.backup(tmp_path / "copy.db")
    assert not [name for name in os.listdir(tmp_path) if name.startswith("copy")]


VERBS: dict[str, Callable[[SqliteStore], Any]] = {
    "append": lambda s: s.append([Append("r", 2, [RunStarted()], 1.0, "ann", "test")]),
    "read": lambda s: s.read("r"),
    "feed": lambda s: s.feed(),
    "position": lambda s: s.position(),
    "wait": lambda s: s.wait(0, 30.0),
    "elsewhere": lambda s: s.elsewhere(30.0),
    "put_blob": lambda s: s.put_blob(b"x"),
    "get_blob": lambda s: s.get_blob("0" * 64),
    "runs": lambda s: s.runs(),
    "row": lambda s: s.row("r"),
    "find": lambda s: s.find("r"),
    "unfinished": lambda s: s.unfinished(),
    "asks": lambda s: s.asks(),
    "acquire": lambda s: s.acquire(Lease("r", "me", 1, 1.0)),
    "release": lambda s: s.release("r", "me"),
    "lease": lambda s: s.lease("r"),
    "leases": lambda s: s.leases(),
    "write_output": lambda s: s.write_output("r", "plan/1.1", b"x"),
    "read_output": lambda s: s.read_output("r", "plan/1.1"),
    "outputs": lambda s: s.outputs("r"),
    "remember": lambda s: s.remember("key", 1),
    "recall": lambda s: s.recall("key"),
    "rebuild": lambda s: s.rebuild(),
    "delete": lambda s: s.delete("r"),
    "prune": lambda s: s.prune(1.0),
    "export": lambda s: lines_of(s, "r"),
}


async def test_a_closed_store_does_nothing_and_says_so_in_one_way(store: SqliteStore):
    await begin(store, "r")
    waiting = asyncio.create_task(store.wait(10, 30.0))
    await asyncio.sleep(0)
    await store.close()
    await store.close()
    with pytest.raises(StoreError, match="it was closed"):
        await waiting
    for name, verb in VERBS.items():
        with pytest.raises(StoreError):
            pytest.fail(f"{name} gives {await verb(store)!r}")


async def test_another_thread_is_refused_and_harms_nothing(store: SqliteStore):
    """One object belongs to one thread."""
    await begin(store, "r")

    def elsewhere(name: str) -> None:
        async def ask() -> None:
            await VERBS[name](store)

        asyncio.run(ask())

    for name in ("append", "read", "put_blob", "leases"):
        with pytest.raises(StoreError, match="thread"):
            await asyncio.to_thread(elsewhere, name)
    assert (await append(store, "r", 2, RunStarted())).version == 3
    assert await store.verify() == []
