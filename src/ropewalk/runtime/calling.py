"""A step that calls another workflow: what its run starts from, whether a run is that one, and what it gives back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from ropewalk.core import Amount, Artifact, Outcome, Spending, State, StepState, Unwanted, spending
from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.errors import RopewalkError
from ropewalk.runtime.assignment import Assignment
from ropewalk.runtime.briefing import Briefing
from ropewalk.runtime.host import RunHandle
from ropewalk.workspace.port import Base


def calling(state: State, st: StepState) -> Assignment:
    """The step as an attempt: where it starts from, and under which name what it leaves is kept."""
    base = msgspec.convert(state.base, Base)
    return Briefing(state, base, bool(base.commit)).assignment(st, "own", state.updated_at)


def outcome_of(child: State) -> Outcome:
    """What a called run that has ended gives to the step that called it; what it spent is told apart, while it goes on too."""
    return Outcome(
        outputs=child.result or child.outputs,
        artifacts=_made(child),
        commit=child.commit,
        tree=child.tree,
    )


def stopped(unwanted: Unwanted, child: str, ended: State | None = None) -> c.ReportChild:
    """What its caller hears of a called run that it did not wait for any more, once that has ended or was never there."""
    if ended is None:
        return c.ReportChild(unwanted.step, unwanted.round, "aborted", child=child)
    told_all = (spending(ended), ended.granted)
    return c.ReportChild(
        unwanted.step, unwanted.round, ended.status, ended.reason, Outcome(), child, *told_all
    )


class Reporter:
    """Tells a parent when its child pauses and goes on, and what it spends meanwhile, as long as it is `wanted`."""

    def __init__(self, parent: RunHandle, key: str, round_: int, wanted: bool = True) -> None:
        self.parent, self.key, self.round, self.wanted = parent, key, round_, wanted
        self.said: tuple[str, Spending, Amount] = ("running", Spending(), Amount())

    def begin(self, child: RunHandle) -> Callable[[], None]:
        """The child is driven here now; gives what it calls when it comes to rest."""
        self.parent.note_child(child.state.run, child)
        return self.parent.nudge

    def __call__(self, state: State, events: list[e.Event]) -> None:
        progress = (state.status, spending(state), state.granted)
        if self.wanted and state.status in {"running", "paused"} and progress != self.said:
            self.said = progress
            reason = state.detail or state.reason
            report = c.ReportChild(
                self.key,
                self.round,
                state.status,
                reason,
                child=state.run,
                spent=progress[1],
                granted=progress[2],
            )
            self.parent.submit(report).add_done_callback(heard)


def heard(done: asyncio.Future[Any]) -> None:
    """Nobody waits for this one; a refusal of it is no fault."""
    if not done.cancelled():
        done.exception()


def belongs(child: State, parent: State, key: str) -> None:
    """An imported run may bear the name that a call of ours would get: its outcome is not what we asked for."""
    caller = child.parent
    if caller is None or (caller.run, caller.step) != (parent.run, key) or child.imported > parent.imported:
        raise RopewalkError(f"There is already a run {child.run}, and it was not called by step {key}.")


def _made(child: State) -> tuple[Artifact, ...]:
    """The files of a called run as its result has them; as its steps left them where nothing joined those."""
    merge = child.merge_step
    if merge is not None and merge.result is not None:
        return merge.result.artifacts
    by_path = {a.path: a for st in child.steps.values() if st.result is not None for a in st.result.artifacts}
    return tuple(by_path.values())
