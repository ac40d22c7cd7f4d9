"""`ropewalk run`: starts a run of a workflow and drives it here, or leaves that to a process in the background."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Option, Verb
from ropewalk.cli.reading import OPTIONS, WORKFLOW, name, options
from ropewalk.cli.screen import one_line
from ropewalk.cli.values import INPUT, pair, read_facts, read_inputs, text_of, with_secrets
from ropewalk.errors import UsageError

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk

MORE = """The workflow is a name (`ropewalk workflows` lists them) or the path of a file.

In a terminal the run is shown live and asks are answered right there; piped it prints one line an event; --json prints
one object at the end. Ctrl-C leaves the run as it is, `ropewalk drive RUN` goes on with it; Ctrl-C twice kills at once."""


async def perform(context: CommandContext, workflow: str, **flags: Any) -> int:
    """Start, and drive unless it is detached."""
    from ropewalk.app import Options

    parallel = flags["parallel"]
    if parallel is not None and parallel < 1:
        raise UsageError(
            what=f"--parallel is at least 1, got {parallel}", hint="leave it out for the workflow's own"
        )
    rehearse = _script(flags["rehearse"], context.folder)
    taped = _taped(flags)
    async with context.ropewalk(**taped) as ropewalk:
        known = options(flags["variant"], flags["infer_parallel"], flags["no_approvals"])
        loaded = ropewalk.load(name(workflow, context, ropewalk.folder), **known)
        if not context.screen.json:
            for warning in loaded.warnings:
                context.screen.aside(str(warning))
        wanted = Options(
            parallel=parallel or 0,
            sequential=flags["sequential"],
            answer_all=ropewalk.actor if flags["approve_all"] else "",
            assume=None if flags["assume"] is None else flags["assume"] == "true",
            rehearse=rehearse,
            with_changes=flags["with_changes"],
        )
        values = with_secrets(context, loaded.workflow, read_inputs(flags["input"], context.folder))
        run = await ropewalk.start(
            loaded.workflow,
            inputs=values,
            facts=read_facts(flags["fact"], loaded.workflow),
            options=wanted,
            labels=dict(pair(word, "--label") for word in flags["label"]),
            with_changes=flags["with_changes"],
            where=loaded.where,
        )
        if not context.screen.json:
            for view in (await ropewalk.engine.fold(run)).base.get("warnings", ()):
                context.screen.aside(f"mind: {one_line(view)}")
        if flags["detach"]:
            return _detach(context, ropewalk, run, taped)
        if not context.screen.json:
            context.screen.line(f"Run {run} of {loaded.workflow.name}")
        from ropewalk.cli.driving import drive

        return await drive(context, ropewalk, run, fresh=True, wait=flags["wait"])


def _taped(flags: dict[str, Any]) -> dict[str, str]:
    """The settings that record or replay, as absolute paths."""
    return {key: os.path.abspath(flags[key]) for key in ("record", "replay") if flags[key]}


def _script(rehearse: str | None, folder: Path) -> str | None:
    """The text of the rehearsal's script, checked. Raises InvalidDefinition."""
    if not rehearse:
        return rehearse
    from ropewalk.app import read_script

    text = text_of(rehearse, folder)
    read_script(text, rehearse)
    return text


def _detach(context: CommandContext, ropewalk: Ropewalk, run: str, taped: dict[str, str]) -> int:
    """The values of secret inputs go to the process in the background by its standard input."""
    from ropewalk.app import spare_child

    held = ropewalk.engine.vault.of(run)
    log = ropewalk.home / "drive" / f"{run}.log"
    log.parent.mkdir(exist_ok=True)
    store = ["--store", context.store] if context.store else []
    argv = [sys.executable, "-m", "ropewalk", "drive", run, "-C", str(context.folder), *store]
    argv += ["-i", "@-"] if held else []
    environment = {**os.environ, **{f"ROPEWALK_{key.upper()}": folder for key, folder in taped.items()}}
    with log.open("wb") as file:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE if held else subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            env=environment,
            start_new_session=True,
            close_fds=True,
        )
    spare_child(process.pid)
    if process.stdin is not None:
        with process.stdin as pipe:
            pipe.write(msgspec.json.encode(held))
    context.screen.give({"run": run, "status": "pending"})
    context.screen.line(run)
    return exits.COMPLETED


RUN = Verb(
    "run",
    "Start a run and drive it to its end",
    perform,
    WORKFLOW,
    Option(
        "--input -i",
        INPUT,
        "many",
        metavar="NAME=VALUE",
    ),
    Option("--fact", "Something that is known from the start.", "many", metavar="NAME=VALUE"),
    Option("--assume", "The value of every fact that nobody has set.", "text", choices=("true", "false")),
    Option("--approve-all", "Agree to everything that is asked; on record as yours."),
    Option(
        "--rehearse",
        "Let the rehearsal agent play every role, by a script or without one.",
        "maybe",
        metavar="SCRIPT.yaml",
    ),
    Option("--record", "Put each attempt of a real agent on tape in this folder.", "text", metavar="FOLDER"),
    Option("--replay", "Play such tapes instead of asking the agents.", "text", metavar="FOLDER"),
    Option("--parallel -p", "At most so many attempts at once.", "whole"),
    Option("--sequential", "One step at a time, in written order."),
    Option("--detach -d", "Drive it in the background; print the run's id and return."),
    Option("--wait", "Stay while people are asked, until the run ends."),
    Option("--with-changes", "Take uncommitted changes of the repository along."),
    Option("--label", "A label to find the run by.", "many", metavar="NAME=VALUE"),
    *OPTIONS,
    more=MORE,
)
