"""One commit in place of all that a run adds to a branch: the user is its author, and a ref of the run keeps it.

By that ref a landing that was cut short is found again: the branch holds nothing else of the run, so merging once more would
offer it the same changes as new ones.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from ropewalk.workspace.commits import WHO, read_header, write_commit
from ropewalk.workspace.git import Git
from ropewalk.workspace.names import squashed_prefix, squashed_ref
from ropewalk.workspace.port import Base, Merged
from ropewalk.workspace.repository import commit_of
from ropewalk.workspace.settling import settle

_IDENTITY = re.compile(r"([^<>\n]+ <[^<>\n]+>) \d+ [+-]\d{4}\n?")


async def squash(git: Git, run: str, base: Base, merged: Merged, message: str) -> Merged:
    """The same files as one commit on what the base saw of its target; nothing new where these are its files already."""
    parent = base.seen or base.commit
    if await _tree_of(git, parent) == merged.tree:
        return Merged(parent, merged.tree, (), merged.applied)
    at = (await read_header(git, merged.commit)).at
    trailers = {"Ropewalk-Run": run}
    author = await _author(git)
    commit = await write_commit(git, merged.tree, [parent], at, message, trailers, author=author)
    await settle(git, {squashed_ref(run, commit): commit}, (merged.commit, parent))
    return Merged(commit, merged.tree, (), merged.applied)


async def squashed(git: Git, run: str, base: Base, target: str) -> tuple[Base, Merged] | None:
    """The newest of such commits of a run that the target holds, and the base as it was when that was made."""
    stands = await commit_of(git, f"refs/heads/{target}")
    if not stands:
        return None
    how = (f"--merged={stands}", "--sort=-committerdate", "--count=1", "--format=%(objectname)")
    commit = (await git.run("for-each-ref", *how, squashed_prefix(run))).decode().strip()
    if not commit:
        return None
    parent = await commit_of(git, f"{commit}^")
    return replace(base, commit=parent, seen=parent), Merged(commit, await _tree_of(git, commit))


async def _tree_of(git: Git, commit: str) -> str:
    return (await git.run("rev-parse", "--verify", f"{commit}^{{tree}}")).decode().strip()


async def _author(git: Git) -> str:
    """The user as git is set up here, ropewalk where nobody is: a name that git makes up of the host is nobody's."""
    result = await git.call("-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT")
    match = _IDENTITY.fullmatch(result.out.decode(errors="replace")) if result.code == 0 else None
    return match[1] if match else WHO
