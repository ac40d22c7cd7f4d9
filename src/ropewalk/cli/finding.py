"""Finds a command by its name, importing its module and no other, and says which ropewalk this is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.cli.table import entries

if TYPE_CHECKING:
    from ropewalk.cli.grammar import Verb


ELSEWHERE = {
    **dict.fromkeys(("start", "launch"), "run"),
    **dict.fromkeys(("list", "ls", "ps", "history"), "runs"),
    **dict.fromkeys(("status", "describe", "info"), "show"),
    **dict.fromkeys(("stop", "cancel", "kill", "terminate"), "abort"),
    **dict.fromkeys(("log", "output"), "logs"),
    **dict.fromkeys(("check", "lint"), "validate"),
    **dict.fromkeys(("continue", "go"), "drive"),
    **dict.fromkeys(("merge", "ship", "deliver"), "land"),
    **dict.fromkeys(("asks", "todo"), "inbox"),
}
"""What other programs call our commands."""


def find(name: str) -> Verb:
    """The command of that name. Raises UsageError with the nearest name."""
    known = entries()
    if name not in known:
        from difflib import get_close_matches

        from ropewalk.errors import UsageError

        near = ELSEWHERE.get(name) or next(iter(get_close_matches(name, known, n=1, cutoff=0.6)), "")
        hint = f"did you mean `ropewalk {near}`?" if near else "`ropewalk --help` lists what there is"
        raise UsageError(what=f"There is no command {name!r}", hint=hint)
    import importlib

    module, _, attribute = known[name][0].partition(":")
    command: Verb = getattr(importlib.import_module(f"ropewalk.cli.{module}"), attribute)
    return command


def version() -> str:
    """What is installed."""
    from importlib.metadata import version as installed

    return installed("ropewalk")
