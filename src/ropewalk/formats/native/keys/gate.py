"""The keys of gates: automatic checks with a verdict."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from ropewalk.formats.native.keys.flow import ApprovalKeys
from ropewalk.formats.native.keys.words import Command, Expression, Identifier, Names, Open, Text


class VerdictKeys(Struct, forbid_unknown_fields=True):
    """A role judges the work against criteria."""

    role: Text
    """Who judges."""
    criteria: Names
    """What the work is judged by, one sentence each."""
    prompt: str = ""
    """What else the judge is told."""


class GateKeys(Struct, forbid_unknown_fields=True):
    """One check, by exactly one of run, condition, thresholds, artifacts, document, verdict, person, uses; `thresholds`
    may have a `run` that makes their report."""

    id: Identifier | UnsetType = UNSET
    """What the gate is called in events and findings."""
    run: Command | UnsetType = UNSET
    """A command that passes with exit code 0: a script, or a list of arguments; with `thresholds` it makes the report."""
    condition: Expression | UnsetType = UNSET
    """What must hold; `outputs.<this step>` is what the work gave."""
    thresholds: Annotated[dict[str, Text | float], Meta(min_length=1)] | UnsetType = UNSET
    """Numbers of the report or the outputs and what they must reach: `coverage: ">= 80"`; a bare number is a least value."""
    report: Text | UnsetType = UNSET
    """The file that the thresholds read (JSON, SARIF, JUnit or Cobertura XML, LCOV); the step's outputs unless told. Without
    `run` the step wrote it itself."""
    scale: Literal[10, 100] | UnsetType = UNSET
    """What the report's scores go up to."""
    artifacts: Names | UnsetType = UNSET
    """Files that must be there and not be empty."""
    document: Text | UnsetType = UNSET
    """A file that must have what its template asks for."""
    template: Text | UnsetType = UNSET
    """The template of the document; the step's own unless told."""
    verdict: VerdictKeys | UnsetType = UNSET
    """A role judges."""
    person: bool | Text | ApprovalKeys | UnsetType = UNSET
    """A person judges after all other checks, as with `approve`; with `back_to`, a rejection sends the work back."""
    uses: Text | UnsetType = UNSET
    """A gate that a plug-in brings."""
    arguments: Open | UnsetType = field(default=UNSET, name="with")
    """What the plug-in is given."""
    protect: Names = []
    """Files and patterns that judge: they count as they were when the run began, and none may be added."""
    may_change: Names = []
    """Files and patterns that would count as they were when the run began, and that this run may change: tests, a Makefile."""


Gate = Text | GateKeys
GateItem = Text | list[str | int | float] | GateKeys
Gates = Text | GateKeys | list[GateItem]
