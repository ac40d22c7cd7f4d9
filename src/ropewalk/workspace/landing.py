"""Move branches: the run's own to its result, and the target to it by compare-and-swap.

A branch moves only from where it was seen to stand, and only forward. What is checked out belongs to its user.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from msgspec.structs import replace

from ropewalk.errors import CheckoutInTheWay, TargetCheckedOut, TargetRewritten, WorkspaceError
from ropewalk.workspace.git import Git
from ropewalk.workspace.names import BRANCHES, listed, show_path, slug
from ropewalk.workspace.port import Base
from ropewalk.workspace.private import BRANCH, write_back
from ropewalk.workspace.repository import (
    Repository,
    check_branch,
    checked_out_in,
    commit_of,
    discover,
    standing,
)


def branch_of(run: str) -> str:
    """The branch that holds a run's result."""
    return f"{BRANCHES}/{slug(run)}"


async def publish(repository: Repository, run: str, commit: str) -> str:
    """Point the run's branch at a commit. TargetCheckedOut when somebody has it checked out elsewhere in its history."""
    git, branch = repository.git, branch_of(run)
    stands = await commit_of(git, f"refs/heads/{branch}")
    if stands == commit:
        return branch
    place = await checked_out_in(repository, branch) if stands else ""
    if place:
        raise TargetCheckedOut(target=branch, place=place, commit=commit)
    await git.run("update-ref", "-m", "ropewalk: result of the run", f"refs/heads/{branch}", commit)
    return branch


async def land(repository: Repository, base: Base, commit: str, target: str, follow: bool) -> str | None:
    """Move the target to the commit and give where it stood; None when that is not where the base saw it."""
    git = repository.git
    await check_branch(git, target)
    stands = await commit_of(git, f"refs/heads/{target}")
    seen = base.seen if target == base.target else ""
    if stands == commit and not base.private:
        return seen
    if stands != seen and stands != commit:
        return None
    if seen and not await _contains(git, commit, seen):
        raise WorkspaceError(place=target, reason=f"{commit} does not contain {seen}, where {target} stands")
    if base.private and target == BRANCH:
        return seen if await _into_folder(repository, seen, commit, target) else None
    place = await checked_out_in(repository, target)
    if place and not follow:
        raise TargetCheckedOut(target=target, place=place, commit=commit)
    landed = _follow(target, place, commit) if place else _swap(repository, target, commit, seen)
    return seen if await landed else None


async def _swap(repository: Repository, target: str, commit: str, seen: str) -> bool:
    """Compare and swap; False when another value stands there."""
    git, name = repository.git, f"refs/heads/{target}"
    argv = ("update-ref", "-m", "ropewalk: land", name, commit, seen or repository.none)
    result = await git.call(*argv)
    if result.code == 0:
        return True
    if await commit_of(git, name) == seen:
        raise git.failed(argv, result)
    return False


async def _follow(target: str, place: str, commit: str) -> bool:
    """Fast-forward a checkout; git itself refuses when anything of the user's is in the way, also a file that it ignores.
    False when it moved. Raises CheckoutInTheWay."""
    theirs = await discover(Path(place))
    if theirs is None:
        raise WorkspaceError(place=place, reason="the checkout of the target is gone")
    git = theirs.git.at(place)
    argv = (
        "-c",
        "merge.autoStash=false",
        "merge",
        "--ff-only",
        "--no-overwrite-ignore",
        "--no-stat",
        "-q",
        commit,
    )
    result = await git.call(*argv, seconds=600)
    if result.code == 0:
        return True
    head = await commit_of(git, "HEAD")
    if head and not await _contains(git, commit, head):
        return False
    if paths := [line[1:] for line in result.err.split(b"\n") if line.startswith(b"\t")]:
        raise CheckoutInTheWay(target=target, place=place, listed=listed(tuple(map(show_path, paths))))
    raise git.failed(argv[2:], result)


async def in_the_way(folder: Path, made: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """The branch that is checked out around a folder, and what a run from there, its uncommitted changes taken along, could not
    be landed over: these changes, and what nobody committed of the files that the run is to make. ("", ()) where none is."""
    repository = await discover(folder)
    if repository is None or not repository.top:
        return "", ()
    now = await standing(repository)
    return (now.branch, (*now.changed, *await _untracked(repository, made))) if now.branch else ("", ())


async def _untracked(repository: Repository, made: Collection[str]) -> tuple[str, ...]:
    """Those of the names that are files which git does not know, also where it was told to ignore them."""
    top = str(repository.top)
    names = (name.removeprefix("./") for name in made if "\0" not in name)
    files = [name for name in names if name and _is_file(os.path.join(top, name))]
    if not files:
        return ()
    known = await repository.git.at(top).run("ls-files", "-z", "--", *files)
    tracked = set(known.decode("utf-8", "surrogateescape").split("\0"))
    return tuple(name for name in files if name not in tracked)


def _is_file(path: str) -> bool:
    return os.path.lexists(path) and (os.path.islink(path) or not os.path.isdir(path))


async def _into_folder(repository: Repository, seen: str, commit: str, target: str) -> bool:
    """A plain folder: its files first, since they may be written twice, then the branch."""
    if await write_back(repository, seen, commit):
        return False
    if await commit_of(repository.git, f"refs/heads/{target}") == commit:
        return True
    return await _swap(repository, target, commit, seen)


async def refreshed(repository: Repository, base: Base, target: str) -> Base:
    """The base with the commit where the target stands now."""
    git = repository.git
    await check_branch(git, target)
    stands = await commit_of(git, f"refs/heads/{target}")
    if not stands:
        return replace(base, target=target, seen="")
    if base.seen and target == base.target and not await _contains(git, stands, base.seen):
        raise TargetRewritten(target=target, seen=base.seen, branch="ropewalk/<run>")
    return replace(base, commit=stands, target=target, seen=stands)


async def _contains(git: Git, commit: str, other: str) -> bool:
    argv = ("merge-base", "--is-ancestor", other, commit)
    result = await git.call(*argv)
    if result.code not in (0, 1):
        raise git.failed(argv, result)
    return result.code == 0
