"""ropewalk: durable workflows for teams of coding agents.

What a program may rely on stands in `__all__`: a project and what it gives, workflows made in Python, and the errors, of which
`RopewalkError` is the root. Everything else may move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk import errors
    from ropewalk.app import (
        AgentRow,
        ArtifactRow,
        AskView,
        Explanation,
        Project,
        RecordView,
        RunPage,
        RunView,
        StepRow,
        StepView,
        Workflow,
        WorkflowRow,
    )
    from ropewalk.app import open_project as open  # noqa: A004 - as `ropewalk.open`, like `io.open`
    from ropewalk.errors import RopewalkError
    from ropewalk.formats import Flow, flow, step

__all__ = [
    "AgentRow",
    "ArtifactRow",
    "AskView",
    "Explanation",
    "Flow",
    "Project",
    "RecordView",
    "RopewalkError",
    "RunPage",
    "RunView",
    "StepRow",
    "StepView",
    "Workflow",
    "WorkflowRow",
    "errors",
    "flow",
    "open",
    "step",
]

_get = lazy(
    __name__,
    {
        "app": (
            "AgentRow ArtifactRow AskView Explanation Project RecordView RunPage RunView StepRow StepView Workflow "
            "WorkflowRow open_project"
        ),
        "errors": "RopewalkError errors",
        "formats": "Flow flow step",
    },
)


def __getattr__(name: str) -> Any:
    """Each is loaded when it is first asked for: importing ropewalk costs nothing."""
    return _get("open_project" if name == "open" else name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
