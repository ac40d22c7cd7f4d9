"""How large one event may be: what an attempt, the items of a foreach or a whole run give is measured before it goes on record, so
that what no store takes fails the step that gave it and never who drives the run."""

from __future__ import annotations

from typing import Any, Final

import msgspec

EVENT_BYTES: Final = 16 * 1024 * 1024
"""The largest event. What is longer belongs in a file, a blob, or an attempt's output."""

DATA_BYTES: Final = 4 * 1024 * 1024
"""The most data that one attempt gives as outputs, and as facts: it goes on in further events."""

_ROOM: Final = 64 * 1024
"""Of an event, what stands around what was given."""

_encoded = msgspec.json.Encoder().encode


def size_of(value: Any) -> int:
    """Bytes as JSON. Raises ValueError, TypeError or OverflowError for what is no plain data."""
    return len(_encoded(value))


def why_too_large(value: Any, limit: int = EVENT_BYTES) -> str:
    """Why it does not fit into an event, or ""."""
    size = size_of(value)
    if size + (_ROOM if limit == EVENT_BYTES else 0) <= limit:
        return ""
    return f"it has {size:,} bytes, and at most {limit:,} are kept"
