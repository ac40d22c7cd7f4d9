"""Bring what was made apart into a repository, and let refs name it, in an order in which nobody's clean-up can take it.

New objects are written to a store of our own. They reach the repository as one pack that is marked to be kept until a ref
names what is in it: so `git gc --prune=now`, `git prune` and `git repack -ad` of the user may run at any moment.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from ropewalk.workspace.flush import flush
from ropewalk.workspace.git import Git

_MARK = b"ropewalk: until a ref names it\n"
_PARTS = (".pack", ".rev", ".idx")  # Git looks for the index: it comes last.
_serial = itertools.count()


async def settle(git: Git, refs: Mapping[str, str], known: Sequence[str] = (), blobs: bool = True) -> None:
    """Make refs name commits. `known` are commits that other refs keep; what they have is there already.

    On a git that writes straight into its repository the new objects are flushed; then `blobs` says whether blobs were
    not yet.
    """
    lines = "".join(f"update {name} {commit}\n" for name, commit in refs.items()).encode()
    new = [commit for commit in dict.fromkeys(refs.values()) if commit not in known]
    if not git.apart:
        for commit in new:
            await flush(git, commit, known, blobs=blobs)
        await git.run("update-ref", "--stdin", stdin=lines)
        return
    pack = await _packed(git, new, known) if new else None
    keep = await asyncio.to_thread(_bring, pack, Path(git.objects, "pack")) if pack else None
    try:
        await git.home().run("update-ref", "--stdin", stdin=lines)
    finally:
        if keep is not None:
            keep.unlink(missing_ok=True)


async def _packed(git: Git, new: Sequence[str], known: Sequence[str]) -> Path | None:
    """One pack, in the store apart, with all that the new commits have and the known ones have not."""
    wanted = "".join(f"{commit}\n" for commit in new) + "".join(f"^{commit}\n" for commit in known if commit)
    stem = os.path.join(git.apart, "pack", "pack")
    argv = ("pack-objects", "--revs", "--non-empty", "--delta-base-offset", "-q", stem)
    name = (await git.run(*argv, stdin=wanted.encode())).decode().strip()
    return Path(f"{stem}-{name}") if name else None


def _bring(pack: Path, folder: Path) -> Path:
    """The pack as one of the repository's, with a mark next to it by which git leaves it alone."""
    folder.mkdir(exist_ok=True)
    keep = folder / f"{pack.name}.keep"
    keep.write_bytes(_MARK)
    for part in _PARTS:
        source = pack.with_name(pack.name + part)
        if source.exists():
            _put(source, folder / source.name)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return keep


def _put(source: Path, target: Path) -> None:
    draft = target.with_name(f"ropewalk-{os.getpid()}-{next(_serial)}")  # Git prunes what it calls `tmp_…`.
    try:
        os.link(source, draft)
    except OSError:
        shutil.copyfile(source, draft)
        os.chmod(draft, 0o444)
    with open(draft, "rb") as file:
        os.fsync(file.fileno())
    os.replace(draft, target)


def unmark(objects: str, older_than: float) -> None:
    """Take away marks that a process left which was killed before a ref was there: git may then collect those packs."""
    for mark in Path(objects, "pack").glob("pack-*.keep"):
        try:
            if mark.stat().st_mtime < older_than and mark.read_bytes() == _MARK:
                mark.unlink()
        except FileNotFoundError:
            continue
