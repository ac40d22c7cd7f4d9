"""What a run stands on: the repository (the user's or a private one), and where weft keeps its folders for it.

Those lie outside the user's checkout: where the state folder is inside it, they go into the git directory.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from msgspec import Struct

from weft.workspace import private
from weft.workspace.git import version
from weft.workspace.repository import Repository, discover


class Ground(Struct, frozen=True):
    """A repository, the folder for weft's own files about it, and whether weft made the repository."""

    repository: Repository
    state: Path
    private: bool

    @property
    def places(self) -> Path:
        """Where the folders of attempts are."""
        return self.state / "places"


async def ground(state: Path, root: Path, alone: bool = False) -> Ground:
    """Find the repository of a folder, or make a private one (with `alone`, whatever the folder has become since).

    WorkspaceError when git cannot be used.
    """
    await version()
    found = None if alone else await discover(root)
    if found is None:
        return Ground(await private.repository_for(state / "repositories", root), state, private=True)
    return Ground(found, _outside(state, found), private=False)


async def places_of(state: Path, root: Path) -> Path:
    """Where the folders of attempts are, or would be; nothing is made."""
    found = await discover(root)
    return (state if found is None else _outside(state, found)) / "places"


@cache
def _outside(state: Path, repository: Repository) -> Path:
    inside = repository.top and state.resolve().is_relative_to(Path(repository.top).resolve())
    return Path(repository.common, "weft") if inside else state
