"""Whether an owner lives: alive, dead, or unknown. Two things prove a death: its lock was let go of on a local file
system, or there is no such process where its number has a meaning (same boot, same PID namespace)."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal

from ropewalk.ownership.filesystem import is_local
from ropewalk.ownership.lifelock import is_let_go
from ropewalk.ownership.owner import Owner, boot_id, parse_owner, pid_space, stat_of

Life = Literal["alive", "dead", "unknown"]
Judge = Callable[[str], Life]

_ENDED = frozenset("ZX")


def judge_in(folder: Path | None) -> Judge:
    """What judges owners whose locks are in this folder."""
    return partial(life_of, folder=folder)


def life_of(name: str, folder: Path | None = None) -> Life:
    """Of the owner with this name; `folder` holds the locks of those who may own the same things."""
    owner = parse_owner(name)
    if owner is None:
        return "unknown"
    if folder is not None:
        free = is_let_go(folder / owner.nonce)
        if free is False:
            return "alive"
        if free and is_local(folder):
            return "dead"
    return _by_number(owner)


def _by_number(owner: Owner) -> Life:
    if not owner.boot or not owner.space or (owner.boot, owner.space) != (boot_id(), pid_space()):
        return "unknown"
    try:
        os.kill(owner.pid, 0)
    except ProcessLookupError:
        return "dead"
    except PermissionError:
        pass  # it belongs to somebody else, so it is there
    stat = stat_of(owner.pid)
    if not stat or not owner.started:
        return "unknown"
    # It has ended and nobody asked how (in a container without an init: for ever), or its number went to another.
    return "dead" if stat[0] in _ENDED or stat[19] != owner.started else "alive"
