"""What is said of a text when it is loaded; for tests of everything between the file and the Workflow."""

from __future__ import annotations

from typing import Any

from ropewalk.definition.check import Known
from ropewalk.definition.workflow import Step, Workflow
from ropewalk.errors import InvalidDefinition
from ropewalk.formats.loading import load_workflow_text

KNOWN = Known(kinds=frozenset({"teleport"}), gates=frozenset({"spelling"}), agents=frozenset({"claude"}))


def told(text: str, **options: Any) -> list[str]:
    """Every fault as it is printed, or every warning of a text that loads."""
    options.setdefault("known", KNOWN)
    try:
        return [str(warning) for warning in load_workflow_text(text, "f.yaml", **options).warnings]
    except InvalidDefinition as error:
        return [str(fault) for fault in error.faults]


def workflow(text: str) -> Workflow:
    return load_workflow_text(text, "f.yaml").workflow


def step(text: str) -> Step:
    """The last step of a text that begins with steps."""
    return workflow(f"steps:\n{text}").steps[-1]
