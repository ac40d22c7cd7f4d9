"""`ropewalk artifacts`: the files that a run made: their list, one of them, or all of them into a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ropewalk.app import State, artifact_rows
from ropewalk.cli import exits
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.here import Here
from ropewalk.cli.screen import one_line
from ropewalk.errors import UsageError

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk
    from ropewalk.app.results import RunFiles


async def perform(here: Here, run: str, path: str | None, out: str | None) -> int:
    """List, print or copy."""
    from ropewalk.app.results import run_files

    async with here.ropewalk() as ropewalk:
        state = await ropewalk.engine.fold(await here.find(ropewalk, run))
        found = await run_files(ropewalk, state)
        if path is not None:
            return await _print(here, ropewalk, state, found, path)
        if out is not None:
            return await _copy(here, ropewalk, state, found, here.folder / out)
    rows = artifact_rows(found.made.values())
    here.screen.give({"artifacts": rows})
    shown = [(one.path, one.size, one.step, one.digest[:12]) for one in rows]
    here.screen.table(("artifact", "bytes", "step", "sha256"), shown, 0)
    here.screen.line(
        f"`ropewalk artifacts {state.run} PATH` prints one." if rows else "The run has made no files."
    )
    return exits.COMPLETED


async def _print(here: Here, ropewalk: Ropewalk, state: State, found: RunFiles, path: str) -> int:
    from ropewalk.app.results import file_content, workspace_of

    if path not in found.made:
        from difflib import get_close_matches

        near = get_close_matches(path, found.made, n=1)
        hint = f"did you mean {near[0]}?" if near else f"`ropewalk artifacts {state.run}` lists them"
        raise UsageError(what=f"Run {state.run} has made no {path}", hint=hint)
    data = await file_content(ropewalk, state, found, path)
    if data is None:
        leads = await workspace_of(ropewalk, state).link(found.made[path].artifact.commit, path)
        where = (leads or b"").decode("utf-8", "replace")
        raise UsageError(
            what=f"{path} is a link to {where}", hint="print what it leads to, if the run made that"
        )
    here.screen.raw(data)
    return exits.COMPLETED


async def _copy(here: Here, ropewalk: Ropewalk, state: State, found: RunFiles, out: Path) -> int:
    """Files as files, links as links; a link that would lead out of the folder, and a submodule, are told and left out."""
    from ropewalk.app.results import file_content, workspace_of

    _room(out, list(found.made))
    workspace, left_out, links = workspace_of(ropewalk, state), [], {}
    for path, one in found.made.items():
        if not one.artifact.digest:
            left_out.append(f"{path} is a submodule")
            continue
        data = await file_content(ropewalk, state, found, path)
        if data is not None:
            _write(out / path, data)
        else:
            links[path] = os.fsdecode(await workspace.link(one.artifact.commit, path) or b"")
    # Last: through a link that is there already a file, or another link, might come to lie elsewhere.
    left_out += [
        f"{path} is a link to {leads}, which leads out of the folder" for path, leads in _link(out, links)
    ]
    written = [path for path in found.made if (out / path).is_symlink() or (out / path).exists()]
    here.screen.give({"folder": str(out), "files": written, "left_out": left_out})
    here.screen.line(f"{len(written)} file(s) in {out}")
    for why in left_out:
        here.screen.line(f"  left out: {one_line(why)}")
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
    Option("--out", "Copy all of them into this folder.", "text", metavar="FOLDER", complete="file"),
    reads=True,
)
