"""`weft artifacts`: the files that a run made: their list, one of them, or all of them into a folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from weft.cli import exits
from weft.cli.grammar import Argument, Command, Option
from weft.cli.here import Here
from weft.core.state import State
from weft.core.work import Artifact
from weft.errors import Misused
from weft.observe.summary import listed

if TYPE_CHECKING:
    from weft.app.open import Weft


async def perform(here: Here, run: str, path: str | None, out: str | None) -> int:
    """List, print or copy."""
    async with here.weft() as weft:
        state = await weft.engine.fold(await here.find(weft, run))
        made = last(state)
        if path is not None:
            return await _print(weft, state, made, path)
        if out is not None:
            return await _copy(here, weft, state, made, here.folder / out)
    rows = [(step, one) for one, step in made.values()]
    here.screen.give(
        {
            "artifacts": [
                {"path": one.path, "step": step, "digest": one.digest, "size": one.size, "commit": one.commit}
                for step, one in rows
            ]
        }
    )
    here.screen.table(
        ("artifact", "bytes", "step", "sha256"),
        [(one.path, one.size, step, one.digest[:12]) for step, one in rows],
        0,
    )
    here.screen.line(
        f"`weft artifacts {state.run} PATH` prints one." if rows else "The run has made no files."
    )
    return exits.COMPLETED


def last(state: State) -> dict[str, tuple[Artifact, str]]:
    """Every file that is there, with the step that wrote it last; its commit is that step's."""
    found: dict[str, tuple[Artifact, str]] = {}
    for st in listed(state):
        for one in st.result.artifacts if st.result is not None else ():
            found.pop(one.path, None)
            if one.change != "deleted":
                commit = one.commit or (st.result.commit if st.result is not None else "")
                found[one.path] = (Artifact(one.path, one.digest, one.size, commit), st.key)
    return found


async def _read(weft: Weft, state: State, one: Artifact) -> bytes:
    from weft.cli.editing import at

    data = await at(weft, state.run, state.base, one.commit, one.path)
    if data is None:
        raise Misused(
            what=f"{one.path} of run {state.run} is no longer kept", mend="the run's folder was cleaned up"
        )
    return data


async def _print(weft: Weft, state: State, made: dict[str, tuple[Artifact, str]], path: str) -> int:
    if path not in made:
        from difflib import get_close_matches

        near = get_close_matches(path, made, n=1)
        mend = f"did you mean {near[0]}?" if near else f"`weft artifacts {state.run}` lists them"
        raise Misused(what=f"Run {state.run} has made no {path}", mend=mend)
    data = await _read(weft, state, made[path][0])
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    return exits.COMPLETED


async def _copy(
    here: Here, weft: Weft, state: State, made: dict[str, tuple[Artifact, str]], out: Path
) -> int:
    _room(out, list(made))
    for one, _ in made.values():
        _write(out / one.path, await _read(weft, state, one))
    here.screen.give({"folder": str(out), "files": list(made)})
    here.screen.line(f"{len(made)} file(s) in {out}")
    return exits.COMPLETED


def _room(out: Path, paths: list[str]) -> None:
    """Nothing is written over, and nothing beside the folder."""
    top = out.resolve()
    for path in paths:
        if not (out / path).resolve().is_relative_to(top):
            raise Misused(what=f"{path} leads out of the folder", mend="print it by itself instead")
        if (out / path).exists():
            raise Misused(what=f"{out / path} is there already", mend="name an empty folder")


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


ARTIFACTS = Command(
    "artifacts",
    "List the files that a run made, or print one",
    perform,
    Argument("run", "a run's id or its beginning, or `last`", complete="run"),
    Argument("path", "print this one", required=False),
    Option("--out", "Copy all of them into this folder.", "text", metavar="FOLDER", complete="file"),
    reads=True,
)
