"""A process holds the leases of the runs that it drives, renews them, and says who holds those of others."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ropewalk.errors import LeaseHeld, StoreBusy, StoreError
from ropewalk.ownership import Life
from ropewalk.runtime.leases import Leases
from ropewalk.store.memory import MemoryStore
from ropewalk.store.port import Lease
from ropewalk.testing.clock import ManualClock, settle


class Bench:
    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = ManualClock()
        self.lives: dict[str, Life] = {}
        self.lost: list[str] = []
        self.regained: list[str] = []
        self.leases = self.another()

    def another(self, folder: Path | None = None) -> Leases:
        return Leases(
            self.store,
            self.clock,
            self.lost.append,
            self.regained.append,
            folder=folder,
            judge=None if folder else lambda name: self.lives.get(name, "unknown"),
        )

    async def beat(self) -> int:
        held = await self.store.lease("r")
        assert held is not None
        return held.beat


@pytest.fixture
async def bench() -> Bench:
    return Bench()


async def test_what_is_held_is_renewed_whatever_the_time_of_day(bench: Bench) -> None:
    await bench.leases.take("r")
    for beat in range(2, 6):
        bench.clock.set(-3_600)
        await bench.clock.advance(4)
        assert await bench.beat() == beat
    await bench.leases.give("r")
    await bench.clock.advance(60)
    assert await bench.store.leases() == []
    await bench.leases.close()


async def test_a_lease_that_went_to_another_is_lost_once(bench: Bench) -> None:
    await bench.leases.take("r")
    held = await bench.store.lease("r")
    await bench.store.acquire(Lease("r", "they"), held)
    bench.lives["they"] = "alive"
    assert not await bench.leases.owns("r")
    await bench.clock.advance(10)
    assert bench.lost == ["r"]
    await bench.leases.give("r")
    assert [one.owner for one in await bench.store.leases()] == ["they"]


async def test_that_it_went_is_noticed_with_the_next_renewal(bench: Bench) -> None:
    await bench.leases.take("r")
    await bench.store.acquire(Lease("r", "they"), await bench.store.lease("r"))
    await bench.clock.advance(5)
    assert bench.lost == ["r"]


async def test_a_lease_that_is_not_there_any_more_is_taken_again(bench: Bench) -> None:
    await bench.leases.take("r")
    await bench.store.release("r", bench.leases.owner)
    assert await bench.leases.owns("r")
    assert await bench.beat() == 1
    await bench.clock.advance(5)
    await bench.store.release("r", bench.leases.owner)
    await bench.clock.advance(5)
    assert (bench.lost, bench.regained) == ([], ["r", "r"])
    assert not await bench.leases.owns("s")


async def test_one_of_whom_nothing_is_known_is_watched_until_it_is_silent_for_a_lease(bench: Bench) -> None:
    await bench.store.acquire(Lease("r", "they"))
    taking = asyncio.create_task(bench.leases.take("r"))
    await bench.clock.advance(14)
    assert not taking.done()
    await bench.clock.advance(3)
    await taking
    assert await bench.leases.owns("r")


async def test_one_that_gives_a_sign_while_it_is_watched_keeps_its_run(bench: Bench) -> None:
    await bench.store.acquire(Lease("r", "they"))
    taking = asyncio.create_task(bench.leases.take("r"))
    await bench.clock.advance(4)
    await bench.store.acquire(Lease("r", "they"))
    await bench.clock.advance(2)
    with pytest.raises(LeaseHeld, match="Run r is being driven by they"):
        await taking


async def test_who_holds_a_run_is_told_with_how_long_it_was_silent(bench: Bench) -> None:
    assert await bench.leases.holder("r") is None
    await bench.store.acquire(Lease("r", "they", renewed_at=bench.clock.now()))
    bench.lives["they"] = "alive"
    holder = await bench.leases.holder("r")
    assert holder is not None
    assert (holder.name, holder.life, holder.silent) == ("they", "alive", False)
    await bench.clock.advance(90)
    assert [one.silent for one in (await bench.leases.holders()).values()] == [True]
    with pytest.raises(LeaseHeld, match="gave no sign for 90 s"):
        await bench.leases.take("r")
    bench.lives["they"] = "dead"
    assert await bench.leases.holder("r") is None
    assert await bench.leases.holders() == {}


async def test_a_store_that_cannot_write_now_gets_a_lease_back_later(bench: Bench) -> None:
    await bench.leases.take("r")
    release = bench.store.release

    async def busy(run: str, owner: str) -> None:
        raise StoreBusy(store="it", reason="locked")

    bench.store.release = busy  # type: ignore[method-assign]
    await bench.leases.give("r")
    await bench.clock.advance(5)
    bench.store.release = release  # type: ignore[method-assign]
    await bench.clock.advance(5)
    assert await bench.store.leases() == []


async def test_a_lease_that_is_given_back_while_it_is_renewed_stays_given_back(bench: Bench) -> None:
    await bench.leases.take("r")
    acquire = bench.store.acquire

    async def slow(lease: Lease, instead_of: Lease | None = None) -> Lease:
        await bench.leases.give("r")
        return await acquire(lease, instead_of)

    bench.store.acquire = slow  # type: ignore[method-assign]
    await bench.clock.advance(4)
    assert await bench.store.leases() == []


async def test_a_store_that_does_not_answer_costs_no_lease(bench: Bench) -> None:
    await bench.leases.take("r")
    acquire = bench.store.acquire

    async def broken(lease: Lease, instead_of: Lease | None = None) -> Lease:
        raise StoreError(store="it", reason="no")

    bench.store.acquire = broken  # type: ignore[method-assign]
    await bench.clock.advance(60)
    bench.store.acquire = acquire  # type: ignore[method-assign]
    await bench.clock.advance(5)
    assert await bench.leases.owns("r")
    assert bench.lost == []


async def test_whatever_goes_wrong_with_one_renewal_the_next_comes(bench: Bench) -> None:
    await bench.leases.take("r")
    claim, tried = bench.leases._claimant.claim, []

    async def broken(run: str) -> Lease:
        tried.append(run)
        raise RuntimeError("a fault of ropewalk")

    bench.leases._claimant.claim = broken  # type: ignore[method-assign]
    await bench.clock.advance(5)
    bench.leases._claimant.claim = claim  # type: ignore[method-assign]
    before = await bench.beat()
    await bench.clock.advance(5)
    assert tried
    assert await bench.beat() > before


async def test_who_drives_shows_that_it_lives_and_leaves_nothing_behind(bench: Bench, tmp_path: Path) -> None:
    one, two = bench.another(tmp_path / "drivers"), bench.another(tmp_path / "drivers")
    await one.take("r")
    assert one.judge(one.owner) == two.judge(one.owner) == "alive"
    with pytest.raises(LeaseHeld):
        await two.take("r")
    await one.close()
    await settle()
    await two.take("r")
    await two.close()
    assert list((tmp_path / "drivers").iterdir()) == []
