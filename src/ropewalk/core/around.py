"""The runs around one, as far as budgets go: those that called it, and those that it called. Plain data, read off states."""

from __future__ import annotations

from msgspec import Struct

from ropewalk.core.work import Amount, Spending


class Room(Struct, frozen=True):
    """Of one unit: the limit as written, with what was allowed on top, what is not spent of it, and how much of that nobody has
    reserved."""

    unit: str
    limit: float
    most: float
    left: float
    free: float


class Left(Struct, frozen=True):
    """What the budgets of the runs that called a run leave to it. `of` is the run that set the limit, `again` what has to
    be allowed so that as much as at first can be spent; `known` is what attempts took there so far; `granted` what the run
    itself had been granted when this was read."""

    of: str = ""
    rooms: tuple[Room, ...] = ()
    again: dict[str, float] = {}
    known: Spending = Spending()
    granted: Amount = Amount()


class FamilyBudget(Struct, frozen=True):
    """The runs around one, as far as its budget goes: called runs have spent `below`, hold `held` and were granted `more`, which
    is not on record here yet; `above` is what those that called it leave. `busy`: in one of them an attempt is under way."""

    below: Spending = Spending()
    more: Amount = Amount()
    held: Amount = Amount()
    above: Left = Left()
    busy: bool = False


NO_FAMILY_BUDGET = FamilyBudget()
