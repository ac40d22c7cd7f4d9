"""The plug-in contract of step kinds and gates: a name, the schema of its own arguments, and one coroutine.

A kind is found by the entry point group `ropewalk.steps`, a gate by `ropewalk.gates`; one that fails to load harms nothing else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from ropewalk.agents.port import Agent, Desk
from ropewalk.core import Brief, Changes, Outcome, Verdict
from ropewalk.workspace.port import AttemptId, Base, Merged, Part, Workspace

Judge = Callable[[Base, Merged], Awaitable[Sequence[Verdict]]]
"""Judges a merged commit by the gates of the step; what judges it is that of the base, which has moved on where the target has."""


class Commits(Struct, frozen=True):
    """What a kind with the workspace `commits` works on: `parts` to be merged on `base`, in this order, by these policies.

    `resolution` is what a person has said about what did not fit together; `judge` is None where the step has no gates.
    """

    spot: AttemptId
    base: Base
    parts: tuple[Part, ...]
    policies: Mapping[str, str]
    resolution: Mapping[str, Any]
    workspace: Workspace
    judge: Judge | None = None


Before = Callable[[str], Awaitable[bytes | None]]
"""Reads a file as it was when the work began, by its path in the folder; None when there was none."""


Changed = Callable[[], Awaitable[Changes]]
"""Looks up what the work that is judged has changed."""


class Tools(Struct, frozen=True):
    """What a kind or a gate may use: the agents by name, Python functions by dotted name, the commits, where it works on those,
    and, for a gate, how files were `before` the work and what was `changed` (None where nothing is versioned)."""

    agents: Mapping[str, Agent]
    functions: Mapping[str, Any] = {}
    settings: Mapping[str, Any] = {}
    commits: Commits | None = None
    before: Before | None = None
    changed: Changed | None = None


class Kind(Protocol):
    """`schema` is the JSON Schema of `Step.args`; a kind that does not write declares workspace `none` or `read`, one that merges
    and lands `commits`: it gets no folder and asks for the gates itself."""

    name: str
    schema: Mapping[str, Any]
    workspace: str

    async def perform(self, brief: Brief, desk: Desk, tools: Tools) -> Outcome: ...


class GateKind(Protocol):
    """A check, judged after the work and before anything is believed, in a new folder with what the work left.

    A kind may say `steered`: "command" (a program judges), "agent" (an agent does), "" (the kind itself does). By that
    it is settled which files count as they were before the run; a kind that does not say is steered by both. With
    `steered` "none" it needs no folder at all. A function in its place tells it by the gate's arguments.
    """

    name: str
    schema: Mapping[str, Any]

    async def judge(
        self, args: Mapping[str, Any], brief: Brief, outcome: Outcome, desk: Desk, tools: Tools
    ) -> Verdict: ...


class Notifier(Protocol):
    """Tells somebody of an event: a chat, a pager, a lamp. `event` is the CloudEvent that a webhook would get.

    It may be given the same event again (by its `id`); what it raises is told, and it is tried again later.
    """

    name: str

    async def notify(self, event: Mapping[str, Any]) -> None: ...
