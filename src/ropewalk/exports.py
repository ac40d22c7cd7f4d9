"""The names that a package gives to the others, each loaded when it is first asked for: importing a package costs nothing.

A package lists them twice: as imports for type checkers, which are never run, and by module for `lazy`. A test holds that the
two lists agree, and import-linter that nobody enters a package by another way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy(package: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package. `names`: by module, below `ropewalk`, what it gives, with spaces between; the last part
    of a module's own name stands for the module itself, as Python sees to once it is loaded."""
    homes = {name: module for module, provided in names.items() for name in provided.split()}

    def get(name: str) -> Any:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(f"ropewalk.{home}")
        return module if home.rpartition(".")[2] == name else getattr(module, name)

    return get
