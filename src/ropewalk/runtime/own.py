"""The attempts that one driver put on record itself: it begins those, each once, and no others."""

from __future__ import annotations

from collections.abc import Container, Iterable

from ropewalk.core import Perform, State, StepState
from ropewalk.core import commands as c
from ropewalk.core import events as e


def present(st: StepState) -> Perform:
    """The attempt of a step that runs."""
    return Perform(st.key, st.round, st.attempt)


def is_free(st: StepState) -> bool:
    """Whether its attempt was put on record by somebody who drives nothing, and taken by nobody yet."""
    return st.owner == c.ANYBODY and not st.notes.get("driver")


class OwnAttempts:
    """Of the driver with this name."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._begun: dict[Perform, bool] = {}

    def remember(self, events: Iterable[e.Event]) -> None:
        """Events that are durable, and ours."""
        for event in events:
            match event:
                case (
                    e.StepStarted(child="", owner=self._owner) | e.AttemptNoted(note={"driver": self._owner})
                ):
                    self._begun[Perform(event.step, event.round, event.attempt)] = False

    def begin(self, attempt: Perform) -> bool:
        """Whether it is to be begun now: ours, and not begun before."""
        if self._begun.get(attempt) is not False:
            return False
        self._begun[attempt] = True
        return True

    def others(self, state: State) -> list[StepState]:
        """Steps whose attempt on record is not ours."""
        running = [state.steps[key] for key in state.running]
        return [st for st in running if present(st) not in self._begun]

    def forget(self, state: State, live: Container[Perform]) -> None:
        """What is neither under way here nor on record as running any more."""
        if len(self._begun) > 2 * len(state.running) + 8:
            kept = {present(state.steps[key]) for key in state.running}
            self._begun = {
                attempt: begun for attempt, begun in self._begun.items() if attempt in kept or attempt in live
            }
