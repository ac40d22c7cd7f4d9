"""What a run stands on: the repository (the user's or a private one), and where ropewalk keeps its folders for it.

Those lie outside the user's checkout: where the state folder is inside it, they go into the git directory.
"""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

from msgspec import Struct

from ropewalk.errors import WorkspaceError
from ropewalk.workspace import private
from ropewalk.workspace.git import git_version
from ropewalk.workspace.port import Base
from ropewalk.workspace.repository import Repository, discover


class RepoContext(Struct, frozen=True):
    """A repository, the folder for ropewalk's own files about it, and whether ropewalk made the repository."""

    repository: Repository
    state: Path
    private: bool

    @property
    def places(self) -> Path:
        """Where the folders of attempts are."""
        return self.state / "folders"


async def ground(state: Path, root: Path, alone: bool = False) -> RepoContext:
    """Find the repository of a folder, or make a private one (with `alone`, whatever the folder has become since).

    WorkspaceError when git cannot be used.
    """
    await git_version()
    repository = None if alone else await discover(root)
    if repository is None:
        return RepoContext(await private.repository_for(state / "repositories", root), state, private=True)
    return RepoContext(repository, _outside(state, repository), private=False)


async def ground_of(state: Path, root: Path, base: Base) -> RepoContext:
    """What a run stands on, looked for in its project first: the repository may have been moved since, or copied.

    WorkspaceError when it is neither there nor where it was.
    """
    if base.private:
        return await ground(state, root, alone=True)
    repository = await discover(root) if await asyncio.to_thread(root.is_dir) else None
    if repository is not None and (
        base.root in (repository.top, repository.gitdir) or await _began_in(repository, base.commit)
    ):
        return await ground(state, root)
    before = Path(base.root)
    if not await asyncio.to_thread(before.is_dir) or await discover(before) is None:
        reason = f"the repository of the run is not here, nor at {root}; call ropewalk in the folder where it is now"
        raise WorkspaceError(place=base.root, reason=reason)
    return await ground(state, before)


async def _began_in(repository: Repository, commit: str) -> bool:
    """Whether some run began here from a commit."""
    names = ("--format=%(refname)", f"--points-at={commit}", "refs/ropewalk/")
    result = await repository.git.call("for-each-ref", *names)
    return any(name.endswith(b"/@base") for name in result.out.split())


async def attempts_path(state: Path, root: Path) -> Path:
    """Where the folders of attempts are, or would be; nothing is made."""
    repository = await discover(root)
    return (state if repository is None else _outside(state, repository)) / "folders"


@cache
def _outside(state: Path, repository: Repository) -> Path:
    inside = repository.top and state.resolve().is_relative_to(Path(repository.top).resolve())
    return Path(repository.common, "ropewalk") if inside else state
