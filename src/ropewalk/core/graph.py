"""The workflow as the rules need it: who needs whom, who follows whom, what lies between two steps.

Made once a definition and shared by all its runs; nothing in it changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ropewalk.definition import Step, Workflow, compile_condition, members_of, needs_of
from ropewalk.errors import ConditionError


class Graph:
    """Steps by written order (`index`), their `needs`, `followers` and `deciders` as indexes, phases and routes."""

    __slots__ = (
        "_bodies",
        "deciders",
        "each_when",
        "followers",
        "index",
        "main",
        "named",
        "needs",
        "phase_sizes",
        "sinks",
        "steps",
    )

    def __init__(self, workflow: Workflow, needs: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.steps: tuple[Step, ...] = workflow.steps
        self.index = {step.id: i for i, step in enumerate(workflow.steps)}
        self.named = members_of(workflow)
        by_id = needs_of(workflow) if needs is None else needs
        self.needs: list[tuple[int, ...]] = [
            tuple(i for n in by_id[s.id] if self.steps[i := self.index[n]].final == s.final)
            for s in self.steps
        ]
        followers: list[list[int]] = [[] for _ in self.steps]
        for i, mine in enumerate(self.needs):
            for need in mine:
                followers[need].append(i)
        self.followers = [tuple(f) for f in followers]
        self.sinks = tuple(
            i
            for i, step in enumerate(self.steps)
            if not step.final and not step.internal and all(self.steps[f].internal for f in self.followers[i])
        )
        self.deciders = tuple(i for i, step in enumerate(self.steps) if step.decision is not None)
        self.main = sum(not s.final for s in self.steps)
        self.each_when = [bool(s.foreach and s.when and _reads(s.when, s.foreach.name)) for s in self.steps]
        self.phase_sizes: dict[str, int] = {}
        for step in self.steps:
            if step.phase:
                self.phase_sizes[step.phase] = self.phase_sizes.get(step.phase, 0) + 1
        self._bodies: dict[tuple[int, int], tuple[int, ...]] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Graph) and (self is other or self.steps == other.steps)

    __hash__ = None  # type: ignore[assignment]

    def body(self, first: str, last: str) -> tuple[int, ...]:
        """The steps on a path from `first` to `last`, both included, in written order."""
        pair = (self.index[first], self.index[last])
        if pair not in self._bodies:
            between = self._reach(pair[0], self.followers) & self._reach(pair[1], self.needs)
            self._bodies[pair] = tuple(sorted(between | {*pair}))
        return self._bodies[pair]

    def after(self, ids: Iterable[str]) -> set[int]:
        """The given steps and everything that comes after them."""
        found: set[int] = set()
        for step in ids:
            found |= self._reach(self.index[step], self.followers)
        return found

    def _reach(self, start: int, edges: list[tuple[int, ...]]) -> set[int]:
        seen = {start}
        todo = [start]
        while todo:
            for nxt in edges[todo.pop()]:
                if nxt not in seen:
                    seen.add(nxt)
                    todo.append(nxt)
        return seen


def _reads(expression: str, name: str) -> bool:
    """Whether a condition reads the variable `name`; one that is no condition reads nothing, and fails when it is judged."""
    try:
        return any(path[0] == name for path in compile_condition(expression).paths)
    except ConditionError:
        return False
