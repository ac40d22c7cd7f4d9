"""A moment as people write it (ISO 8601 with its zone) or as programs do (unix seconds), as unix seconds."""

from __future__ import annotations

import re
from calendar import monthrange, timegm
from typing import Any, Final

WRITTEN: Final = re.compile(r"\s*\d{4}-\d\d-\d\d")
"""How a moment begins that is written out; any other text is an expression."""
MOMENT: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?P<fraction>\.\d+)?)?)?(?P<zone>Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
EXAMPLE: Final = "2026-12-24T18:00:00+01:00"
FURTHEST: Final = 14 * 3600
"""Seconds that a zone is away from UTC at most."""
LAST: Final = 253_370_764_800
"""The beginning of the year 9999 in unix seconds; no calendar goes much further."""


def moment(value: Any) -> float:
    """Unix seconds. Raises ValueError that says what is wrong and how a moment is written."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 <= value <= LAST:  # also not a number
            raise ValueError(
                "a moment as a number is unix seconds, not milliseconds, and before the year 9999"
            )
        return float(value)
    if not isinstance(value, str):
        raise ValueError(
            f"a moment is text such as {EXAMPLE} or a number of seconds, not {type(value).__name__}"
        )
    read = MOMENT.fullmatch(value.strip())
    if read is None or not _possible(*(int(part or 0) for part in read.groups()[:6])):
        raise ValueError(f"{value[:40]!r} is no moment; write it as {EXAMPLE}")
    if not read["zone"]:
        raise ValueError(f"{value[:40]!r} has no zone; write it as {EXAMPLE}, or with Z for UTC")
    ahead = _ahead(read["zone"])
    if abs(ahead) > FURTHEST or (read["zone"] != "Z" and read["zone"][-2:] > "59"):
        raise ValueError(f"{value[:40]!r} is in no zone: `{read['zone']}` is not one; write it as {EXAMPLE}")
    parts = [int(part or 0) for part in read.groups()[:6]]
    return timegm((*parts, 0, 0, 0)) + float(read["fraction"] or 0) - ahead


def _possible(year: int, month: int, day: int, hour: int, minute: int, second: int) -> bool:
    in_the_year = year > 0 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
    return in_the_year and hour < 24 and minute < 60 and second < 60


def _ahead(zone: str) -> int:
    """Seconds that a zone is ahead of UTC."""
    if zone == "Z":
        return 0
    digits = zone[1:].replace(":", "")
    return (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * (-1 if zone[0] == "-" else 1)
