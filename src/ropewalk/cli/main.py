"""The command `ropewalk`: finds the command's line in the table, imports that one module and no other, and prints errors.

Start-up is a feature: the help page is printed from the table alone, and nothing is imported before it is needed.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Any

from ropewalk.app import hold_standard_streams
from ropewalk.cli import exits
from ropewalk.cli.finding import find, version
from ropewalk.cli.table import GROUPS

if TYPE_CHECKING:
    from ropewalk.cli.grammar import Verb

COMPLETE = "_ROPEWALK_COMPLETE"
GLOBAL_VALUES = ("--store", "--folder", "-C")


def main(argv: list[str] | None = None) -> int:
    """Do what the words say and give the exit code. Prints every error itself, as JSON when that was asked for."""
    words = sys.argv[1:] if argv is None else argv
    if argv is None:
        # Most of what a command makes at its start is modules, which stay: looking for garbage among them every 700 objects,
        # as Python begins with, takes a fifteenth of a short command.
        gc.set_threshold(20_000, 20, 20)
        hold_standard_streams()
    if argv is None and os.getpid() == 1:
        from ropewalk.app import leave_init_behind

        leave_init_behind()
    if COMPLETE in os.environ:
        from ropewalk.cli.typed import complete

        return complete(COMPLETE)
    try:
        return _do(words, alone=argv is None)
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted.\n")
        return exits.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last net: a person gets a sentence, never a traceback
        from ropewalk.cli.complaint import complain

        return complain(error, words)


def _do(words: list[str], *, alone: bool) -> int:
    before, name, rest = _split(words)
    if name in {"", "help"} and not (name and rest):
        if "--version" in before:
            sys.stdout.write(f"ropewalk {version()}\n")
            return exits.COMPLETED
        sys.stdout.write(overview())
        return exits.COMPLETED if name or not words or {"--help", "-h"} & {*before} else exits.BAD_INPUT
    if name == "help":
        name, rest = rest[0], ["--help"]
    command = find(name)
    options = rest[: rest.index("--")] if "--" in rest else rest
    if "--help" in options or "-h" in options or "--help" in before:
        from ropewalk.cli.typed import show_help

        return show_help(command)
    return perform(command, [*before, *rest], alone)


def perform(command: Verb, words: list[str], alone: bool = False) -> int:
    """Parse the words and do the command; `alone` says that this process does nothing else."""
    from ropewalk.cli.context import CommandContext
    from ropewalk.cli.grammar import parse

    values = parse(command, words)
    context = CommandContext(
        values.pop("folder"), values.pop("store"), json=values.pop("json"), reads=command.reads, alone=alone
    )
    result: Any = command.perform(context, **values)
    if hasattr(result, "send"):
        result = _awaited(result)
    context.screen.flush()
    return int(result)


def _awaited(work: Any) -> Any:
    import asyncio

    from ropewalk.transient import passing_trouble

    results = []

    async def keep() -> None:
        results.append(await work)

    try:
        asyncio.run(keep())
    except RuntimeError as error:
        # All is done, and only for the thread that waits for the others at the end there was no room.
        if not results or not passing_trouble(error):
            raise
    return results[0]


def _split(words: list[str]) -> tuple[list[str], str, list[str]]:
    """What stands before the command's name, the name, and the rest."""
    place = 0
    while place < len(words) and words[place].startswith("-"):
        place += 2 if words[place] in GLOBAL_VALUES else 1
    return words[:place], "".join(words[place : place + 1]), words[place + 1 :]


def overview() -> str:
    """The first help page."""
    lines = [
        "ropewalk: durable workflows for teams of coding agents",
        "",
        "Usage: ropewalk COMMAND [OPTIONS]",
    ]
    for title, group in GROUPS.items():
        lines += ["", f"{title}:"]
        lines += [f"  {name:<11} {line}" for name, (_, line) in group.items()]
    lines += [
        "",
        "`ropewalk COMMAND --help` says more. Every command takes --json, --store URL and -C FOLDER.",
    ]
    codes = "0 completed, 1 failed, 2 bad input, 3 paused, 4 aborted, 130 interrupted"
    lines += [f"Exit codes: {codes}.", ""]
    return "\n".join(lines)
