"""Who drives a run, and why it is where it is: asked in one place, for a called run too, which the run at the top drives."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ropewalk.core import State
from ropewalk.errors import NoSuchRun
from ropewalk.observe import Explanation, Silent, explain_state
from ropewalk.ownership import parse_owner, pid_space
from ropewalk.runtime import Holder

if TYPE_CHECKING:
    from ropewalk.app.open import Ropewalk

StateOf = Callable[[str], Awaitable[State]]


def driving_run(state: State) -> str:
    """The run that is driven when this one is: the one that called it, if any did."""
    return state.run.partition(".")[0] if state.parent else state.run


async def is_driven(ropewalk: Ropewalk, state: State) -> bool:
    """Whether a living process drives a run, or the one at the top of those that called it."""
    return await _holder(ropewalk, state) is not None


async def _holder(ropewalk: Ropewalk, state: State) -> Holder | None:
    """Who holds its lease; a called run that was started again after its caller had ended is driven by itself."""
    leases = ropewalk.engine.leases
    return await leases.holder(state.run) or (
        await leases.holder(driving_run(state)) if state.parent else None
    )


async def explain_run(ropewalk: Ropewalk, run: str, state_of: StateOf) -> Explanation:
    """Why a run is where it is now, in one sentence, and what can be done. Raises NoSuchRun."""
    state = await state_of(run)
    children = await _children(state, state_of)
    holder = await _holder(ropewalk, state)
    now = ropewalk.engine.clock.now()
    return explain_state(state, now, driven=holder is not None, children=children.get, silent=_silent(holder))


async def _children(state: State, state_of: StateOf) -> dict[str, State]:
    """Every called run below that is under way."""
    states: dict[str, State] = {}
    for key in state.calls:
        name = state.steps[key].child
        try:
            states[name] = await state_of(name)
        except NoSuchRun:
            continue
        states |= await _children(states[name], state_of)
    return states


def _silent(holder: Holder | None) -> Silent | None:
    """The driver of a run as it is to be told of; None while there is nothing to say."""
    if holder is None or not holder.silent:
        return None
    owner = parse_owner(holder.owner)
    is_local = owner is not None and owner.space == pid_space() and holder.life == "alive"
    return Silent(holder.name, holder.silent_seconds, owner.pid if owner is not None and is_local else 0)
