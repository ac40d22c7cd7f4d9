"""`ropewalk diff`: what changed between two versions of a run, or differs between two runs; and the patch of its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ropewalk.app import Base, State, short_value, state_difference
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.errors import UsageError

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk


async def perform(
    context: CommandContext, run: str, other: str | None, old: int | None, new: int | None, files: bool
) -> int:
    """States side by side, or a patch."""
    async with context.ropewalk() as ropewalk:
        run_id = await context.find(ropewalk, run)
        after = await ropewalk.engine.fold(run_id, new)
        if files:
            return await _patch(context, ropewalk, after)
        if other is not None:
            before, after = after, await ropewalk.engine.fold(await context.find(ropewalk, other))
        else:
            before = await ropewalk.engine.fold(run_id, old if old is not None else 1)
    changes = state_difference(before, after)
    context.screen.give({"changes": [msgspec.to_builtins(difference) for difference in changes]})
    for change in changes:
        context.screen.line(change.path)
        if change.old is not None:
            context.screen.line(context.screen.paint("red", f"  - {short_value(change.old, 200)}"))
        if change.new is not None:
            context.screen.line(context.screen.paint("green", f"  + {short_value(change.new, 200)}"))
    if not changes:
        context.screen.line("Nothing differs.")
    return exits.COMPLETED


async def _patch(context: CommandContext, ropewalk: Ropewalk, state: State) -> int:
    """What the run changed, as `git apply` takes it."""
    base = state.base.get("commit", "")
    if not base or not state.commit:
        reason = "it has no result yet" if base else "its files are not in git"
        raise UsageError(
            what=f"There is no patch of run {state.run}: {reason}",
            hint="`ropewalk artifacts` lists its files",
        )
    workspace = ropewalk.workspace(state.run, msgspec.convert(state.base, Base), {})
    patch = await workspace.diff(base, state.commit)
    context.screen.give({"base": base, "commit": state.commit, "patch": patch.decode("utf-8", "replace")})
    if not context.screen.json:
        context.screen.raw(patch)
    return exits.COMPLETED


DIFF = Verb(
    "diff",
    "Compare a run at two versions, or two runs",
    perform,
    Argument("run", "a run's id or its beginning, or `last`", complete="run"),
    Argument("other", "another run to compare with", required=False, complete="run"),
    Option("--old", "The earlier version (1).", "whole", metavar="VERSION"),
    Option("--new", "The later version (the last).", "whole", metavar="VERSION"),
    Option("--files", "The patch of what the run changed, for `git apply`."),
    reads=True,
)
