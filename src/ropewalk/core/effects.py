"""Work that the shell owes a run, read off its state and never stored."""

from __future__ import annotations

from msgspec import Struct


class Effect(Struct, frozen=True):
    """Owed work."""


class Perform(Effect, frozen=True):
    """Attempt `attempt` of this round is on record as started: do it and report."""

    step: str
    round: int
    attempt: int


class Call(Effect, frozen=True):
    """Create run `child` if it is not there, drive it, and report how it moves."""

    step: str
    round: int
    child: str


class EndCall(Effect, frozen=True):
    """Nobody waits for run `child` any more: end it, and report what it had spent."""

    step: str
    round: int
    child: str


class Wake(Effect, frozen=True):
    """Nothing may happen before `at` (unix seconds); advance then."""

    at: float
