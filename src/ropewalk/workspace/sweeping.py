"""Take away what is left of a run's folders, each only once what it holds is proved to be kept elsewhere.

May be cut short anywhere and done again: first the ref, then the folder; what cannot be kept stays where it is.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from pathlib import Path

from ropewalk.errors import RopewalkError
from ropewalk.workspace.attempt_folders import AttemptFolders, discard, index_of, make, note_of, remove_folder
from ropewalk.workspace.cleanup import ATTEMPT
from ropewalk.workspace.commits import read_header, write_commit
from ropewalk.workspace.gathering import Caps, GatherOptions, present
from ropewalk.workspace.git import Git
from ropewalk.workspace.harvest import harvest
from ropewalk.workspace.names import attempt_name, base_ref, run_refs, slug
from ropewalk.workspace.port import AttemptId
from ropewalk.workspace.repository import commit_of
from ropewalk.workspace.settling import settle, unmark

_UNDER_WAY_SECONDS = 3600.0
_UNSEEN = "its attempt was cut off, and had been given secrets that it may have written down; look, then remove the folder"


async def sweep(git: Git, places: AttemptFolders, run: str, caps: Caps) -> tuple[str, ...]:
    """Remove the folders of one run, and nothing of another's. Gives those that have to stay, each with the reason."""
    home = places.folder(slug(run), "")
    stay: list[str] = []
    for folder in await asyncio.to_thread(_folders, home):
        if not await asyncio.to_thread(places.owning.may_remove, folder):
            stay.append(f"{folder}: another driver may be at work in it")
            continue
        named = ATTEMPT.fullmatch(folder.name)
        if named is None or not await asyncio.to_thread(index_of(folder).is_file):
            await asyncio.to_thread(discard, folder)
            continue
        scratch = places.scratch(slug(run))
        try:
            why = await _kept(
                git, folder, scratch, caps, run, f"{named['step']}/{named['try']}", named["aside"] or ""
            )
        except (RopewalkError, OSError) as error:
            why = str(error)
        finally:
            await asyncio.to_thread(remove_folder, scratch)
        if why:
            stay.append(f"{folder}: {why}")
        else:
            await asyncio.to_thread(discard, folder)
    await asyncio.to_thread(unmark, git.objects, time.time() - _UNDER_WAY_SECONDS)
    if not stay:
        await asyncio.to_thread(remove_folder, home)
    return tuple(stay)


def cut_off(places: AttemptFolders, spot: AttemptId) -> list[str]:
    """Folders of earlier attempts of a step that were given secrets, and that nobody works in any more."""
    tried = f"{slug(spot.step)}.{spot.round}."
    return [
        str(folder)
        for folder in _folders(places.folder(slug(spot.run), ""))
        if folder.name.startswith(tried)
        and folder.name != attempt_name(spot)
        and ATTEMPT.fullmatch(folder.name)
        and note_of(folder).secret
        and places.owning.may_remove(folder)
    ]


def _folders(home: Path) -> list[Path]:
    if not home.is_dir():
        return []
    return sorted(Path(entry.path) for entry in os.scandir(home) if entry.is_dir(follow_symlinks=False))


async def _kept(git: Git, folder: Path, scratch: Path, caps: Caps, run: str, attempt: str, aside: str) -> str:
    """See to it that a commit holds what is in a folder. Gives why that cannot be, or nothing."""
    note = await asyncio.to_thread(note_of, folder)
    if note.secret:
        return _UNSEEN
    index = scratch / "began"
    await asyncio.to_thread(shutil.copy2, index_of(folder), index)
    git = git.aside(scratch)
    inside = git.at(folder, index)
    began = (await inside.run("write-tree", "--missing-ok")).decode().strip()
    also = await asyncio.to_thread(lambda: present(folder, note.declared))
    crop = await harvest(inside, began, index_of(folder), make(scratch / "look"), GatherOptions(caps, also))
    ref = f"{run_refs(run)}{attempt}"
    if crop.changes:
        commit = await commit_of(git, ref)
        if not commit or (await read_header(git, commit)).tree != crop.tree:
            parent = commit or await commit_of(git, base_ref(run))
            await _keep(git, f"{ref}.left{aside.replace('~', '.')}", crop.tree, parent, run, attempt)
    return "; ".join(crop.lost)


async def _keep(git: Git, ref: str, tree: str, parent: str, run: str, attempt: str) -> None:
    parents = [parent] if parent else []
    at = (await read_header(git, parent)).at if parent else 0
    trailers = {"Ropewalk-Run": run, "Ropewalk-Attempt": attempt, "Ropewalk-Status": "left"}
    commit = await write_commit(git.lazily(), tree, parents, at, f"What was left of {attempt}", trailers)
    await settle(git, {ref: commit}, parents)
