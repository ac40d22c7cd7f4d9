"""What is under way leaves the table however it ends, and is cancelled once."""

from __future__ import annotations

import asyncio

from ropewalk.runtime.underway import UnderWay


class Table:
    """A table and how many were over."""

    def __init__(self) -> None:
        self.over = 0
        self.under_way: UnderWay[str] = UnderWay(self._count)

    def _count(self) -> None:
        self.over += 1


async def test_what_is_cancelled_before_its_first_step_is_over_too():
    table, ran = Table(), []

    async def work() -> None:
        ran.append("a")

    async with asyncio.TaskGroup() as group:
        table.under_way.start(group, "a", work())
        table.under_way.cancel()
    assert (ran, list(table.under_way), table.over) == ([], [], 1)


async def test_what_says_itself_that_it_is_over_is_counted_once():
    table = Table()

    async def work() -> None:
        table.under_way.leave("a")

    async with asyncio.TaskGroup() as group:
        table.under_way.start(group, "a", work())
        assert "a" in table.under_way
    assert (len(table.under_way), table.over) == (0, 1)


async def test_a_second_cancellation_does_not_cut_the_grace_of_what_is_being_stopped():
    table, graces = Table(), []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            graces.append("whole")
            raise

    async with asyncio.TaskGroup() as group:
        table.under_way.start(group, "a", work())
        await asyncio.sleep(0)
        table.under_way.cancel(but={"a"})
        table.under_way.cancel()
        await asyncio.sleep(0)
        table.under_way.cancel()
    assert (graces, table.over) == (["whole"], 1)


async def test_a_name_may_come_again_after_it_was_cancelled():
    table = Table()
    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            table.under_way.start(group, "a", asyncio.sleep(60))
            await asyncio.sleep(0)
            table.under_way.cancel()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
    assert (len(table.under_way), table.over) == (0, 2)
