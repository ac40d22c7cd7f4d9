"""`ropewalk explain`: why a run is where it is, in one sentence, and what to type next."""

from __future__ import annotations

import msgspec

from ropewalk.app import explain_run
from ropewalk.cli import exits
from ropewalk.cli.grammar import Argument, Verb
from ropewalk.cli.here import Here
from ropewalk.cli.screen import one_line


async def perform(here: Here, run: str) -> int:
    """One sentence."""
    async with here.ropewalk() as ropewalk:
        found = await explain_run(ropewalk, await here.find(ropewalk, run), ropewalk.engine.fold)
    here.screen.give(msgspec.to_builtins(found))
    here.screen.line(found.sentence)
    for command in found.commands:
        here.screen.line(f"  {command}")
    for warning in found.warnings:
        here.screen.line(f"  {here.screen.paint('magenta', 'mind')} {one_line(warning)}")
    return exits.COMPLETED


EXPLAIN = Verb(
    "explain",
    "Say in one sentence why a run is where it is",
    perform,
    Argument("run", "a run's id or its beginning, or `last`", complete="run"),
    reads=True,
)
