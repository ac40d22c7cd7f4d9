"""The doors that can be opened, by name: each is imported when it is opened, and says so when its extra is not installed.

The doors stand side by side and know nothing of each other; what one needs of another it asks for here.
"""

from __future__ import annotations

import importlib
from typing import Any, Final

from ropewalk.errors import MissingExtra
from ropewalk.installation import install

DOORS: Final[dict[str, tuple[str, str, str]]] = {
    "ropewalk serve": ("ropewalk.web.serve", "serve", "web"),
    "the page": ("ropewalk.web.page", "mount", "web"),
    "ropewalk mcp": ("ropewalk.mcp.stdio", "serve", "mcp"),
    "tools over HTTP": ("ropewalk.mcp.http", "mount", "mcp"),
}
"""Module, function and extra of each."""


def opener(name: str) -> Any:
    """The function that opens a door. Raises MissingExtra when what it needs is not installed."""
    module, attribute, extra = DOORS[name]
    try:
        return getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        raise MissingExtra(door=name, missing=error.name, install=install(extra)) from error
