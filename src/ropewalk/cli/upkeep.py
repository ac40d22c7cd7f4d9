"""`ropewalk verify`, `backup`, `export`, `import`, `cleanup`: keeping the store whole, copied, portable and small."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from ropewalk.app import LINE_BYTES, counted, open_file
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.reading import OPTIONS, load
from ropewalk.errors import UsageError

if TYPE_CHECKING:
    from ropewalk.app import Loaded


async def verify(context: CommandContext, run: str | None, rebuild: bool) -> int:
    """Everything that is shown against the records, and those against their hashes; exit code 1 when something differs."""
    async with context.ropewalk() as ropewalk:
        if rebuild:
            await ropewalk.store.rebuild()
        wanted = await context.find(ropewalk, run) if run else ""
        faults = await ropewalk.store.verify(wanted)
        position = await ropewalk.store.position()
        name = ropewalk.store.name
    context.screen.give({"store": name, "records": position, "clean": not faults, "faults": faults})
    for fault in faults:
        context.screen.line(fault)
    checked = f"run {wanted}" if run else f"{position} records"
    if not faults:
        context.screen.line(f"{context.screen.paint('green', 'Clean')}: {checked} in {name}, as written.")
    else:
        context.screen.line(
            f"{counted(len(faults), 'fault')} in {name}; what no sentence tells how to fix, a backup has."
        )
    return exits.FAILED if faults else exits.COMPLETED


async def backup(context: CommandContext, file: str) -> int:
    """A copy that is whole, while others write."""
    target = context.folder / file
    async with context.ropewalk() as ropewalk:
        await ropewalk.store.backup(target)
    context.screen.give({"file": str(target), "bytes": target.stat().st_size})
    context.screen.line(
        f"{target}: {target.stat().st_size:,} bytes. `ropewalk runs --store {file}` reads it."
    )
    return exits.COMPLETED


async def export(context: CommandContext, run: str, file: str | None) -> int:
    """A run as JSON lines, to a file or to standard output."""
    async with context.ropewalk() as ropewalk:
        run_id = await context.find(ropewalk, run)
        if file in {None, "-"}:
            async for line in ropewalk.store.export(run_id):
                context.screen.out.raw(line)
            context.screen.raw(b"")
            return exits.COMPLETED
        target = context.folder / str(file)
        try:
            with target.open("xb") as out:
                async for line in ropewalk.store.export(run_id):
                    out.write(line)
        except OSError as error:
            raise UsageError(
                what=f"{file} cannot be written: {error.strerror}", hint="name a new file"
            ) from error
    context.screen.give({"run": run_id, "file": str(target)})
    context.screen.line(f"Run {run_id} is in {target}.")
    return exits.COMPLETED


async def take_in(
    context: CommandContext,
    file: str,
    out: str | None,
    variant: str | None,
    infer_parallel: bool,
    no_approvals: bool,
) -> int:
    """The other way; the chain of hashes must hold. A workflow of another format is written as one of ours."""
    if file.endswith((".yaml", ".yml")):
        return _rewritten(context, load(context, file, variant, infer_parallel, no_approvals), out)
    async with context.ropewalk() as ropewalk:
        run = await ropewalk.take_in(_lines(context.folder / file, file))
        row = await ropewalk.store.row(run)
    context.screen.give({"run": run, "status": row.status, "reason": row.reason})
    context.screen.line(f"Run {run} is in this store; see `ropewalk show {run}`.")
    if row.ended_at is None:
        context.screen.line(
            f"Nothing of it is done before you say so: `ropewalk resume {run} && ropewalk drive {run}`."
        )
    return exits.COMPLETED


def _rewritten(context: CommandContext, loaded: Loaded, out: str | None) -> int:
    """The same workflow in the native format: on the screen, or in a new file."""
    from ropewalk.app import workflow_yaml

    text = workflow_yaml(loaded.workflow)
    target = context.folder / out if out else None
    if target is not None:
        try:
            with target.open("x", encoding="utf-8") as stream:
                stream.write(text)
        except OSError as error:
            raise UsageError(
                what=f"{out} cannot be written: {error.strerror}", hint="name a new file"
            ) from error
    context.screen.give(
        {"workflow": loaded.workflow.name, "digest": loaded.digest, "file": out or "", "text": text}
    )
    context.screen.line(f"Written to {out}." if out else text.rstrip("\n"))
    return exits.COMPLETED


async def _lines(path: Path, name: str) -> AsyncIterator[bytes]:
    try:
        with sys.stdin.buffer if name == "-" else open_file(path, pipes=True) as file:
            while line := file.readline(LINE_BYTES + 1):
                yield line
    except OSError as error:
        raise UsageError(
            what=f"{name} cannot be read: {error.strerror}", hint="name a file that is there"
        ) from error


async def cleanup(
    context: CommandContext, older: float | None, status: list[str], unlanded: bool, dry_run: bool
) -> int:
    """What ended long ago goes, with its folders; what has not landed stays unless told to."""
    from ropewalk.cli.runs import statuses

    async with context.ropewalk() as ropewalk:
        cleaned = await ropewalk.cleanup(older, status=statuses(status), unlanded=unlanded, dry_run=dry_run)
    context.screen.give({"dry_run": dry_run, "removed": cleaned.removed, "kept": cleaned.kept})
    would = "would be " if dry_run else ""
    context.screen.line(f"{counted(len(cleaned.removed), 'run')} {would}removed, {len(cleaned.kept)} kept.")
    for run, why in cleaned.kept.items():
        context.screen.line(f"  {run}: {why}")
    return exits.COMPLETED


VERIFY = Verb(
    "verify",
    "Check the whole store for damage",
    verify,
    Argument("run", "only this run", required=False, complete="run"),
    Option("--rebuild", "First make the run list anew from the records; it is only a copy of what they say."),
    more=(
        "Checks every record against the chain of hashes and the end of its run, and every column that is shown against what the "
        "records say; outputs and notes against their seals. Exit code 0, or 1 with each fault named."
    ),
    reads=True,
)
BACKUP = Verb(
    "backup",
    "Copy the store while it is in use",
    backup,
    Argument("file", "a new file", complete="file"),
    reads=True,
)
EXPORT = Verb(
    "export",
    "Write a run as JSON lines",
    export,
    Argument("run", "a run's id or its beginning, or `last`", complete="run"),
    Argument("file", "a new file; standard output without it", required=False, complete="file"),
    reads=True,
)
IMPORT = Verb(
    "import",
    "Take in an exported run, or write another system's workflow as ours",
    take_in,
    Argument(
        "file",
        "what `ropewalk export` wrote (- is standard input), or a workflow of BMAD, tapps or BotArmy",
        complete="file",
    ),
    Option("--out -o", "Write the workflow into this new file.", "text", metavar="FILE", complete="file"),
    *OPTIONS,
    more=(
        "A run that is taken in is data: its chain of hashes, its names and its definition are checked, nothing of it is done "
        "before somebody says `ropewalk resume`, and the folder that it works in is then this project, whatever it says."
    ),
)
CLEANUP = Verb(
    "cleanup",
    "Remove what ended long ago",
    cleanup,
    Option("--older", "Ended more than so many days ago (the setting keep_days).", "number", metavar="DAYS"),
    Option("--status -s", "Only runs that ended so.", "many", metavar="STATUS"),
    Option("--unlanded", "Also results that are part of no other branch."),
    Option("--dry-run", "Only say what would go."),
    reads=True,
)
