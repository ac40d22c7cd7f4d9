"""How counts are told, the same wherever people read one: one of a thing is never told as several."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """A number of things, of which one is no plural: `1 step`, `2 steps`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def times(number: int) -> str:
    """How often: `once`, `3 times`."""
    return "once" if number == 1 else f"{number} times"
