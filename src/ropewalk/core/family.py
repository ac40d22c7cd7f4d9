"""What the budgets of a run's callers leave to it, and what its called runs take of its own, read off the states of them all.

Runs that nobody drives here are left out: they start nothing, and what they told before is on record with their caller.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ropewalk.core.around import NO_FAMILY_BUDGET, FamilyBudget
from ropewalk.core.budgets import is_limited, left_to, spending, time_of
from ropewalk.core.evolve.run import together
from ropewalk.core.evolve.step import both
from ropewalk.core.state import State
from ropewalk.core.work import Amount, Spending
from ropewalk.definition import Budget

StateOf = Callable[[str], State | None]
"""The state of a run by its id, when it is driven in the same process."""

_NONE = Budget()


def family_budget(state: State, state_of: StateOf, now: float) -> FamilyBudget:
    """What limits the run besides its own record; nothing costs nothing where no run of the family has a budget."""
    calls = state.calls or state.unwanted
    own = _below(state, state_of, now) if calls and is_limited(state) else NO_FAMILY_BUDGET
    caller = _caller(state, state_of)
    if caller is None or not _counts(state, state_of):
        return own
    assert state.parent is not None
    above, others = family_budget(caller, state_of, now), _below(caller, state_of, now)
    others = msgspec.structs.replace(others, above=above.above)
    st = caller.steps[state.parent.step]
    mine = _one_below(state, st.child_spent, st.child_granted, state_of, now)
    left = left_to(caller, state.parent.step, now, others, mine.below, mine.more)
    busy = own.busy or above.busy or others.busy or bool(caller.running)
    return msgspec.structs.replace(own, above=msgspec.structs.replace(left, granted=state.granted), busy=busy)


def _caller(state: State, state_of: StateOf) -> State | None:
    """The run that waits for this one, if it is driven here too."""
    parent = state.parent
    caller = state_of(parent.run) if parent is not None else None
    if parent is None or caller is None or parent.step not in caller.calls:
        return None
    return caller if caller.steps[parent.step].child == state.run else None


def _counts(state: State, state_of: StateOf) -> bool:
    """Whether any run above this one, or a step that called, has a budget."""
    caller = _caller(state, state_of)
    if caller is None or state.parent is None:
        return False
    own = caller.step(state.parent.step).budget != _NONE
    return own or is_limited(caller) or _counts(caller, state_of)


def _below(state: State, state_of: StateOf, now: float) -> FamilyBudget:
    """What called runs have spent, hold and were granted and is not on record here, and whether one of them is at work."""
    below = NO_FAMILY_BUDGET
    for key in state.calls:
        st = state.steps[key]
        child = state_of(st.child)
        if child is not None:
            below = _joined(below, _one_below(child, st.child_spent, st.child_granted, state_of, now))
    for run, left in state.unwanted.items():
        child = state_of(run)
        if child is not None:
            below = _joined(below, _one_below(child, left.spent, left.granted, state_of, now))
    return below


def _joined(one: FamilyBudget, other: FamilyBudget) -> FamilyBudget:
    below, more = both(one.below, other.below), together(one.more, other.more)
    return FamilyBudget(below, more, together(one.held, other.held), busy=one.busy or other.busy)


def _one_below(child: State, told: Spending, known: Amount, state_of: StateOf, now: float) -> FamilyBudget:
    """A called run with all below it, less what its caller has heard of."""
    under = _below(child, state_of, now)
    total = both(spending(child), under.below)
    granted = together(child.granted, under.more)
    at_work, may_take = time_of(child, now)
    spent = Spending(
        max(total.cost_usd - told.cost_usd, 0.0),
        max(total.unknown - told.unknown, 0),
        max(total.tokens - told.tokens, 0),
        max(total.attempts - told.attempts, 0),
        max(total.seconds + at_work - told.seconds, 0.0),
    )
    more = Amount(
        max(granted.cost_usd - known.cost_usd, 0.0),
        max(granted.tokens - known.tokens, 0),
        max(granted.seconds - known.seconds, 0.0),
        max(granted.attempts - known.attempts, 0),
    )
    reserved = Amount(child.spent.reserved_usd, child.spent.reserved_tokens, may_take - at_work)
    return FamilyBudget(spent, more, together(under.held, reserved), busy=under.busy or bool(child.running))
