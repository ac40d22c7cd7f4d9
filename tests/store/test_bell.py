"""Those who wait are woken by what they wait for, and nobody looks while nobody waits."""

from __future__ import annotations

import asyncio

import pytest

from ropewalk.store.bell import Bell

LONG_SECONDS = 30.0


class Watched:
    """A position that counts how often it was looked at, and may be lost."""

    def __init__(self) -> None:
        self.position = 0
        self.looks = 0
        self.error: Exception | None = None

    def __call__(self) -> int:
        self.looks += 1
        if self.error is not None:
            raise self.error
        return self.position


@pytest.fixture
def watched() -> Watched:
    return Watched()


async def test_a_change_from_outside_is_seen_by_looking(watched: Watched):
    bell = Bell(watched, outside=True)
    waiting = [asyncio.create_task(bell.wait(after, LONG_SECONDS)) for after in (0, 0, 1)]
    await asyncio.sleep(0)
    watched.position = 1
    assert await asyncio.gather(*waiting[:2]) == [True, True]
    assert not waiting[2].done()
    watched.position = 2
    assert await waiting[2]


async def test_where_nobody_else_writes_nobody_looks_again(watched: Watched):
    bell = Bell(watched, outside=False)
    waiting = asyncio.create_task(bell.wait(0, LONG_SECONDS))
    await asyncio.sleep(0)
    assert bell._timer is None
    bell.ring(1)
    assert await waiting
    assert watched.looks == 1


async def test_the_looking_ends_with_the_waiting(watched: Watched):
    bell = Bell(watched, outside=True)
    assert not await bell.wait(0, 0)
    assert bell._timer is None
    one, other = (asyncio.create_task(bell.wait(0, LONG_SECONDS)) for _ in "ab")
    await asyncio.sleep(0)
    one.cancel()
    await asyncio.wait([one])
    assert bell._timer is not None
    bell.ring(1)
    assert await other
    assert bell._timer is None


async def test_who_was_woken_is_not_woken_again(watched: Watched):
    bell = Bell(watched, outside=True)
    waiting = asyncio.create_task(bell.wait(0))
    await asyncio.sleep(0)
    bell.ring(1)
    bell.ring(2)
    bell.fail(ValueError("too late"))
    assert await waiting


async def test_a_look_that_fails_is_told_to_all_who_wait(watched: Watched):
    bell = Bell(watched, outside=True)
    waiting = [asyncio.create_task(bell.wait(0, LONG_SECONDS)) for _ in "ab"]
    await asyncio.sleep(0)
    watched.error = ValueError("the disk is gone")
    assert [str(error) for error in await asyncio.gather(*waiting, return_exceptions=True)] == [
        "the disk is gone"
    ] * 2
    assert bell._timer is None
