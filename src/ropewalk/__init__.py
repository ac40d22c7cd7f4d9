"""ropewalk: durable workflows for teams of coding agents.

What a program may rely on stands in `__all__`: a project and what it gives, workflows made in Python, and the errors, of which
`RopewalkError` is the root. Everything else may move.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ropewalk import errors
    from ropewalk.app.objects import ArtifactRow, AskView, RecordView, RunView, StepRow, StepView
    from ropewalk.app.project import Project
    from ropewalk.app.project import open_project as open  # noqa: A004 - as `ropewalk.open`, like `io.open`
    from ropewalk.app.showing import RunPage
    from ropewalk.definition.workflow import Workflow
    from ropewalk.errors import RopewalkError
    from ropewalk.formats.builder import Flow, flow, step
    from ropewalk.observe.explain import Explanation

__all__ = [
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
    "errors",
    "flow",
    "open",
    "step",
]

_OBJECTS = ("ArtifactRow", "AskView", "RecordView", "RunView", "StepRow", "StepView")
_FROM = {
    **dict.fromkeys(_OBJECTS, "app.objects"),
    "Project": "app.project",
    "RunPage": "app.showing",
    "Workflow": "definition.workflow",
    "RopewalkError": "errors",
    "Explanation": "observe.explain",
    **dict.fromkeys(("Flow", "flow", "step"), "formats.builder"),
}


def __getattr__(name: str) -> Any:
    """Each is loaded when it is first asked for: importing ropewalk costs nothing."""
    if name == "open":
        return import_module("ropewalk.app.project").open_project
    if name == "errors":
        return import_module("ropewalk.errors")
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"ropewalk.{_FROM[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
