"""Waits for troubles of the host that pass, and tries again: neither the driver nor an attempt ends by them.

It is told when the waiting begins and when it is over, not at each try.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from ropewalk.core import Failure
from ropewalk.errors import RopewalkError
from ropewalk.runtime.clock import Clock, pause
from ropewalk.transient import passing_trouble

FIRST_SECONDS, MOST_SECONDS = 0.1, 15.0
HOST = "host"
"""In the report of a failure: what the host had no room for. Such an attempt has not failed, it waits."""
QUIET_SECONDS = 1.0
"""What passes within this time is not worth a word."""

T = TypeVar("T")


class Notice(Protocol):
    """Hears what is waited for: `reason` "" when the waiting is over."""

    async def __call__(self, doing: str, reason: str) -> None: ...


async def patiently(
    clock: Clock,
    doing: str,
    action: Callable[[], Awaitable[T]],
    notice: Notice,
    *,
    gives_up: Callable[[], bool] = lambda: False,
) -> T:
    """What `action` gives, tried until no passing trouble is in its way or `gives_up` says that nobody waits any more.

    Raises what `action` raises: any other error at once.
    """
    tried, since, is_logged = 0, clock.monotonic(), False
    while True:
        try:
            done = await action()
        except Exception as error:
            reason = passing_trouble(error)
            if not reason or gives_up():
                raise
            if not is_logged and clock.monotonic() - since >= QUIET_SECONDS:
                is_logged = True
                await notice(doing, reason)
        else:
            if is_logged:
                await notice(doing, "")
            return done
        await pause(clock, delay(tried))
        tried += 1


def delay(tried: int) -> float:
    """Seconds to wait after so many tries that failed."""
    return float(min(FIRST_SECONDS * 2 ** min(tried, 20), MOST_SECONDS))


def failure_of(error: Exception) -> Failure:
    """A failure of ropewalk's own work; a trouble of the host that passes is named in its report."""
    reason = passing_trouble(error)
    return Failure(
        kind="transient" if reason else "permanent",
        message=str(error),
        report={HOST: reason} if reason else {},
    )


async def unless_passing(action: Awaitable[object], doing: str, hears: Callable[[str, str], None]) -> None:
    """What need not be done now: where the host has no room for it, that is only told."""
    try:
        await action
    except (RopewalkError, OSError) as error:
        reason = passing_trouble(error)
        if not reason:
            raise
        hears(doing, reason)


def log_wait(doing: str, reason: str) -> None:
    """A line in the log when something begins to wait, and when it goes on."""
    import structlog

    log = structlog.get_logger("ropewalk.driver")
    if reason:
        log.warning("waiting for the host", doing=doing, reason=reason)
    else:
        log.info("goes on", doing=doing)
