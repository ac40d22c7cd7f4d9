"""When a failed attempt comes back: exponential, capped, with a jitter that depends on the attempt's name only."""

from __future__ import annotations

from zlib import crc32

from ropewalk.core.work import Failure
from ropewalk.definition import Retry


def retry_at(policy: Retry, failure: Failure, tries: int, key: str, now: float) -> float | None:
    """Unix seconds of the next attempt, None when there is none. `tries` are those that counted, this one included.

    A lost attempt comes back at once, a quota at its reset time; neither eats the retry budget.
    """
    if failure.kind == "lost":
        return now
    if failure.kind not in policy.on:
        return None
    if failure.kind == "quota" and failure.retry_at is not None:
        return max(failure.retry_at, now)
    if tries >= policy.attempts:
        return None
    wait = min(policy.cap_seconds, policy.delay_seconds * policy.factor ** max(0, tries - 1))
    if policy.jitter:
        wait *= 0.5 + crc32(f"{key}/{tries}".encode()) / 0xFFFFFFFF / 2
    return max(now + wait, failure.retry_at or 0.0)
