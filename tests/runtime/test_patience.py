"""What passes by itself is waited for and told; anything else is raised at once."""

from __future__ import annotations

import asyncio

import pytest

from ropewalk.errors import StoreBusy, StoreError, WorkspaceError
from ropewalk.runtime.patience import HOST, MOST_SECONDS, delay, failure_of, patiently
from ropewalk.testing.clock import ManualClock, settle


class Work:
    def __init__(self, *errors: Exception) -> None:
        self.clock = ManualClock()
        self.errors = list(errors)
        self.heard: list[tuple[str, str]] = []

    async def __call__(self) -> str:
        if self.errors:
            raise self.errors.pop(0)
        return "done"

    async def notice(self, doing: str, reason: str) -> None:
        self.heard.append((doing, reason))

    def begin(self, **how: object) -> asyncio.Task[str]:
        return asyncio.create_task(patiently(self.clock, "writing", self, self.notice, **how))  # type: ignore[arg-type]


async def test_what_goes_well_is_not_told_of() -> None:
    work = Work()
    assert await work.begin() == "done"
    assert work.heard == []


async def test_what_passes_soon_is_not_worth_a_word() -> None:
    work = Work(OSError(11, "again"), OSError(24, "files"))
    doing = work.begin()
    await work.clock.advance(1)
    assert await doing == "done"
    assert work.heard == []


async def test_a_long_wait_is_told_once_and_its_end_too() -> None:
    work = Work(*(StoreBusy(store="it", reason="locked") for _ in range(12)))
    doing = work.begin()
    await work.clock.advance(200)
    assert await doing == "done"
    assert work.heard == [("writing", "The store it cannot be used now: locked."), ("writing", "")]


async def test_what_does_not_pass_is_raised_at_once() -> None:
    with pytest.raises(StoreError):
        await Work(StoreError(store="it", reason="gone")).begin()


async def test_who_gives_up_gets_the_error() -> None:
    with pytest.raises(OSError, match="full"):
        await Work(OSError(28, "full")).begin(gives_up=lambda: True)


async def test_waiting_can_be_cancelled() -> None:
    work = Work(*(OSError(28, "full") for _ in range(100)))
    doing = work.begin()
    await settle()
    doing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await doing


def test_waits_grow_and_have_an_end() -> None:
    assert delay(0) < delay(1) < delay(4) < delay(1_000) == MOST_SECONDS


def test_a_failure_names_what_the_host_had_no_room_for() -> None:
    full = failure_of(OSError(28, "No space left on device"))
    assert (full.kind, full.report) == ("transient", {HOST: "no room or no inodes left on the disk (ENOSPC)"})
    other = failure_of(WorkspaceError(place="x", reason="gone"))
    assert (other.kind, other.report) == ("permanent", {})
