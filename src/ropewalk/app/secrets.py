"""What is seen of a workflow's secrets before a run begins: all that is missing at once, before anything is done."""

from __future__ import annotations

import shutil
from pathlib import Path

from ropewalk.agents import look_up_plain_secret
from ropewalk.core import Options
from ropewalk.definition import (
    Secret,
    Workflow,
    named_secrets,
    rehearsal_needs_none,
    secret_source,
    secrets_of_judges,
)
from ropewalk.errors import SecretError, SecretsMissing


def refuse_missing(workflow: Workflow, options: Options, project: Path) -> None:
    """Look at each variable, file and program that a step of the workflow will need. Raises SecretsMissing."""
    wanted: dict[str, None] = {}
    for step in workflow.steps:
        if options.rehearse is None or not rehearsal_needs_none(step):
            names = (*named_secrets(workflow, step).values(), *secrets_of_judges(workflow, step).values())
            wanted |= dict.fromkeys(names)
    reasons = []
    for name in wanted:
        place = secret_source(workflow, name)
        try:
            if place is not None and place != Secret():
                _look(name, place, project)
        except SecretError as fault:
            reasons.append(f"{name}: {fault.where['reason']}")
    if reasons:
        raise SecretsMissing(reasons="; ".join(reasons))


def _look(name: str, place: Secret, project: Path) -> None:
    if not place.command:
        look_up_plain_secret(name, place, project)
        return
    program = place.command[0]
    if shutil.which(program) is None and not (project / program).is_file():
        raise SecretError(name=name, reason=f"the program {program} was not found")
