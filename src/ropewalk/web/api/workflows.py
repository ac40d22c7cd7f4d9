"""Workflows: what can be started, what it takes, what would happen."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from ropewalk.app import Plan, choosing
from ropewalk.app.choosing import WorkflowCheck, WorkflowView
from ropewalk.web.api import models
from ropewalk.web.api.desk import desk_of, give
from ropewalk.web.api.schemas import WorkflowList, gives
from ropewalk.web.problems import declared

router = APIRouter(prefix="/workflows", tags=["workflows"])

Name = Annotated[
    str,
    Path(max_length=200, description="a workflow's name; `:` stands for `/`", examples=["hello"]),
]


def _name(name: str) -> str:
    return name.replace(":", "/")


@router.get("", operation_id="listWorkflows", summary="List workflows", **gives(WorkflowList))
async def listed(request: Request) -> Response:
    return give(WorkflowList(await choosing.workflows(desk_of(request).ropewalk)))


@router.post(
    "/validate",
    operation_id="validateWorkflow",
    summary="Check the text of a workflow",
    **gives(WorkflowCheck),
)
async def validate(request: Request, body: models.WorkflowText) -> Response:
    return give(await choosing.validate(desk_of(request).ropewalk, body.text, body.name))


@router.get(
    "/{name}",
    operation_id="showWorkflow",
    summary="What a workflow takes and is made of",
    **gives(WorkflowView, 404),
)
async def show(request: Request, name: Name) -> Response:
    return give(await choosing.workflow(desk_of(request).ropewalk, _name(name)))


@router.get(
    "/{name}/plan",
    operation_id="planWorkflow",
    summary="What would run, in which order and what side by side",
    **gives(Plan, 404),
)
async def plan(request: Request, name: Name) -> Response:
    return give(await choosing.plan_of(desk_of(request).ropewalk, _name(name)))


@router.get(
    "/{name}/graph",
    operation_id="drawWorkflow",
    response_class=Response,
    responses=declared(
        404,
        successes={
            200: {"description": "The drawing", "content": {"text/plain": {"schema": {"type": "string"}}}}
        },
    ),
    summary="A drawing as Mermaid or DOT",
)
async def graph(
    request: Request, name: Name, form: Annotated[Literal["mermaid", "dot"], Query()] = "mermaid"
) -> Response:
    return Response(
        await choosing.graph_of(desk_of(request).ropewalk, _name(name), form), media_type="text/plain"
    )
