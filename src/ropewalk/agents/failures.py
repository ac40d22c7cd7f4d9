"""From what a program left behind (exit code, last words) to a classed failure; a quota gets the time when it is free again.

Rules are tried in order, the first that fits decides; only the last lines count, for work may well be about errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from ropewalk.core import Failure
from ropewalk.definition import ErrorClass

_LAST_LINES = 20
_LAST_CHARS = 4_000
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}

_AFTER = re.compile(
    r"(?:retry[- _]after|try again in|resets? in|available in|wait)\D{0,15}?(\d+(?:\.\d+)?)\s*(ms|[smhd])?",
    re.IGNORECASE,
)
_AT = re.compile(
    r"(?:resets?|available|try again)\s+(?:at|after|on)\s+(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"reset\w*\W{1,5}(\d{10}(?:\.\d+)?)\b", re.IGNORECASE)


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """`pattern` is a regular expression, case does not matter."""

    kind: ErrorClass
    pattern: str

    def __post_init__(self) -> None:
        """Raises ValueError for a pattern that is none, also where one is read."""
        try:
            re.compile(self.pattern, re.IGNORECASE)
        except (re.error, OverflowError, RecursionError) as fault:
            raise ValueError(f"{self.pattern!r} is no regular expression: {fault}") from fault


RULES = (
    Rule(
        "quota", r"rate.?limit|usage limit|quota (?:exceeded|reached)|too many requests|\b429\b|limit reached"
    ),
    Rule("refused", r"permission denied by|refus(?:ed|al) by policy|content policy"),
    Rule(
        "transient",
        r"overloaded|temporarily unavailable|connection (?:reset|refused|error)|timed? ?out|\b(?:502|503|504|529)\b",
    ),
)
EXIT_CODES: dict[int, ErrorClass] = {75: "transient"}


def classify(
    code: int,
    text: str,
    now: float,
    rules: Sequence[Rule] = RULES,
    exit_codes: Mapping[int, ErrorClass] = EXIT_CODES,
) -> Failure:
    """The failure of a program that ended with `code` and these last words; `now` is what relative times count from."""
    lines = [line.strip() for line in text[-_LAST_CHARS:].splitlines() if line.strip()][-_LAST_LINES:]
    last = "\n".join(lines)
    fitting = (rule.kind for rule in rules if re.search(rule.pattern, last, re.IGNORECASE))
    kind: ErrorClass = exit_codes[code] if code in exit_codes else next(fitting, "permanent")
    how = f"exit code {code}" if code > 0 else f"ended by signal {-code}" if code < 0 else "ended"
    last_line = next((line for line in reversed(lines) if line), "")
    return Failure(
        kind=kind,
        message=f"{how}: {last_line[:300]}" if last_line else how,
        retry_at=free_again(last, now) if kind in ("quota", "transient") else None,
        report={"exit_code": code, "last_lines": lines},
    )


def free_again(text: str, now: float) -> float | None:
    """Unix seconds that a text names as the time to come back, by a date, a number of seconds, or a span of time."""
    if match := _AT.search(text):
        return _date(match[1])
    if match := _EPOCH.search(text):
        return float(match[1])
    if match := _AFTER.search(text):
        return now + float(match[1]) * _UNITS[(match[2] or "s").lower()]
    return None


def _date(text: str) -> float | None:
    try:
        date = datetime.fromisoformat(text.replace(" ", "T", 1))
    except ValueError:
        return None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
