"""Circuit breaker of agents: after failures in a row an agent rests, then one attempt is tried. Time comes in."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import Any, Literal, Protocol

import msgspec

from ropewalk.core import Failure
from ropewalk.definition import ErrorClass
from ropewalk.errors import RopewalkError

COUNTED: tuple[ErrorClass, ...] = ("transient", "timeout", "permanent", "refused", "lost")
"""What speaks against an agent. A bad answer (`invalid_output`, `gate`) does not, a quota has a clock of its own."""


class Breaker(msgspec.Struct, frozen=True):
    """One agent's: how many failures in a row, until when it rests (unix seconds), whether a trial is under way."""

    failures: int = 0
    rests_until: float | None = None
    trial_until: float | None = None

    def position(self, now: float) -> Literal["closed", "open", "half-open"]:
        """Open while it rests or its one trial is under way; half-open when a trial may begin."""
        if self.rests_until is None:
            return "closed"
        waits_until = max(self.rests_until, self.trial_until or 0.0)
        return "open" if now < waits_until else "half-open"


class BreakerMemory(Protocol):
    """Where breakers are kept, as a store keeps small values: by key, as plain data."""

    async def remember(self, key: str, value: Any) -> None: ...

    async def recall(self, key: str) -> Any: ...


class Breakers:
    """Those of all agents. `limit` failures in a row make an agent rest for `rest_seconds`.

    With a `memory` they outlive this process, and other processes that have it see them; what it cannot keep, this process keeps.
    Within a process each report counts; where two processes hear of failures in the same moment one may be lost. A trial that never reports (its attempt was cancelled) frees its place after another `rest_seconds`.
    """

    def __init__(
        self, limit: int = 5, rest_seconds: float = 300.0, memory: BreakerMemory | None = None
    ) -> None:
        self._limit = limit
        self._rest_seconds = rest_seconds
        self._memory = memory
        self._breakers: dict[str, Breaker] = {}
        self._kept_here_only: set[str] = set()
        self._changing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, agent: str) -> Breaker:
        if self._memory is not None and agent not in self._kept_here_only:
            with suppress(RopewalkError, OSError, msgspec.ValidationError):
                kept = await self._memory.recall(_key(agent))
                return msgspec.convert(kept, Breaker) if kept is not None else Breaker()
        return self._breakers.get(agent, Breaker())

    async def rests_until(self, agent: str, now: float) -> float | None:
        """None: the agent may be asked; else when to look again."""
        breaker = await self.of(agent)
        if breaker.position(now) != "open":
            return None
        return max(breaker.rests_until or now, breaker.trial_until or now)

    async def begin(self, agent: str, now: float) -> None:
        """An attempt of this agent begins; of one that has rested it is the trial, and others wait for it."""
        async with self._changing[agent]:
            breaker = await self.of(agent)
            if breaker.position(now) == "half-open":
                trial_until = now + self._rest_seconds
                await self._keep(agent, msgspec.structs.replace(breaker, trial_until=trial_until))

    async def heard(self, agent: str, failure: Failure | None, now: float) -> None:
        """An attempt of this agent ended; one whose quota is used up rests until that is free again."""
        async with self._changing[agent]:
            breaker = await self.of(agent)
            changed = self._after(breaker, failure, now)
            if changed != breaker:
                await self._keep(agent, changed)

    def _after(self, breaker: Breaker, failure: Failure | None, now: float) -> Breaker:
        if failure is None:
            return Breaker()
        if failure.kind in COUNTED:
            failures = breaker.failures + 1
            rests = now + self._rest_seconds if failures >= self._limit else None
            return Breaker(failures=failures, rests_until=rests)
        if failure.kind == "quota" and failure.retry_at is not None:
            return Breaker(breaker.failures, rests_until=failure.retry_at)
        return msgspec.structs.replace(breaker, trial_until=None)

    async def _keep(self, agent: str, breaker: Breaker) -> None:
        self._breakers[agent] = breaker
        if self._memory is not None:
            value = msgspec.to_builtins(breaker) if breaker != Breaker() else None
            self._kept_here_only.add(agent)
            with suppress(RopewalkError, OSError):
                await self._memory.remember(_key(agent), value)
                self._kept_here_only.discard(agent)


def _key(agent: str) -> str:
    return f"breaker/{agent}"
