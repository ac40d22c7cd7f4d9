"""An attempt as it is handed out: complete in itself, so that this process or another host can do it."""

from __future__ import annotations

from typing import Any, Protocol

from msgspec import Struct

from ropewalk.agents.port import Permission
from ropewalk.core import Artifact, Brief, Outcome
from ropewalk.definition import Gate, Secret
from ropewalk.workspace.port import AttemptId, Base, Mode, Part


class Assignment(Struct, frozen=True):
    """`started_at` is when its start was put on record; `parts` are the commits that its folder is made from.

    `earlier` are the files of the round before, where this one fixes them. `work` are paths and patterns of what the
    workflow says that its steps write. `makers` say by required file which step would make it. `secrets` say by name where each is found that
    the attempt or its judges name; one without anything is an input of the run, whose value the one who drives it holds.
    """

    brief: Brief
    spot: AttemptId
    base: Base
    parts: tuple[Part, ...] = ()
    mode: Mode = "own"
    gates: tuple[Gate, ...] = ()
    policies: dict[str, str] = {}
    cache: bool = False
    resolution: dict[str, Any] = {}
    earlier: tuple[Artifact, ...] = ()
    work: tuple[str, ...] = ()
    secrets: dict[str, Secret] = {}
    makers: dict[str, str] = {}


class Link(Protocol):
    """How an attempt reaches the run that it belongs to."""

    async def note(self, note: dict[str, Any]) -> None: ...
    async def ask(self, permission: Permission) -> str: ...
    async def publish(self, name: str, data: dict[str, Any]) -> None: ...
    async def output(self, chunk: bytes) -> None: ...
    async def waits(self, doing: str, reason: str) -> None:
        """The host has no room for this work of ropewalk's own now, or ("") it has again."""
        ...

    async def rests(self) -> bool:
        """Whether the attempt was stopped only until somebody has answered what it asked: its folder is wanted again."""
        ...


class Dispatch(Protocol):
    """Hands attempts out. Cancelling `perform` ends the attempt wherever it is; nothing of it is left then."""

    async def perform(self, assignment: Assignment, link: Link) -> Outcome: ...

    async def abandon(self, spot: AttemptId) -> bool:
        """Its driver died: end whatever is left of the attempt where this can be done.

        Gives whether its work itself was under way, not only being prepared or put away.
        """
        ...

    async def begin(self, assignment: Assignment, child: str) -> Base | Outcome:
        """What the run that this step calls starts from: what its needs left, joined. An Outcome when those disagree."""
        ...

    async def hold(self, assignment: Assignment, commit: str) -> bool:
        """Keep a commit that comes from another run as what this attempt left; False when it is not there any more."""
        ...

    async def starts_from(self, assignment: Assignment) -> str | None:
        """The tree of the files that the attempt is to start from, "" when it sees none. None when that cannot be told."""
        ...

    async def end(self, run: str, base: Base) -> None:
        """The run is over: give its folders back; commits and output stay."""
        ...
