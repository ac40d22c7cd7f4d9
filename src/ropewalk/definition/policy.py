"""Policies of a step or a run as plain numbers and words; durations are seconds, attempts include the first."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

ErrorClass = Literal[
    "transient", "quota", "timeout", "lost", "invalid_output", "refused", "permanent", "gate", "conflict"
]
"""How a failure is classed; the first four come back by themselves (design, section 5)."""

OWN_RETURN: tuple[ErrorClass, ...] = ("transient", "quota", "timeout", "lost")
ASKED_RETURN: tuple[ErrorClass, ...] = (*OWN_RETURN, "invalid_output", "permanent")

FailurePolicy = Literal["fail", "cancel", "continue", "pause", "ask", "back_to"]


class Retry(Struct, frozen=True, omit_defaults=True):
    """Exponential backoff: `delay * factor ** (n - 1)`, at most `cap`, times a jitter in [0.5, 1]."""

    attempts: int = 3
    delay_seconds: float = 1.0
    factor: float = 2.0
    cap_seconds: float = 60.0
    jitter: bool = True
    on: tuple[ErrorClass, ...] = OWN_RETURN


class Timeouts(Struct, frozen=True, omit_defaults=True):
    """Limits in seconds, None for no limit: one attempt, all attempts of a step, no sign of life, SIGTERM to SIGKILL."""

    attempt_seconds: float | None = None
    step_seconds: float | None = None
    idle_seconds: float | None = None
    grace_seconds: float = 5.0


class Join(Struct, frozen=True, omit_defaults=True):
    """When the needs are enough: all of them, any one, or a quorum of `count`."""

    kind: Literal["all", "any", "quorum"] = "all"
    count: int = 0


class Budget(Struct, frozen=True, omit_defaults=True):
    """What may be spent; None is no limit. A step's budget is also what its attempt reserves."""

    cost_usd: float | None = None
    tokens: int | None = None
    seconds: float | None = None
    attempts: int | None = None


class Limits(Struct, frozen=True, omit_defaults=True):
    """Limits of a whole run. `timeout_seconds` leaves out the time in which only people were waited for."""

    parallel: int = 8
    timeout_seconds: float | None = None
    count_waits: bool = False
    rounds: int = 100
    items: int = 1_000
    depth: int = 8
    events: int = 200_000
    output_bytes: int = 1_048_576
    recoveries: int = 3
    budget: Budget = Budget()
