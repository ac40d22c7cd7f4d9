"""What each agent is doing, read off the events of runs: idle, working, waiting, resting or failing; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from ropewalk.core import Failure
from ropewalk.core import events as e

Status = Literal["idle", "working", "waiting", "resting", "failing"]
Key = tuple[str, str]
"""Run and step of an attempt; a step has one attempt at a time."""


class AgentStatus(msgspec.Struct, frozen=True):
    """`working` and `waiting` (for a person) list attempts; `rests_until` unix seconds; `failure` is the last one."""

    agent: str
    working: tuple[Key, ...] = ()
    waiting: tuple[Key, ...] = ()
    rests_until: float | None = None
    failure: str = ""
    since: float = 0.0

    def status(self, now: float) -> Status:
        """Waiting is said before working: somebody can do something about it."""
        if self.waiting:
            return "waiting"
        if self.working:
            return "working"
        if self.rests_until is not None and now < self.rests_until:
            return "resting"
        return "failing" if self.failure else "idle"


Statuses = Mapping[str, AgentStatus]


def statuses_after(statuses: Statuses, run: str, event: e.Event, at: float) -> Statuses:
    """The statuses after one more event of a run; events of steps that no agent works on change nothing."""
    match event:
        case e.AttemptNoted(step=step, note={"agent": str(agent)}):
            freed = _left(statuses, (run, step), at)
            known = freed.get(agent, AgentStatus(agent))
            return _put(
                freed, msgspec.structs.replace(known, working=(*known.working, (run, step)), since=at)
            )
        case e.AskOpened(step=step, attempt=attempt) if attempt:
            return _moved(statuses, (run, step), at, waiting=True)
        case e.AskAnswered(step=step) | e.AskWithdrawn(step=step):
            return _moved(statuses, (run, step), at, waiting=False)
        case e.AttemptFailed(step=step, failure=failure):
            return _left(statuses, (run, step), at, failure)
        case e.StepProduced(step=step) | e.StepSucceeded(step=step):
            return _left(statuses, (run, step), at, done=True)
        case (
            e.StepFailed(step=step)
            | e.StepAborted(step=step)
            | e.StepSkipped(step=step)
            | e.StepWaiting(step=step)
        ):
            return _left(statuses, (run, step), at)
        case _:
            return statuses


def _moved(statuses: Statuses, key: Key, at: float, *, waiting: bool) -> Statuses:
    for status in statuses.values():
        if key in (status.working if waiting else status.waiting):
            return _put(statuses, _placed(status, key, at, waiting=waiting))
    return statuses


def _placed(status: AgentStatus, key: Key, at: float, *, waiting: bool) -> AgentStatus:
    working = tuple(attempt for attempt in status.working if attempt != key)
    waits = tuple(attempt for attempt in status.waiting if attempt != key)
    return msgspec.structs.replace(
        status,
        working=working if waiting else (*working, key),
        waiting=(*waits, key) if waiting else waits,
        since=at,
    )


def _left(
    statuses: Statuses, key: Key, at: float, failure: Failure | None = None, *, done: bool = False
) -> Statuses:
    """The attempt is over: well (`done`), with a failure, or somehow."""
    for status in statuses.values():
        if key in status.working or key in status.waiting:
            return _put(statuses, _ended(status, key, at, failure, done=done))
    return statuses


def _ended(status: AgentStatus, key: Key, at: float, failure: Failure | None, *, done: bool) -> AgentStatus:
    rests = failure.retry_at if failure and failure.kind == "quota" else status.rests_until
    return msgspec.structs.replace(
        status,
        working=tuple(attempt for attempt in status.working if attempt != key),
        waiting=tuple(attempt for attempt in status.waiting if attempt != key),
        rests_until=None if done else rests,
        failure="" if done else failure.message if failure else status.failure,
        since=at,
    )


def _put(statuses: Statuses, status: AgentStatus) -> Statuses:
    return {**statuses, status.agent: status}
