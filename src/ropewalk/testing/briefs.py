"""Briefs for tests of agents and kinds: everything has a default, a test names only what it is about."""

from __future__ import annotations

from typing import Any

from ropewalk.core import Brief


def brief(kind: str = "role", **fields: Any) -> Brief:
    """The first attempt of step `build` in run `r1`, unless said otherwise."""
    defaults: dict[str, Any] = {
        "run": "r1",
        "step": "build",
        "item": None,
        "round": 1,
        "attempt": 1,
        "kind": kind,
        **fields,
    }
    defaults.setdefault("key", f"{defaults['run']}/{defaults['step']}/{defaults['round']}")
    return Brief(**defaults)
