"""A moment as people write it (ISO 8601 with its zone) or as programs do (unix seconds), as unix seconds."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

WRITTEN: Final = re.compile(r"\s*\d{4}-\d\d-\d\d")
"""How a moment begins that is written out; any other text is an expression."""
EXAMPLE: Final = "2026-12-24T18:00:00+01:00"


def moment(value: Any) -> float:
    """Unix seconds. Raises ValueError that says what is wrong and how a moment is written."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, str):
        raise ValueError(
            f"a moment is text such as {EXAMPLE} or a number of seconds, not {type(value).__name__}"
        )
    try:
        read = datetime.fromisoformat(value.strip())
    except ValueError:
        raise ValueError(f"{value[:40]!r} is no moment; write it as {EXAMPLE}") from None
    if read.tzinfo is None:
        raise ValueError(f"{value[:40]!r} has no zone; write it as {EXAMPLE}, or with Z for UTC")
    return read.timestamp()
