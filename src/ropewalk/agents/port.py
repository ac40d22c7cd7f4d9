"""The program that does a step's work. An agent is given a Brief and a folder, says what it does as it goes, and gives an Outcome.

It may be stopped at any moment by cancelling `perform`; nothing of it may be left then.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from ropewalk.agents.redaction import Redactor
from ropewalk.core import Brief, Outcome


class Permission(Struct, frozen=True):
    """What an agent wants to be allowed: its own tool's name and kind, the paths it touches, and the choices by kind."""

    title: str
    kind: str = ""
    paths: tuple[str, ...] = ()
    choices: tuple[str, ...] = ("allow", "deny")
    detail: dict[str, Any] = {}


class Probe(Struct, frozen=True):
    """Whether an agent can be used here; `reason` and `hint` say why not and what to do."""

    agent: str
    installed: bool
    usable: bool
    version: str = ""
    reason: str = ""
    hint: str = ""


class Desk(Protocol):
    """What an attempt may reach while it works; the shell's side of the port."""

    folder: Path
    """The workspace folder, the agent's working folder."""

    spool: Path
    """A private folder of this attempt outside the workspace (prompt file, raw transcript)."""

    secrets: Mapping[str, str]
    """Values by variable, for the environment of what does the work, and for nothing else."""

    redactor: Redactor
    """Takes them out of texts that do not go by way of this desk."""

    def say(self, text: str, channel: str = "out") -> None:
        """Add to the attempt's output; bounded, throttled, never blocks."""
        ...

    def alive(self) -> None:
        """A sign of life; resets the idle clock."""
        ...

    async def note(self, note: Mapping[str, Any]) -> None:
        """Put something on record that must survive a crash (an agent's session id)."""
        ...

    async def ask(self, permission: Permission) -> str:
        """Ask a person and wait; gives one of the choices."""
        ...

    async def publish(self, name: str, data: Mapping[str, Any]) -> None:
        """Put an own event on the feed."""
        ...

    def now(self) -> float: ...

    def sleep(self, seconds: float, /) -> Awaitable[None]:
        """Wait by the clock of the run."""
        ...


class Agent(Protocol):
    """`name` is what roles refer to. `rehearses` is shown wherever its work is shown.

    One that confines its processes as `brief.role.confine` and `brief.confine` ask has `confines = True`, and is `Confining`;
    no other is asked then. One that asks for permission, and is answered by `brief.role.permissions` too, has `asks = True`; no
    other is asked where they are not `allow`. One that takes `brief.role.options` has `takes_options = True`.
    """

    name: str
    rehearses: bool

    async def probe(self) -> Probe: ...

    async def perform(self, brief: Brief, desk: Desk) -> Outcome:
        """Do the work in `desk.folder`. Failures are a classed Outcome; only a bug raises."""
        ...


class Confining(Agent, Protocol):
    """An agent that can be confined; `confined` is asked for by a role or a step, and holds for what the probe starts too."""

    confines: bool

    async def probe(self, *, confined: bool = False) -> Probe: ...
