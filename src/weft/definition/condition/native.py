"""The compiled CEL evaluator, loaded when the first condition is really evaluated.

The package's own `__init__` imports a command line (some 100 ms); its extension alone takes about 7 ms.
"""

from __future__ import annotations

import functools
import importlib.machinery
import importlib.util
import logging
import sys
from typing import Any, Protocol, cast

_PACKAGE, _EXTENSION = "cel", "cel.cel"


class Program(Protocol):
    """What the extension compiles a text to."""

    def execute(self, context: Any) -> Any:
        """The value with these variables; raises the built-in error nearest to what went wrong."""


class Native(Protocol):
    """The part of the extension that is used."""

    def compile(self, expression: str) -> Program:
        """Parse; raises `ValueError`."""

    def Context(self, variables: dict[str, Any], functions: dict[str, Any]) -> Any:  # noqa: N802 - its own name
        """Variables together with functions."""


@functools.cache
def native() -> Native:
    """The extension. It can be initialised once in a process, so it is left where `import cel` will find it too."""
    loaded = sys.modules.get(_EXTENSION)
    if loaded is None:
        package = importlib.machinery.PathFinder.find_spec(_PACKAGE)
        where = package.submodule_search_locations if package else None
        spec = importlib.machinery.PathFinder.find_spec(_EXTENSION, where) if where else None
        if spec is None or spec.loader is None:
            raise ModuleNotFoundError("conditions need the package common-expression-language", name=_PACKAGE)
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[_EXTENSION] = loaded
        spec.loader.exec_module(loaded)
        # It logs every error that our own functions raise, although the error itself arrives as well.
        logging.getLogger(_PACKAGE).disabled = True
    return cast(Native, loaded)
