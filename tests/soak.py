"""How much of a slow question is tried: a seeded slice in the gate, all of it by `make soak`, which says so by ROPEWALK_SOAK."""

from __future__ import annotations

import os

SOAK = int(os.environ.get("ROPEWALK_SOAK") or 0)
"""How many trials of the simulation `make soak` wants; 0 in the gate."""


def first_seed(usual: int) -> int:
    """Which trial is the first."""
    return int(os.environ.get("ROPEWALK_SEED") or usual)


def trials(gate: int, soak: int) -> int:
    """How many are tried now."""
    return soak if SOAK else gate
