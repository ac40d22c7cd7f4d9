"""What the shell owes a run, read off its state: attempts under way, called runs to drive or to end, and when to look again.

The driver starts what stands here and is not under way, and stops what is under way and does not stand here; it knows of no
other source of work. So what the simulation proves of `plan` holds for what runs."""

from __future__ import annotations

from heapq import heappop, heappush

from msgspec import Struct

from ropewalk.core.events import AskOpened
from ropewalk.core.state import Alarm, State, StepState


class Effect(Struct, frozen=True):
    """Owed work."""


class Perform(Effect, frozen=True):
    """Attempt `attempt` of this round is on record as started: do it and report."""

    step: str
    round: int
    attempt: int


class Call(Effect, frozen=True):
    """Create run `child` if it is not there, drive it, and report how it moves."""

    step: str
    round: int
    child: str


class EndCall(Effect, frozen=True):
    """Nobody waits for run `child` any more: end it, and report what it had spent."""

    step: str
    round: int
    child: str


class Wake(Effect, frozen=True):
    """Nothing may happen before `at` (unix seconds); advance then."""

    at: float


EXPIRY, LIMIT, TIMER = 0, 1, 2


def set_expiry(state: State, opened: AskOpened) -> None:
    """An ask answers itself at its time, if it has one."""
    if opened.expires_at is not None:
        heappush(state.alarms, (opened.expires_at, EXPIRY, state.ask_count, 0, opened.ask))


def set_limit(state: State, st: StepState, at: float) -> None:
    """A step has to have ended by then."""
    state.deadlines[st.key] = at
    heappush(state.alarms, (at, LIMIT, st.index, st.place, st.key))


def set_timer(state: State, st: StepState, at: float) -> None:
    """A step waits until then."""
    st.until = state.timers[st.key] = at
    heappush(state.alarms, (at, TIMER, st.index, st.place, st.key))


def drop_stale(state: State) -> None:
    """Drop the first alarms until one still holds, so that readers may trust the first."""
    while state.alarms and not _holds(state, state.alarms[0]):
        heappop(state.alarms)


def _holds(state: State, alarm: Alarm) -> bool:
    at, kind, _, _, name = alarm
    if kind == EXPIRY:
        return name in state.asks and state.asks[name].expires_at == at
    return (state.deadlines if kind == LIMIT else state.timers).get(name) == at


def plan(state: State) -> list[Effect]:
    """The owed effects, attempts in the order in which they started. Costs as much as there is under way.

    A run that has ended owes only the end of what it called and did not wait for.
    """
    if state.untouched:
        return []
    owed: list[Effect] = [EndCall(left.step, left.round, child) for child, left in state.unwanted.items()]
    if state.ended:
        return owed
    for key in state.running:
        st = state.steps[key]
        owed.append(Perform(key, st.round, st.attempt))
    for key in state.calls:
        st = state.steps[key]
        owed.append(Call(key, st.round, st.child))
    due = next_due(state)
    if due is not None:
        owed.append(Wake(due))
    return owed


REST_SECONDS = 30.0
"""How long attempts that only wait for people are kept alive, when nothing else can move."""


def rests_at(state: State) -> float | None:
    """When the attempts under way are put to rest; None while one of them is not waiting for a person."""
    if state.status != "paused" or state.untouched or state.paused_at is None or not state.running:
        return None
    asked = [at for key in state.running if (at := state.steps[key].asked_at) is not None]
    return max(state.paused_at, *asked) + REST_SECONDS if len(asked) == len(state.running) else None


def next_due(state: State) -> float | None:
    """When something happens by itself next, in unix seconds; None when nothing will."""
    if state.ended:
        return None
    due = [rests_at(state)]
    if not (state.status == "paused" and state.reason in {"by request", "imported"}):
        due.append(state.alarms[0][0] if state.alarms else None)
        due.append(None if state.clock_stands else state.deadline)
    return min((at for at in due if at is not None), default=None)
