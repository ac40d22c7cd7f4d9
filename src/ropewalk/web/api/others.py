"""The rest of the nouns: who asks, the agents, the events of the past, the statistics."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from ropewalk.app import Probe, Statistics, choosing, showing, workflow_statistics
from ropewalk.app.showing import RecordPage
from ropewalk.web.api.desk import desk_of, give
from ropewalk.web.api.feed import Patterns
from ropewalk.web.api.schemas import AgentList, Me, gives
from ropewalk.web.entrance import person_of

router = APIRouter()


@router.get("/me", operation_id="showMe", tags=["access"], **gives(Me))
async def me(request: Request) -> Response:
    desk, person = desk_of(request), person_of(request.scope)
    cookie = request.scope["state"].get("cookie", "")
    csrf = await desk.access.logins.csrf(cookie) if cookie else ""
    return give(Me(person.name, person.role, csrf))


@router.get(
    "/agents",
    operation_id="listAgents",
    tags=["agents"],
    summary="The agents and what they do now",
    **gives(AgentList),
)
async def agents(request: Request) -> Response:
    return give(AgentList(await choosing.agents(desk_of(request).ropewalk)))


@router.get(
    "/agents/{agent}/probe",
    operation_id="probeAgent",
    tags=["agents"],
    summary="Whether an agent can be used here",
    **gives(Probe, 404),
)
async def probe(request: Request, agent: Annotated[str, Path(max_length=100)]) -> Response:
    return give(await choosing.probe(desk_of(request).ropewalk, agent))


@router.get(
    "/events",
    operation_id="listEvents",
    tags=["feed"],
    summary="Records of the feed after a position",
    **gives(RecordPage, 404),
)
async def events(
    request: Request,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=showing.EVENTS_AT_ONCE)] = 100,
    patterns: Patterns = None,
    run: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    return give(await showing.events(desk_of(request).ropewalk, after, limit, patterns or (), run))


@router.get(
    "/statistics",
    operation_id="measureWorkflows",
    tags=["statistics"],
    summary="How the last runs of each workflow went",
    **gives(Statistics),
)
async def statistics(
    request: Request,
    workflow: Annotated[str, Query(max_length=200)] = "",
    since: Annotated[float | None, Query(allow_inf_nan=False)] = None,
    runs: Annotated[int, Query(ge=1, le=1_000, description="how many runs are looked at, the newest")] = 200,
) -> Response:
    desk = desk_of(request)
    now = desk.ropewalk.engine.clock.now()
    counted = await workflow_statistics(desk.ropewalk.store, now, workflow=workflow, since=since, most=runs)
    return give(counted)
