"""How a run was asked to go, and by which step of which run it was called."""

from __future__ import annotations

from msgspec import Struct


class Options(Struct, frozen=True, omit_defaults=True):
    """How a run was asked to go. `answer_all` names the actor that approves every ask at once ("" is nobody)."""

    parallel: int = 0
    sequential: bool = False
    answer_all: str = ""
    assume: bool | None = None
    rehearse: str | None = None
    only: str = ""
    with_changes: bool = False
    repository: str = ""
    target: str = ""


class Parent(Struct, frozen=True, omit_defaults=True):
    """Which step of which run called this one, and how deep that is."""

    run: str
    step: str
    round: int
    depth: int
