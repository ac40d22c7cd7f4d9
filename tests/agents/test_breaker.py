"""The breaker of an agent: closed, open, half-open, by a clock that the test holds."""

from __future__ import annotations

import asyncio
from typing import Any

from ropewalk.agents.breaker import Breaker, Breakers
from ropewalk.core.work import Failure
from ropewalk.errors import StoreError
from ropewalk.store.memory import MemoryStore

BROKEN = Failure(kind="transient", message="x")


async def breakers(failures: int = 0, memory: Any = None) -> Breakers:
    made = Breakers(limit=3, rest_seconds=60, memory=memory)
    for _ in range(failures):
        await made.heard("a", BROKEN, 100.0)
    return made


async def position(made: Breakers, now: float) -> str:
    return (await made.of("a")).position(now)


async def test_an_agent_rests_after_so_many_failures_in_a_row():
    assert await (await breakers(2)).rests_until("a", 100.0) is None
    resting = await breakers(3)
    assert await resting.rests_until("a", 100.0) == 160.0
    assert await resting.rests_until("b", 100.0) is None
    assert await position(resting, 159.9) == "open"


async def test_a_success_in_between_begins_the_count_anew():
    made = await breakers(2)
    await made.heard("a", None, 100.0)
    await made.heard("a", BROKEN, 100.0)
    assert await position(made, 100.0) == "closed"
    assert (await made.of("a")).failures == 1


async def test_after_its_rest_one_attempt_is_tried_and_others_wait_for_it():
    made = await breakers(3)
    assert await position(made, 160.0) == "half-open"
    assert await made.rests_until("a", 160.0) is None
    await made.begin("a", 160.0)
    assert await made.rests_until("a", 161.0) == 220.0
    await made.heard("a", None, 170.0)
    assert await made.rests_until("a", 171.0) is None


async def test_a_trial_that_fails_rests_again_and_one_that_says_nothing_frees_its_place():
    made = await breakers(3)
    await made.begin("a", 160.0)
    await made.heard("a", BROKEN, 170.0)
    assert await made.rests_until("a", 171.0) == 230.0
    silent = await breakers(3)
    await silent.begin("a", 160.0)
    assert await silent.rests_until("a", 220.0) is None


async def test_what_is_not_the_agents_fault_does_not_count():
    made = await breakers(0)
    for _ in range(9):
        await made.heard("a", Failure(kind="invalid_output", message="x"), 100.0)
        await made.heard("a", Failure(kind="quota", message="x"), 100.0)
    assert await position(made, 100.0) == "closed"
    trial = await breakers(3)
    await trial.begin("a", 160.0)
    await trial.heard("a", Failure(kind="quota", message="x"), 165.0)
    assert await trial.rests_until("a", 166.0) is None


async def test_beginning_with_a_closed_breaker_changes_nothing():
    made = await breakers(1)
    await made.begin("a", 100.0)
    assert await made.rests_until("a", 100.0) is None


async def test_a_breaker_outlives_its_process_and_holds_for_others_of_the_same_memory():
    store = MemoryStore()
    first = await breakers(3, store)
    second = await breakers(memory=store)
    assert await second.rests_until("a", 110.0) == 160.0
    await second.heard("a", None, 200.0)
    assert await first.rests_until("a", 201.0) is None
    assert await store.recall("breaker/a") is None


async def test_where_nothing_can_be_kept_this_process_keeps_it():
    class Broken(MemoryStore):
        async def remember(self, key: str, value: Any) -> None:
            raise StoreError(store="x", reason="gone")

        async def recall(self, key: str) -> Any:
            raise StoreError(store="x", reason="gone")

    assert await (await breakers(3, Broken())).rests_until("a", 110.0) == 160.0


async def test_what_is_kept_of_another_shape_is_no_breaker():
    store = MemoryStore()
    await store.remember("breaker/a", {"failures": "many"})
    assert await (await breakers(memory=store)).of("a") == Breaker()


async def test_failures_that_are_heard_of_at_once_are_all_counted():
    class Slow(MemoryStore):
        async def remember(self, key: str, value: Any) -> None:
            await asyncio.sleep(0)
            await super().remember(key, value)

        async def recall(self, key: str) -> Any:
            await asyncio.sleep(0)
            return await super().recall(key)

    made = await breakers(0, Slow())
    failure = Failure(kind="transient", message="x")
    await asyncio.gather(*(made.heard("a", failure, 100.0) for _ in range(8)))
    assert (await made.of("a")).failures == 8


async def test_what_a_full_store_did_not_keep_is_known_here_until_it_keeps_again():
    class Full(MemoryStore):
        full = True

        async def remember(self, key: str, value: Any) -> None:
            if self.full:
                raise StoreError(store="x", reason="full")
            await super().remember(key, value)

    store = Full()
    made = await breakers(3, store)
    assert await made.rests_until("a", 110.0) == 160.0
    store.full = False
    await made.heard("a", Failure(kind="transient", message="x"), 170.0)
    assert await store.recall("breaker/a") is not None
