"""`weft explain`: why a run is where it is, in one sentence, and what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from weft.app.showing import silent
from weft.cli import exits
from weft.cli.grammar import Argument, Command
from weft.cli.here import Here
from weft.cli.inbox import top
from weft.cli.screen import one_line
from weft.core.state import State
from weft.errors import NoSuchRun
from weft.observe.explain import Explanation
from weft.observe.explain import explain as reason_of

if TYPE_CHECKING:
    from weft.app.open import Weft


async def perform(here: Here, run: str) -> int:
    """One sentence."""
    async with here.weft() as weft:
        found = await explained(weft, await here.find(weft, run))
    here.screen.give(msgspec.to_builtins(found))
    here.screen.line(found.sentence)
    for command in found.commands:
        here.screen.line(f"  {command}")
    for warning in found.warnings:
        here.screen.line(f"  {here.screen.paint('magenta', 'mind')} {one_line(warning)}")
    return exits.COMPLETED


async def explained(weft: Weft, run: str) -> Explanation:
    """Why a run is where it is now."""
    state = await weft.engine.fold(run)
    children = await _children(weft, state)
    holder = await weft.engine.leases.holder(top(state))
    now = weft.engine.clock.now()
    return reason_of(state, now, driven=holder is not None, children=children.get, silent=silent(holder))


async def _children(weft: Weft, state: State) -> dict[str, State]:
    """Every called run below that is under way."""
    found: dict[str, State] = {}
    for key in state.calls:
        name = state.steps[key].child
        try:
            found[name] = await weft.engine.fold(name)
        except NoSuchRun:
            continue
        found |= await _children(weft, found[name])
    return found


EXPLAIN = Command(
    "explain",
    "Say in one sentence why a run is where it is",
    perform,
    Argument("run", "a run's id or its beginning, or `last`", complete="run"),
    reads=True,
)
