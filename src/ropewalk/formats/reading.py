"""What a format's reader gives: the workflow as far as it could be understood, its faults, and the places of its parts."""

from __future__ import annotations

from typing import Final, NamedTuple

from ropewalk.definition import Findings, Where, Workflow


class ReadOptions(NamedTuple):
    """How a file of another system is read; the native format uses none of it.

    `variant` names one of the workflows in a file that holds several. `infer_parallel`: neighbours that their artifacts
    prove independent run at the same time. `approvals`: sentences in notes that demand a person's approval add one.
    """

    variant: str = ""
    infer_parallel: bool = False
    approvals: bool = True


PLAIN: Final = ReadOptions()
"""The options of a caller that sets none."""


class Reading(NamedTuple):
    """`workflow` is None where too little could be understood; `unsure` are ids of steps of which a part was left out.

    `where` answers for paths of the workflow, as `check` names them: `("steps", 3, "when")`.
    """

    workflow: Workflow | None
    findings: Findings
    where: Where
    unsure: frozenset[str] = frozenset()
