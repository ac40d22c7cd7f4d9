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

from ropewalk.app import AskOpened, Base, Ropewalk, shown_content
from ropewalk.errors import UsageError


async def content(ropewalk: Ropewalk, run: str, opened: AskOpened, path: str) -> bytes | None:
    """What a file that is shown with an ask says; None when it is not there."""
    return await shown_content(ropewalk, await ropewalk.engine.fold(run), opened, path)


async def at(ropewalk: Ropewalk, run: str, base: dict[str, object], commit: str, path: str) -> bytes | None:
    """A file of a run as of a commit."""
    revision = msgspec.convert(base, Base) if base else Base(root=str(ropewalk.folder))
    return await ropewalk.workspace(run, revision, {}).read(commit, path)


async def edited(ropewalk: Ropewalk, run: str, opened: AskOpened) -> dict[str, bytes]:
    """Every file that is shown and was written by the step, after the editor: those that were changed. Raises UsageError when
    none was."""
    changed: dict[str, bytes] = {}
    for artifact in opened.show:
        if not artifact.digest:
            continue  # It is shown as the step found it, and is not the step's to amend.
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
