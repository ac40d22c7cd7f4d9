"""The place where an attempt may write, and how what it left becomes a commit, is woven, and lands.

A workspace never touches the user's own checkout. Each method may be repeated after a crash with the same result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from msgspec import Struct

from weft.core.work import Artifact


class Base(Struct, frozen=True):
    """What a run starts from: repository root, the pinned commit, the target branch ("" when there is none)."""

    root: str
    commit: str = ""
    target: str = ""


class Part(Struct, frozen=True):
    """The commit of one step that goes into a weave; parts come in written order."""

    step: str
    commit: str
    policies: Mapping[str, str] = {}


class Woven(Struct, frozen=True):
    """The result of a weave; with conflicts `commit` is empty and nothing has changed."""

    commit: str
    tree: str
    conflicts: tuple[dict[str, Any], ...] = ()
    applied: tuple[str, ...] = ()


class Place(Struct, frozen=True):
    """Where one attempt works: an absolute folder, and the commit that it started from."""

    path: str
    base: str = ""
    writable: bool = True


class Kept(Struct, frozen=True):
    """What an attempt left: its commit and tree ("" where nothing is versioned) and each changed file."""

    commit: str = ""
    tree: str = ""
    artifacts: tuple[Artifact, ...] = ()
    warnings: tuple[str, ...] = ()


class Spot(Struct, frozen=True):
    """Names an attempt for a workspace: run, step key, round, attempt, and when its record was written (pinned dates)."""

    run: str
    step: str
    round: int
    attempt: int
    at: float = 0.0


class Workspace(Protocol):
    """One per run. Raises WorkspaceError; a Conflict is a result, not an error."""

    name: str

    async def prepare(self, run: str, root: Path, with_changes: bool = False) -> Base:
        """Pin what the run starts from. Called once, before the run is created."""
        ...

    async def open(
        self, spot: Spot, base: Base, needs: Sequence[Part], mode: Literal["own", "read", "none", "shared"]
    ) -> Place | Woven:
        """The folder for one attempt, made from the woven commits of its needs; a Woven when those disagree."""
        ...

    async def keep(self, spot: Spot, place: Place, *, succeeded: bool, message: str = "") -> Kept:
        """Commit what an attempt left, also a failed one's (kept under `refs/weft/`), and say what changed."""
        ...

    async def close(self, spot: Spot, place: Place) -> None:
        """Give the folder back; what was kept stays."""
        ...

    async def read(self, commit: str, path: str) -> bytes | None:
        """A file as of a commit ("" where nothing is versioned: as it is now)."""
        ...

    async def amend(self, spot: Spot, commit: str, path: str, content: bytes, by: str) -> Kept:
        """Put a person's version of an artifact on top of a commit."""
        ...

    async def weave(self, run: str, base: Base, parts: Sequence[Part], policies: Mapping[str, str]) -> Woven:
        """Join commits in the given order on the base. Pure: the same parts give the same commit hash."""
        ...

    async def publish(self, run: str, commit: str) -> str:
        """Point the run's branch at its final commit; returns the branch."""
        ...

    async def land(self, run: str, base: Base, commit: str, target: str) -> str | None:
        """Move the target to the commit if it still is where it was seen; None when it moved meanwhile."""
        ...

    async def end(self, run: str) -> None:
        """Remove the run's folders; commits and refs stay."""
        ...
