"""The plug-in contract of step kinds and gates: a name, the schema of its own arguments, and one coroutine.

A kind is found by the entry point group `ropewalk.steps`, a gate by `ropewalk.gates`; one that fails to load harms nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct

from ropewalk.agents.port import Agent, Desk
from ropewalk.core import Brief, Outcome, Verdict


class Tools(Struct, frozen=True):
    """What a kind may use: the agents by name, and Python functions by dotted name."""

    agents: Mapping[str, Agent]
    functions: Mapping[str, Any] = {}
    settings: Mapping[str, Any] = {}


class Kind(Protocol):
    """`schema` is the JSON Schema of `Step.args`; a kind that does not write declares workspace `none` or `read`."""

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
