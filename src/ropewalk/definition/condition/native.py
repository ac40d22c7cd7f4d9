"""Regular expressions in time linear in the text (RE2 syntax), from the compiled CEL extension.

Python's own `re` may take for ever on a hostile text. The extension is loaded when the first pattern is really used;
its package's `__init__` imports a command line (some 100 ms), the extension alone takes about 7 ms.
"""

from __future__ import annotations

import functools
from typing import Any, Protocol, cast

_PACKAGE, _EXTENSION = "cel", "cel.cel"


class Program(Protocol):
    """What the extension compiles a text to."""

    def execute(self, context: dict[str, Any]) -> Any:
        """The value with these variables."""


class Native(Protocol):
    """The part of the extension that is used."""

    def compile(self, expression: str) -> Program:
        """Parse it."""


@functools.cache
def native() -> Native:
    """The extension. It can be initialised once in a process, so it is left where `import cel` will find it too."""
    import importlib.machinery
    import importlib.util
    import sys

    loaded = sys.modules.get(_EXTENSION)
    if loaded is None:
        package = importlib.machinery.PathFinder.find_spec(_PACKAGE)
        where = package.submodule_search_locations if package else None
        spec = importlib.machinery.PathFinder.find_spec(_EXTENSION, where) if where else None
        if spec is None or spec.loader is None:
            raise ModuleNotFoundError("patterns need the package common-expression-language", name=_PACKAGE)
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[_EXTENSION] = loaded
        spec.loader.exec_module(loaded)
    return cast(Native, loaded)


@functools.cache
def _matcher() -> Program:
    return native().compile("text.matches(pattern)")


def pattern_found(text: str, pattern: str) -> bool:
    """Whether `pattern` is found in `text`. Raises `ValueError` for a pattern that cannot be read."""
    try:
        return bool(_matcher().execute({"text": text, "pattern": pattern}))
    except (RuntimeError, ValueError) as error:
        reason = str(error).partition("error: ")[2].rpartition("error: ")[2].partition(". Check")[0]
        raise ValueError(f"the pattern cannot be read: {reason or error}") from None


def pattern_fault(pattern: str) -> str:
    """What is wrong with a pattern, or an empty text."""
    try:
        pattern_found("", pattern)
    except ValueError as error:
        return str(error)
    return ""
