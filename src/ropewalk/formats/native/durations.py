"""Durations as people write them (`90s`, `5m`, `1h30m`) and the seconds they are."""

from __future__ import annotations

import re
from typing import Final

UNITS: Final = {"w": 604_800.0, "d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
PART: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|[wdhms])")


def seconds(duration: str | int | float) -> float | None:
    """The seconds of a duration, a bare number being seconds already; None for `none`."""
    if not isinstance(duration, str):
        return float(duration)
    if duration.strip() == "none":  # a block of YAML ends with a newline
        return None
    return sum(float(number) * UNITS[unit] for number, unit in PART.findall(duration))


def written(duration: float) -> str | float:
    """The shortest way to write that many seconds: the largest unit that divides them, else the number."""
    if duration and duration % 1 == 0:
        unit = next(unit for unit in UNITS if duration % UNITS[unit] == 0)
        return f"{int(duration // UNITS[unit])}{unit}"
    return int(duration) if duration % 1 == 0 else duration
