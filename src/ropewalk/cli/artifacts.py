"""`ropewalk artifacts`: the files that a run made: their list, one of them, or all of them into a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ropewalk.app import State, artifact_rows
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.screen import one_line
from ropewalk.errors import UsageError

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk
    from ropewalk.app.results import RunFiles

_ALWAYS = 4
"""So many columns of the list are always shown."""


async def perform(context: CommandContext, run: str, path: str | None, out: str | None, changes: bool) -> int:
    """List, print, compare or copy."""
    from ropewalk.app.results import run_files

    if changes and path is None:
        hint = "name a file, or use `ropewalk diff RUN --files` for all of them"
        raise UsageError(what="`--diff` compares one file", hint=hint)
    async with context.ropewalk() as ropewalk:
        state = await ropewalk.engine.fold(await context.find(ropewalk, run))
        files = await run_files(ropewalk, state)
        if path is not None and changes:
            return await _compare(context, ropewalk, state, files, path)
        if path is not None:
            return await _print(context, ropewalk, state, files, path)
        if out is not None:
            return await _copy(context, ropewalk, state, files, context.folder / out)
    rows = artifact_rows(files.made.values())
    context.screen.give({"artifacts": rows})
    shown = [
        (row.path, row.size, row.step, row.digest[:12], ", ".join(row.sources), row.amended_by)
        for row in rows
    ]
    heads = ("artifact", "bytes", "step", "sha256", "from", "amended by")
    # A column that is empty for all of them says nothing.
    kept = [column for column in range(len(heads)) if column < _ALWAYS or any(row[column] for row in shown)]
    lines = [tuple(row[column] for column in kept) for row in shown]
    context.screen.table(tuple(heads[column] for column in kept), lines, 0)
    context.screen.line(
        f"`ropewalk artifacts {state.run} PATH` prints one." if rows else "The run has made no files."
    )
    return exits.COMPLETED


async def _print(
    context: CommandContext, ropewalk: Ropewalk, state: State, files: RunFiles, path: str
) -> int:
    from ropewalk.app.results import file_content, workspace_of

    _demand(state, files, path)
    data = await file_content(ropewalk, state, files, path)
    if data is None:
        leads = await workspace_of(ropewalk, state).link(files.made[path].artifact.commit, path)
        where = (leads or b"").decode("utf-8", "replace")
        raise UsageError(
            what=f"{path} is a link to {where}", hint="print what it leads to, if the run made that"
        )
    context.screen.raw(data)
    return exits.COMPLETED


def _demand(state: State, files: RunFiles, path: str) -> None:
    if path not in files.made:
        from difflib import get_close_matches

        near = get_close_matches(path, files.made, n=1)
        hint = f"did you mean {near[0]}?" if near else f"`ropewalk artifacts {state.run}` lists them"
        raise UsageError(what=f"Run {state.run} has made no {path}", hint=hint)


async def _compare(
    context: CommandContext, ropewalk: Ropewalk, state: State, files: RunFiles, path: str
) -> int:
    """What the run changed in a file, as `git apply` takes it."""
    from ropewalk.app.results import workspace_of

    _demand(state, files, path)
    base, commit = state.base.get("commit", ""), files.made[path].artifact.commit
    if not base or not commit:
        hint = f"`ropewalk artifacts {state.run} {path}` prints it"
        raise UsageError(what=f"There is nothing to compare {path} with: it is not in git", hint=hint)
    patch = await workspace_of(ropewalk, state).diff(base, commit, path)
    context.screen.give({"base": base, "commit": commit, "patch": patch.decode("utf-8", "replace")})
    if not context.screen.json:
        context.screen.raw(patch)
    return exits.COMPLETED


async def _copy(context: CommandContext, ropewalk: Ropewalk, state: State, files: RunFiles, out: Path) -> int:
    """Files as files, links as links; a link that would lead out of the folder, and a submodule, are told and left out."""
    from ropewalk.app.results import file_content, workspace_of

    _room(out, list(files.made))
    workspace, left_out, links = workspace_of(ropewalk, state), [], {}
    for path, file in files.made.items():
        if not file.artifact.digest:
            left_out.append(f"{path} is a submodule")
            continue
        data = await file_content(ropewalk, state, files, path)
        if data is not None:
            _write(out / path, data)
        else:
            links[path] = os.fsdecode(await workspace.link(file.artifact.commit, path) or b"")
    # Last: through a link that is there already a file, or another link, might come to lie elsewhere.
    left_out += [
        f"{path} is a link to {leads}, which leads out of the folder" for path, leads in _link(out, links)
    ]
    written = [path for path in files.made if (out / path).is_symlink() or (out / path).exists()]
    context.screen.give({"folder": str(out), "files": written, "left_out": left_out})
    context.screen.line(f"{len(written)} file(s) in {out}")
    for why in left_out:
        context.screen.line(f"  left out: {one_line(why)}")
    return exits.COMPLETED


def _link(out: Path, links: dict[str, str]) -> list[tuple[str, str]]:
    """Make the links; gives those that lead out of the folder, by themselves or by way of others, and are not there."""
    top, made = out.resolve(), set()
    for path, leads in links.items():
        place = out / path
        if place.parent.resolve().is_relative_to(top):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(leads)
            made.add(path)
    lead_out = [path for path in links if path not in made or not _ends(out / path).is_relative_to(top)]
    for path in lead_out:
        if path in made:
            (out / path).unlink()
    return [(path, links[path]) for path in lead_out]


def _ends(place: Path) -> Path:
    """Where it leads; one that leads round in a circle leads nowhere, and stays where it is."""
    try:
        return place.resolve()
    except RuntimeError:
        return place.parent.resolve()


def _room(out: Path, paths: list[str]) -> None:
    """Nothing is written over, and nothing next to the folder."""
    top = out.resolve()
    for path in paths:
        if not (out / path).resolve().is_relative_to(top):
            raise UsageError(what=f"{path} leads out of the folder", hint="print it by itself instead")
        if (out / path).exists():
            raise UsageError(what=f"{out / path} is there already", hint="name an empty folder")


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


ARTIFACTS = Verb(
    "artifacts",
    "List the files that a run made, or print one",
    perform,
    Argument("run", "a run's id or its beginning, or `last`", complete="run"),
    Argument("path", "print this one", required=False),
    Option("--diff", "Print what the run changed in it, for `git apply`.", name="changes"),
    Option("--out", "Copy all of them into this folder.", "text", metavar="FOLDER", complete="file"),
    reads=True,
)
