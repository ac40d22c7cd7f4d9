"""A person's better version of an artifact: what it says now, edited in the person's own editor."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

import msgspec

from ropewalk.app import AskOpened, Base, Ropewalk
from ropewalk.errors import UsageError


async def content(ropewalk: Ropewalk, run: str, opened: AskOpened, path: str) -> bytes | None:
    """What a file that is shown with an ask says; None when it is not there."""
    state = await ropewalk.engine.fold(run)
    artifact = next((file for file in opened.show if file.path == path), None)
    result = state.steps[opened.step].result
    commit = (artifact.commit if artifact is not None else "") or (
        result.commit if result is not None else ""
    )
    return await at(ropewalk, run, state.base, commit, path)


async def at(ropewalk: Ropewalk, run: str, base: dict[str, object], commit: str, path: str) -> bytes | None:
    """A file of a run as of a commit."""
    revision = msgspec.convert(base, Base) if base else Base(root=str(ropewalk.folder))
    return await ropewalk.workspace(run, revision, {}).read(commit, path)


async def edited(ropewalk: Ropewalk, run: str, opened: AskOpened) -> dict[str, bytes]:
    """Every file that is shown, after the editor: those that were changed. Raises UsageError when none was."""
    changed: dict[str, bytes] = {}
    for artifact in opened.show:
        before = await content(ropewalk, run, opened, artifact.path) or b""
        after = await asyncio.to_thread(edit, before, Path(artifact.path).name)
        if after != before:
            changed[artifact.path] = after
    if not changed:
        raise UsageError(what="Nothing was changed", hint="approve it as it is, or edit it and save")
    return changed


def edit(before: bytes, name: str) -> bytes:
    """The bytes after a person has edited them. Raises UsageError when no editor can be started."""
    settings = (os.environ.get(variable, "").strip() for variable in ("VISUAL", "EDITOR"))
    editor = next(filter(None, settings), "") or _some()
    with tempfile.TemporaryDirectory(prefix="ropewalk-") as folder:
        path = Path(folder) / name
        path.write_bytes(before)
        try:
            ended = subprocess.run([*shlex.split(editor), str(path)], check=False)
        except (OSError, ValueError) as error:
            raise UsageError(
                what=f"{editor} cannot be started", hint="set EDITOR, or use --file or --text"
            ) from error
        if ended.returncode:
            raise UsageError(
                what=f"{editor} ended with exit code {ended.returncode}", hint="nothing was answered"
            )
        try:
            return path.read_bytes()
        except OSError as error:
            raise UsageError(what=f"{editor} left no {name}", hint="nothing was answered") from error


def _some() -> str:
    for name in ("nano", "vim", "vi"):
        if shutil.which(name):
            return name
    raise UsageError(what="There is no editor", hint="set EDITOR, or use --file or --text")
