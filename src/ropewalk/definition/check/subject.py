"""What is checked, against what: the workflow, the names that there are, and the findings so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from msgspec import Struct

from ropewalk.definition.fault import nearest
from ropewalk.definition.findings import Findings
from ropewalk.definition.order import members_of
from ropewalk.definition.workflow import Step, Workflow

MOST_HINTS: Final = 100


class Known(Struct, frozen=True):
    """The names that are installed here, maybe looked up when first asked for; None where that is not to be checked.

    Kinds and gates of ropewalk itself are known anyway.
    """

    kinds: Collection[str] | None = None
    gates: Collection[str] | None = None
    agents: Collection[str] | None = None


class Subject:
    """One workflow under check. `hints` is how many nearest names may still be looked for: each is a look at all."""

    def __init__(
        self, workflow: Workflow, known: Known, findings: Findings, unsure: frozenset[str] = frozenset()
    ) -> None:
        self.workflow = workflow
        self.known = known
        self.findings = findings
        self.unsure = unsure
        self.hints = MOST_HINTS

    @cached_property
    def named(self) -> Mapping[str, tuple[str, ...]]:
        """Steps and groups by name, with the steps that each stands for."""
        return members_of(self.workflow)

    @cached_property
    def by_id(self) -> Mapping[str, Step]:
        """The steps by id; of two with one id the first."""
        return {step.id: step for step in reversed(self.workflow.steps)}

    def steps(self) -> Iterator[tuple[tuple[str, int], Step]]:
        """Each step with its path."""
        for index, step in enumerate(self.workflow.steps):
            yield ("steps", index), step

    def unknown(
        self, path: Sequence[str | int], kind: str, name: str, names: Iterable[str], hint: str = ""
    ) -> None:
        """The fault for a name that nobody has."""
        near = nearest(name, names) if self.hints > 0 else ""
        self.hints -= 1
        self.findings.fault(path, f"there is no {kind} `{name}`", "" if near else hint, nearest=near)
