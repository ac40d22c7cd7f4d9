"""The doors that can be opened, by name: each is imported when it is opened, and says so when its extra is not installed.

The doors stand side by side and know nothing of each other; what one needs of another it asks for here.
"""

from __future__ import annotations

import importlib
from typing import Any, Final

from weft.errors import DoorShut

DOORS: Final[dict[str, tuple[str, str, str]]] = {
    "weft serve": ("weft.web.serve", "serve", "web"),
    "the page": ("weft.web.page", "mount", "web"),
    "weft mcp": ("weft.mcp.stdio", "serve", "mcp"),
    "tools over HTTP": ("weft.mcp.http", "mount", "mcp"),
}
"""Module, function and extra of each."""


def door(name: str) -> Any:
    """The function that opens a door. Raises DoorShut when what it needs is not installed."""
    module, attribute, extra = DOORS[name]
    try:
        return getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        raise DoorShut(door=name, missing=error.name, extra=extra) from error
