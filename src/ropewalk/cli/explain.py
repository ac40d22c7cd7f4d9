"""`ropewalk explain`: why a run is where it is, in one sentence, and what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ropewalk.app.showing import silent
from ropewalk.cli import exits
from ropewalk.cli.grammar import Argument, Command
from ropewalk.cli.here import Here
from ropewalk.cli.inbox import top
from ropewalk.cli.screen import one_line
from ropewalk.core.state import State
from ropewalk.errors import NoSuchRun
from ropewalk.observe.explain import Explanation
from ropewalk.observe.explain import explain as reason_of

if TYPE_CHECKING:
    from ropewalk.app.open import Ropewalk


async def perform(here: Here, run: str) -> int:
    """One sentence."""
    async with here.ropewalk() as ropewalk:
        found = await explained(ropewalk, await here.find(ropewalk, run))
    here.screen.give(msgspec.to_builtins(found))
    here.screen.line(found.sentence)
    for command in found.commands:
        here.screen.line(f"  {command}")
    for warning in found.warnings:
        here.screen.line(f"  {here.screen.paint('magenta', 'mind')} {one_line(warning)}")
    return exits.COMPLETED


async def explained(ropewalk: Ropewalk, run: str) -> Explanation:
    """Why a run is where it is now."""
    state = await ropewalk.engine.fold(run)
    children = await _children(ropewalk, state)
    holder = await ropewalk.engine.leases.holder(top(state))
    now = ropewalk.engine.clock.now()
    return reason_of(state, now, driven=holder is not None, children=children.get, silent=silent(holder))


async def _children(ropewalk: Ropewalk, state: State) -> dict[str, State]:
    """Every called run below that is under way."""
    found: dict[str, State] = {}
    for key in state.calls:
        name = state.steps[key].child
        try:
            found[name] = await ropewalk.engine.fold(name)
        except NoSuchRun:
            continue
        found |= await _children(ropewalk, found[name])
    return found


EXPLAIN = Command(
    "explain",
    "Say in one sentence why a run is where it is",
    perform,
    Argument("run", "a run's id or its beginning, or `last`", complete="run"),
    reads=True,
)
