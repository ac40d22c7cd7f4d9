"""How a value is written in a text, a variable or an argument: as JSON writes it, a text as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec


def as_text(value: Any) -> str:
    """A value as a text: a string as it is, nothing as "", all else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def as_written(value: Any) -> Any:
    """Lists, mappings and truth values as JSON, nothing as an empty text; numbers and texts are left to the template."""
    return as_text(value) if value is None or isinstance(value, bool | list | tuple | Mapping) else value
