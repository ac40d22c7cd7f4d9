"""What the API gives, for its OpenAPI: the structs of the facade as they are, and the objects that hold several of them."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct
from starlette.responses import Response

from ropewalk.app import (
    ArtifactRow,
    AskView,
    Bar,
    Explanation,
    Figures,
    Plan,
    Probe,
    RunView,
    Statistics,
    StepRow,
    StepView,
)
from ropewalk.app.choosing import AgentRow, WorkflowCheck, WorkflowRow, WorkflowView
from ropewalk.app.showing import OutputRow, RecordPage, RunPage
from ropewalk.web.problems import declared


class Me(Struct, frozen=True):
    """Who asks; `csrf` is for the header X-CSRF-Token of a login by cookie, empty without one."""

    name: str
    role: str
    csrf: str


class WorkflowList(Struct, frozen=True):
    """In the order in which names are looked up."""

    workflows: tuple[WorkflowRow, ...]


class AgentList(Struct, frozen=True):
    """Those of the settings first."""

    agents: tuple[AgentRow, ...]


class StepList(Struct, frozen=True):
    """In written order."""

    steps: tuple[StepRow, ...]


class ArtifactList(Struct, frozen=True):
    """Every file that a run made."""

    artifacts: tuple[ArtifactRow, ...]


class AskList(Struct, frozen=True):
    """Oldest first."""

    asks: list[AskView]


class TimelineBars(Struct, frozen=True):
    """In the order in which they began; times in unix seconds."""

    bars: list[Bar]


class OutputList(Struct, frozen=True):
    """Which attempts said something, and how much."""

    outputs: list[OutputRow]


class VerbResult(Struct, frozen=True):
    """What a verb led to: the kinds of its events."""

    run: str
    events: list[str]


GIVEN: Final[tuple[type[Struct], ...]] = (
    RunPage, RunView, StepList, StepView, ArtifactList, AskList, Explanation, TimelineBars, OutputList, RecordPage,
    VerbResult, Figures, Statistics, Me, WorkflowList, WorkflowView, WorkflowCheck, Plan, AgentList, Probe,
)  # fmt: skip
_AT: Final = "#/components/schemas/{name}"


def components() -> dict[str, Any]:
    """The schema of each of them, and of what they hold."""
    _, schemas = msgspec.json.schema_components(GIVEN, ref_template=_AT)
    return schemas


def gives(kind: type[Struct], *problems: int, status: int = 200, **more: str) -> dict[str, Any]:
    """How a route is declared that gives one of these, with `status` or by `more` descriptions with others."""
    assert kind in GIVEN, kind
    content = {"application/json": {"schema": {"$ref": _AT.format(name=kind.__name__)}}}
    successes = {status: {"description": "As it is now", "content": content}}
    successes |= {
        int(code[1:]): {"description": description, "content": content} for code, description in more.items()
    }
    return {
        "status_code": status,
        "response_class": Response,
        "responses": declared(*problems, successes=successes),
    }
