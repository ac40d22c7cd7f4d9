"""The items of a `foreach` as far as the file itself writes them: how many there are is known before a run."""

from __future__ import annotations

from typing import Any

import msgspec

from ropewalk.definition.workflow import Foreach
from ropewalk.nesting import read_json


def written_items(over: str) -> list[Any] | dict[str, Any] | None:
    """The list or mapping that is written out; None for an expression that gives it in the run."""
    try:
        items = read_json(over)
    except msgspec.DecodeError:
        return None
    return items if isinstance(items, list | dict) else None


def may_have_none(foreach: Foreach) -> bool:
    """Whether a step may come to nothing, as there may be no items; one that wants some to go well fails then."""
    return not foreach.quorum and not written_items(foreach.over)
