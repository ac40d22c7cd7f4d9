"""What a format's reader gives: the workflow as far as it could be understood, what is wrong, and where things stand."""

from __future__ import annotations

from typing import NamedTuple

from weft.definition.findings import Findings, Where
from weft.definition.workflow import Workflow


class Reading(NamedTuple):
    """`workflow` is None where too little could be understood; `unsure` are ids of steps of which a part was left out.

    `where` answers for paths of the workflow, as `check` names them: `("steps", 3, "when")`.
    """

    workflow: Workflow | None
    findings: Findings
    where: Where
    unsure: frozenset[str] = frozenset()
