"""What ropewalk keeps of past runs in a repository, and how it is let go: one run at a time, and never unlanded work unasked."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Collection
from pathlib import Path

from msgspec import Struct

from ropewalk.errors import WorkspaceError
from ropewalk.workspace.attempt_folders import discard, is_whole, remove_folder
from ropewalk.workspace.git import Git
from ropewalk.workspace.landing import branch_of
from ropewalk.workspace.names import run_refs, slug
from ropewalk.workspace.owned import Owning
from ropewalk.workspace.repository import commit_of

_OURS = "refs/heads/ropewalk/"
ATTEMPT = re.compile(r"(?P<step>[^.].*)\.(?P<try>\d+\.\d+)(?P<aside>~\d+)?")
"""The name of an attempt's folder; `aside`: another one took its place."""
SHELVES = ("none", "readers", "judges")
"""Folders of single attempts, next to the files of a run that is not in git."""


class HeldRun(Struct, frozen=True, omit_defaults=True):
    """What is kept of a run: its attempts' refs, its branch, its folders; `at` is its newest commit, in unix seconds.

    `landed`: the result is part of some other branch, here or at a remote.
    """

    run: str
    refs: tuple[str, ...] = ()
    branch: str = ""
    commit: str = ""
    landed: bool = False
    at: int = 0
    folders: tuple[str, ...] = ()


async def held(git: Git, places: Path) -> list[HeldRun]:
    """Every run of which something is kept, by name."""
    form = "--format=%(objectname) %(committerdate:unix) %(refname)"
    out = await git.run("for-each-ref", form, "refs/ropewalk/", _OURS)
    refs: dict[str, list[str]] = {}
    branches: dict[str, str] = {}
    newest: dict[str, int] = {}
    for line in out.decode(errors="replace").splitlines():
        commit, at, name = line.split(" ", 2)
        run = name.removeprefix(_OURS) if name.startswith(_OURS) else name.split("/")[2]
        refs.setdefault(run, [])
        newest[run] = max(newest.get(run, 0), int(at or 0))
        if name.startswith(_OURS):
            branches[run] = commit
        else:
            refs[run].append(name)
    folders = await asyncio.to_thread(run_folders, places)
    return [
        HeldRun(
            run,
            tuple(refs.get(run, ())),
            _OURS.removeprefix("refs/heads/") + run if run in branches else "",
            branches.get(run, ""),
            bool(run in branches and await is_landed(git, branches[run])),
            newest.get(run, 0),
            folders.get(run, ()),
        )
        for run in sorted({*refs, *folders})
    ]


def run_folders(places: Path) -> dict[str, tuple[str, ...]]:
    """Of each run the folders that are there."""
    if not places.is_dir():
        return {}
    return {
        run.name: tuple(
            sorted(entry.path for entry in os.scandir(run) if entry.is_dir(follow_symlinks=False))
        )
        for run in places.iterdir()
        if run.is_dir()
    }


def folders_kept(places: Path, run: str, under_way: Collection[str] = ()) -> list[str]:
    """The folders of a run's attempts that stayed as they hold what may be kept nowhere else, by name; not those of
    attempts `under_way`.
    """
    home = places / slug(run)
    if not home.is_dir():
        return []
    folders = [Path(entry.path) for entry in os.scandir(home) if entry.is_dir(follow_symlinks=False)]
    return sorted(
        str(folder)
        for folder in folders
        if ATTEMPT.fullmatch(folder.name) and is_whole(folder) and folder.name not in under_way
    )


def runs_with_folders(state: Path) -> list[str]:
    """The runs that have folders of single attempts next to their files."""
    runs = state / "runs"
    if not runs.is_dir():
        return []
    return [run.name for run in runs.iterdir() if any((run / shelf).is_dir() for shelf in SHELVES)]


async def is_landed(git: Git, commit: str) -> bool:
    """Whether a branch that is not ropewalk's own contains a commit."""
    names = ("refs/heads/", "refs/remotes/")
    out = await git.run("for-each-ref", f"--contains={commit}", "--format=%(refname)", *names)
    return any(not line.startswith(_OURS) for line in out.decode(errors="replace").splitlines())


async def may_go(git: Git, run: str, unlanded: bool) -> None:
    """WorkspaceError when a run's result has not landed, unless `unlanded` work is given up too."""
    result = "" if unlanded else await commit_of(git, f"refs/heads/{branch_of(run)}")
    if not unlanded and (not result or not await is_landed(git, result)):
        reason = "its result has not landed; land it first, or say that unlanded work may go"
        raise WorkspaceError(place=run, reason=reason)


async def forget(git: Git, run: str, unlanded: bool = False) -> tuple[str, ...]:
    """Let go of a run's refs and branch in one transaction; gives their names. Raises WorkspaceError as `may_go` does."""
    await may_go(git, run, unlanded)
    out = await git.run("for-each-ref", "--format=%(objectname) %(refname)", run_refs(run))
    lines = [line.split(" ", 1) for line in out.decode().splitlines()]
    branch = f"refs/heads/{branch_of(run)}"
    result = await commit_of(git, branch)
    if result:
        lines.append([result, branch])
    doomed = "".join(f"delete {name} {commit}\n" for commit, name in lines)
    if doomed:
        await git.run("update-ref", "--stdin", stdin=doomed.encode())
    return tuple(name for _, name in lines)


async def drop(state: Path, run: str, owning: Owning) -> None:
    """Remove the folders of one run, whatever is in them, and nothing of another's. What a driver that is seen to live has
    its mark on stays: then the run is not over for everybody.
    """
    places, rest = state / "folders" / slug(run), state / "runs" / slug(run)
    await asyncio.to_thread(drop_folders, places, owning, long_over=True)
    shelves = [
        await asyncio.to_thread(drop_folders, rest / shelf, owning, long_over=True) for shelf in SHELVES
    ]
    if all(shelves):
        await asyncio.to_thread(remove_folder, rest)


def drop_folders(home: Path, owning: Owning, *, long_over: bool = False) -> bool:
    """Remove the attempts' folders in `home`, and it; False when one stays that another driver may be at work in."""
    if not home.is_dir():
        return True
    folders = [path for path in home.iterdir() if path.is_dir()]
    held = {path for path in folders if not owning.may_remove(path, long_over=long_over)}
    if not held:
        remove_folder(home)
        return True
    for folder in folders:
        if folder not in held:
            discard(folder)
    return False
