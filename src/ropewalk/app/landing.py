"""Lands what a run has merged: merge onto the target as it is now, judge that commit, move the target by compare-and-swap."""

from __future__ import annotations

from typing import Any

import msgspec

from ropewalk.agents.port import Permission
from ropewalk.app.merging import MERGE
from ropewalk.app.people import People
from ropewalk.core import State
from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.errors import Refused
from ropewalk.runtime import Briefing
from ropewalk.workspace.port import Base


class _Quiet:
    """A link for work that belongs to no attempt under way: nothing of it is kept but its outcome."""

    async def note(self, note: dict[str, Any]) -> None:
        return None

    async def ask(self, permission: Permission) -> str:
        return "deny"

    async def publish(self, name: str, data: dict[str, Any]) -> None:
        return None

    async def output(self, chunk: bytes) -> None:
        return None

    async def waits(self, doing: str, reason: str) -> None:
        return None


def landing_base(state: State) -> Base:
    """What the run began from. Raises Refused while there is no result in git that could go anywhere."""
    if not state.base.get("commit"):
        raise Refused(verb="land", reason="the run's files are not in git")
    if not state.commit:
        raise Refused(verb="land", reason=f"the run is {state.status} and has merged no result")
    return msgspec.convert(state.base, Base)


async def land(ropewalk: People, run: str, target: str = "") -> e.RunLanded:
    """Move a branch (the one that the run began from unless told) to the run's result, also when it is checked out clean.

    Raises Refused with what stands in the way: conflicts with what came meanwhile, a gate that says no, a dirty checkout.
    """
    state = await ropewalk.engine.fold(run)
    base = landing_base(state)
    target = target or base.target
    if not target:
        raise Refused(verb="land", reason="the run began from no branch; say where with --to BRANCH")
    briefing = Briefing(state, base, True)
    given = briefing.assignment(state.steps[MERGE], "read", ropewalk.engine.clock.now())
    brief = msgspec.structs.replace(given.brief, args={"land": target, "follow": True})
    outcome = await ropewalk.engine.dispatch.perform(msgspec.structs.replace(given, brief=brief), _Quiet())
    if outcome.failure is not None:
        raise Refused(verb="land", reason=outcome.failure.message)
    red = [v for v in outcome.verdicts if v.verdict == "FAIL"]
    if red:
        raise Refused(verb="land", reason=f"gate {red[0].gate} says no: {'; '.join(red[0].findings[:3])}")
    done = outcome.outputs
    landed = e.RunLanded(
        target=target, commit=outcome.commit, previous=str(done.get("previous", "")), how="merge"
    )
    merged = e.RunMerged(branch=str(done.get("branch", "")), commit=outcome.commit, tree=outcome.tree)
    events = (landed,) if outcome.commit == state.commit else (merged, landed)
    await ropewalk.engine.tell(run, c.Publish(events), ropewalk.actor)
    return landed
