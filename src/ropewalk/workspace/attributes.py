"""The `.gitattributes` of what a run started from, laid out for git to read while it merges.

So `merge=union` and the like hold as the user wrote them, and no step changes by its own attributes how it is merged.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from ropewalk.workspace.attempt_folders import make, remove_folder
from ropewalk.workspace.commits import read_objects
from ropewalk.workspace.git import Git

_NAME = b".gitattributes"
_NO_NAMES = {b"", b".", b".."}
"""A tree that nobody checked may hold them; no checkout has such a path, so nothing is laid out for it."""


async def attributes_at(git: Git, home: Path, commit: str) -> Path:
    """A folder under `home` with these files alone; one folder serves every commit that has none."""
    out = await git.run("ls-tree", "-r", "-z", "--full-tree", commit)
    paths: list[bytes] = []
    oids: list[bytes] = []
    for line in out.split(b"\0")[:-1]:
        info, _, path = line.partition(b"\t")
        mode, _, oid = info.split(b" ")
        *folders, name = path.split(b"/")
        if name == _NAME and mode.startswith(b"100") and _NO_NAMES.isdisjoint(folders):
            paths.append(path)
            oids.append(oid)
    if not paths:
        return await asyncio.to_thread(make, home / "none")
    folder = home / commit
    if not folder.is_dir():
        contents = [entry[2] if entry else b"" for entry in await read_objects(git, oids)]
        await asyncio.to_thread(_lay_out, folder, paths, contents)
    return folder


def _lay_out(folder: Path, paths: Sequence[bytes], contents: Sequence[bytes]) -> None:
    draft = make(folder.with_name(f".{folder.name}-{os.urandom(6).hex()}"))
    for path, content in zip(paths, contents, strict=True):
        place = os.path.join(os.fsencode(draft), path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(content)
    try:
        os.rename(draft, folder)
    except OSError:
        if not folder.is_dir():  # Somebody else laid out the same.
            raise
    remove_folder(draft)
