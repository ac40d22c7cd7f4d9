"""`ropewalk explain`: why a run is where it is, in one sentence, and what to type next."""

from __future__ import annotations

import msgspec

from ropewalk.app import explain_run
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Argument, Verb
from ropewalk.cli.screen import one_line


async def perform(context: CommandContext, run: str) -> int:
    """One sentence."""
    async with context.ropewalk() as ropewalk:
        run_id = await explain_run(ropewalk, await context.find(ropewalk, run), ropewalk.engine.fold)
    context.screen.give(msgspec.to_builtins(run_id))
    context.screen.line(run_id.sentence)
    for command in run_id.commands:
        context.screen.line(f"  {command}")
    for warning in run_id.warnings:
        context.screen.line(f"  {context.screen.paint('magenta', 'mind')} {one_line(warning)}")
    return exits.COMPLETED


EXPLAIN = Verb(
    "explain",
    "Say in one sentence why a run is where it is",
    perform,
    Argument("run", "a run's id or its beginning, or `last`", complete="run"),
    reads=True,
)
