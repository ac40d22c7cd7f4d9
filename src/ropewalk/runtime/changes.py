"""What a judge is shown of the work: the commit before it, each file that differs and its patch. Bounded, however much was changed."""

from __future__ import annotations

from typing import Final

from ropewalk.core import Artifact, Changes
from ropewalk.workspace.port import Workspace

LONGEST_PATCH: Final = 16_384
"""Bytes of one file's patch; a longer one is left out, as half of a change misleads."""
PATCHES: Final = 65_536
"""Bytes of all patches together."""
_LARGEST_FILE: Final = 262_144
_MOST_TRIES: Final = 100
"""Files whose patch is looked at: each costs a process."""
_LEAST: Final = 128
"""Bytes of a patch of one line; with less left none fits."""
_BINARY: Final = b"\nGIT binary patch\n"


async def changes_between(workspace: Workspace, before: str, base: str, commit: str) -> Changes:
    """What the step itself changed since `before`; where that is nothing, what the run did since `base`."""
    files = await workspace.made(before, commit) if before else ()
    since = before if files else base
    files = files or await workspace.made(base, commit)
    patches: dict[str, str] = {}
    left = PATCHES
    for file in files[:_MOST_TRIES]:
        if left < _LEAST:
            break
        patch = await _patch(workspace, since, commit, file)
        if 0 < len(patch) <= left:
            patches[file.path] = patch.decode("utf-8", "replace")
            left -= len(patch)
    return Changes(since, files, patches, of_run=since != before)


async def _patch(workspace: Workspace, since: str, commit: str, file: Artifact) -> bytes:
    """Nothing for what nobody reads as a patch."""
    if file.change == "deleted" or file.size > _LARGEST_FILE:
        return b""
    patch = await workspace.diff(since, commit, file.path)
    return b"" if len(patch) > LONGEST_PATCH or _BINARY in patch else patch
