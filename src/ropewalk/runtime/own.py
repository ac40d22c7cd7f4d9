"""The attempts that one driver put on record itself: it begins those, each once, and no others."""

from __future__ import annotations

from collections.abc import Container, Iterable

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.state import State, StepState

AttemptName = tuple[str, int, int]
"""Step, round and number."""


def name_of(st: StepState) -> AttemptName:
    """The present attempt of a step."""
    return (st.key, st.round, st.attempt)


def is_free(st: StepState) -> bool:
    """Whether its attempt was put on record by somebody who drives nothing, and taken by nobody yet."""
    return st.owner == c.ANYBODY and not st.notes.get("driver")


class OwnAttempts:
    """Of the driver with this name."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._begun: dict[AttemptName, bool] = {}

    def remember(self, events: Iterable[e.Event]) -> None:
        """Events that are durable, and ours."""
        for event in events:
            match event:
                case (
                    e.StepStarted(child="", owner=self._owner) | e.AttemptNoted(note={"driver": self._owner})
                ):
                    self._begun[event.step, event.round, event.attempt] = False

    def begin(self, name: AttemptName) -> bool:
        """Whether it is to be begun now: ours, and not begun before."""
        if self._begun.get(name) is not False:
            return False
        self._begun[name] = True
        return True

    def others(self, state: State) -> list[StepState]:
        """Steps whose attempt on record is not ours."""
        running = [state.steps[key] for key in state.running]
        return [st for st in running if name_of(st) not in self._begun]

    def forget(self, state: State, live: Container[AttemptName]) -> None:
        """What is neither under way here nor on record as running any more."""
        if len(self._begun) > 2 * len(state.running) + 8:
            running = {name_of(state.steps[key]) for key in state.running}
            self._begun = {
                name: begun for name, begun in self._begun.items() if name in running or name in live
            }
