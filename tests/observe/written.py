"""Workflows as text, for what is read off their runs."""

from __future__ import annotations

from ropewalk.definition.workflow import Workflow
from ropewalk.formats.loading import load_workflow_text


def written(steps: str, head: str = "") -> Workflow:
    """A workflow of these steps, one a line."""
    lines = "\n".join(f"  - {line.strip()}" for line in steps.strip().splitlines())
    return load_workflow_text(f"name: w\n{head}\nsteps:\n{lines}\n").workflow
