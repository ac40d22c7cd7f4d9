"""Bring new objects to the disk in one go, before a ref names them: a ref that outlives a power cut leads to whole commits.

Writing many objects and then flushing them costs a fraction of flushing each as it is written.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence

from ropewalk.workspace.git import Git


async def flush(git: Git, new: str, known: Sequence[str], blobs: bool = True) -> None:
    """Flush what `new` has and none of `known` has; without `blobs` only its trees and commits."""
    kinds = () if blobs else ("--filter=blob:none",)
    lines = f"{new}\n" + "".join(f"^{commit}\n" for commit in known if commit)
    argv = ("rev-list", "--objects", "--no-object-names", *kinds, "--stdin")
    out = await git.run(*argv, stdin=lines.encode())
    await asyncio.to_thread(_flush, git.objects, out.decode().split())


def _flush(objects: str, oids: Sequence[str]) -> None:
    folders = set()
    for oid in oids:
        folder = os.path.join(objects, oid[:2])
        if _synced(os.path.join(folder, oid[2:])):
            folders.add(folder)
    for folder in folders:
        _synced(folder)


def _synced(place: str) -> bool:
    try:
        handle = os.open(place, os.O_RDONLY)
    except FileNotFoundError:
        return False  # It lies in a pack, which git flushed when it wrote it.
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return True
