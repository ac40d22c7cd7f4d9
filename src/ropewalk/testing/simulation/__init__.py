"""Random workflows under random schedules, judged after every command: `simulate(seed)` finds, `shrunk` makes it small.

Nothing runs and nothing waits: time is a number, processes die on paper. The same seed always plays the same trial.
"""

from __future__ import annotations

from random import Random

from msgspec import Struct

from ropewalk.testing.simulation.chance import Chance
from ropewalk.testing.simulation.laws import Memory
from ropewalk.testing.simulation.trial import Telling, Trial, shown
from ropewalk.testing.simulation.workflows import Catalog, catalog

__all__ = ["Catalog", "BrokenLaw", "Memory", "Telling", "Trial", "catalog", "shown", "shrunk", "simulate"]


BROKEN = (AssertionError, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""A law, or the core itself."""


def law_of(broken: Exception) -> str:
    """The law that was broken, or the exception that came instead of a refusal."""
    return str(broken) if isinstance(broken, AssertionError) else f"{type(broken).__name__}: {broken}"


class BrokenLaw(Struct, frozen=True):
    """A law that was broken, and a story that breaks it."""

    seed: int
    law: str
    story: tuple[Telling, ...]

    def __str__(self) -> str:
        lines = "\n".join(map(shown, self.story))
        return f"seed {self.seed}: {self.law}\nafter {len(self.story)} commands:\n{lines}"


def simulate(seed: int, seen: Memory | None = None, *, asking: bool = False) -> BrokenLaw | None:
    """Play one trial; `seen` collects the arrows of the tables of transitions that were taken. `asking`: one in which attempts ask
    for permissions again and again."""
    random = Random(seed)
    chance = Chance(catalog(random), random, random.choice((20, 60, 60, 150)), asking=asking)
    try:
        chance.play()
    except BROKEN as broken:
        return BrokenLaw(seed, law_of(broken), tuple(chance.trial.tellings))
    finally:
        for subject in chance.trial.runs.values() if seen is not None else ():
            assert seen is not None
            seen.run_arrows |= subject.memory.run_arrows
            seen.step_arrows |= subject.memory.step_arrows
    return None


def shrunk(fault: BrokenLaw) -> BrokenLaw:
    """The shortest beginning of the story that still breaks a law, without what can be left out of it."""
    story, law = _until_broken(fault.seed, fault.story)
    if law == "":
        return fault
    at = len(story) - 2
    while at > 0:
        shorter, other = _until_broken(fault.seed, (*story[:at], *story[at + 1 :]))
        if other != "":
            story, law = shorter, other
        at = min(at, len(story)) - 1
    return BrokenLaw(fault.seed, law, story)


def _until_broken(seed: int, story: tuple[Telling, ...]) -> tuple[tuple[Telling, ...], str]:
    trial = Trial(catalog(Random(seed)))
    for number, telling in enumerate(story, 1):
        try:
            trial.tell(telling)
        except BROKEN as broken:
            return story[:number], law_of(broken)
    return story, ""
