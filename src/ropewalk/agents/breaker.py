"""Circuit breaker of agents: after failures in a row an agent rests, then one attempt is tried; pure, time comes in."""

from __future__ import annotations

from typing import Literal

import msgspec

from ropewalk.core import Failure
from ropewalk.definition import ErrorClass

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


class Breakers:
    """Those of all agents in this process. `limit` failures in a row make an agent rest for `rest_seconds`.

    A trial that never reports (its attempt was cancelled) frees its place after another `rest_seconds`.
    """

    def __init__(self, limit: int = 5, rest_seconds: float = 300.0) -> None:
        self._limit = limit
        self._rest_seconds = rest_seconds
        self._breakers: dict[str, Breaker] = {}

    def of(self, agent: str) -> Breaker:
        return self._breakers.get(agent, Breaker())

    def rests_until(self, agent: str, now: float) -> float | None:
        """None: the agent may be asked; else when to look again."""
        breaker = self.of(agent)
        if breaker.position(now) != "open":
            return None
        return max(breaker.rests_until or now, breaker.trial_until or now)

    def begin(self, agent: str, now: float) -> None:
        """An attempt of this agent begins; of one that has rested it is the trial, and others wait for it."""
        breaker = self.of(agent)
        if breaker.position(now) == "half-open":
            self._breakers[agent] = msgspec.structs.replace(breaker, trial_until=now + self._rest_seconds)

    def heard(self, agent: str, failure: Failure | None, now: float) -> None:
        """An attempt of this agent ended; one whose quota is used up rests until that is free again."""
        breaker = self.of(agent)
        if failure is None:
            self._breakers.pop(agent, None)
        elif failure.kind in COUNTED:
            failures = breaker.failures + 1
            rests = now + self._rest_seconds if failures >= self._limit else None
            self._breakers[agent] = Breaker(failures=failures, rests_until=rests)
        elif failure.kind == "quota" and failure.retry_at is not None:
            self._breakers[agent] = Breaker(breaker.failures, rests_until=failure.retry_at)
        elif breaker.trial_until is not None:
            self._breakers[agent] = msgspec.structs.replace(breaker, trial_until=None)
