"""Runs: start one (once a key), list them, look at one now or as it was, and every verb on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Header, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from ropewalk.app import Explanation, Figures, RunQuery, RunView, acting, run_statistics, showing
from ropewalk.app.showing import RecordPage, RunPage
from ropewalk.web.api import models
from ropewalk.web.api.desk import desk_of, give
from ropewalk.web.api.schemas import TimelineBars, VerbResult, gives
from ropewalk.web.entrance import person_of
from ropewalk.web.problems import declared

router = APIRouter(prefix="/runs", tags=["runs"])

Run = Annotated[
    str, Path(max_length=100, pattern=r"^[\w.-]+$", description="a run's id, or a beginning that only it has")
]
Unlanded = Annotated[bool, Query(description="also when its result is part of no other branch")]
Version = Annotated[int | None, Query(ge=1, le=2**53, description="as it was at this version")]


@router.post(
    "",
    operation_id="startRun",
    summary="Start a run",
    **gives(RunView, 404, 409, status=201, _200="The key was used before: the run of that time"),
)
async def start(
    request: Request,
    body: models.Start,
    idempotency_key: Annotated[
        str, Header(max_length=200, description="the same key with the same body gives the same run")
    ] = "",
) -> Response:
    desk = desk_of(request)
    wanted = msgspec.convert(body.model_dump(), acting.StartRequest)
    run, new = await acting.start(desk.ropewalk, wanted, person_of(request.scope).name, idempotency_key)
    shown = await showing.run(desk.folded, desk.ropewalk, run)
    return give(shown, 201 if new else 200, {"Location": f"/api/v1/runs/{run}"})


@router.get(
    "",
    operation_id="listRuns",
    summary="List runs, newest first",
    **gives(RunPage, 404),
)
async def listed(
    request: Request,
    status: Annotated[list[models.RunStatus] | None, Query(max_length=6)] = None,
    workflow: Annotated[str, Query(max_length=200)] = "",
    text: Annotated[
        str, Query(max_length=200, description="in id, workflow, reason, error, phase, labels")
    ] = "",
    since: Annotated[float | None, Query(allow_inf_nan=False)] = None,
    until: Annotated[float | None, Query(allow_inf_nan=False)] = None,
    parent: Annotated[
        str | None, Query(max_length=100, description="called by this run; empty: by none")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    after: Annotated[str, Query(max_length=100, description="`next` of the page before")] = "",
) -> Response:
    query = RunQuery(tuple(status or ()), workflow, text, since, until, parent, limit, after)
    return give(await showing.runs(desk_of(request).ropewalk, query))


@router.get(
    "/{run}",
    operation_id="showRun",
    summary="One run, now or as it was",
    **gives(RunView, 404),
)
async def show(request: Request, run: Run, version: Version = None) -> Response:
    desk = desk_of(request)
    return give(await showing.run(desk.folded, desk.ropewalk, run, version))


@router.delete(
    "/{run}",
    operation_id="deleteRun",
    status_code=204,
    response_class=Response,
    responses=declared(404, 409),
    summary="Delete a run that has ended, with its folders and refs",
)
async def delete(request: Request, run: Run, unlanded: Unlanded = False) -> Response:
    desk = desk_of(request)
    await acting.delete(desk.ropewalk, run, unlanded)
    return Response(status_code=204)


@router.get(
    "/{run}/explain",
    operation_id="explainRun",
    summary="Why a run is where it is",
    **gives(Explanation, 404),
)
async def explain(request: Request, run: Run) -> Response:
    desk = desk_of(request)
    return give(await showing.explain(desk.folded, desk.ropewalk, run))


@router.get(
    "/{run}/history",
    operation_id="showHistory",
    summary="The records of a run after a version",
    **gives(RecordPage, 404),
)
async def history(
    request: Request,
    run: Run,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=showing.EVENTS_AT_ONCE)] = 100,
) -> Response:
    return give(await showing.history(desk_of(request).ropewalk, run, after, limit))


@router.get(
    "/{run}/timeline",
    operation_id="showTimeline",
    summary="Attempts and waits as bars",
    **gives(TimelineBars, 404),
)
async def timeline(request: Request, run: Run) -> Response:
    return give(TimelineBars(await showing.timeline(desk_of(request).ropewalk, run)))


@router.get(
    "/{run}/statistics",
    operation_id="measureRun",
    summary="Times, waits and retries of a run",
    **gives(Figures, 404),
)
async def measured(request: Request, run: Run) -> Response:
    desk = desk_of(request)
    run_id = await desk.ropewalk.store.find(run)
    return give(await run_statistics(desk.ropewalk.store, run_id, desk.ropewalk.engine.clock.now()))


@router.get(
    "/{run}/export",
    operation_id="exportRun",
    response_class=Response,
    responses=declared(
        404,
        successes={
            200: {
                "description": "JSON lines",
                "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
            }
        },
    ),
    summary="A run as JSON lines, for `ropewalk import`",
)
async def export(request: Request, run: Run) -> Response:
    ropewalk = desk_of(request).ropewalk
    run_id = await ropewalk.store.find(run)
    return StreamingResponse(
        ropewalk.store.export(run_id),
        media_type="application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="{run_id}.jsonl"'},
    )


# Verbs ----------------------------------------------------------------------------------------------------------------


async def _do_verb(request: Request, run: str, verb: str, fields: Mapping[str, Any]) -> Response:
    ropewalk = desk_of(request).ropewalk
    run_id = await ropewalk.store.find(run)
    events = await acting.act(ropewalk, run_id, verb, fields, person_of(request.scope).name)
    return give(VerbResult(run_id, [str(event.__struct_config__.tag) for event in events]))


def _verb(name: str, summary: str, *statuses: int) -> dict[str, Any]:
    return {
        "operation_id": f"{name}Run",
        "summary": summary,
        **gives(VerbResult, 404, 409, *statuses),
    }


@router.post("/{run}/pause", **_verb("pause", "Start nothing new; what runs finishes"))
async def pause(request: Request, run: Run, body: models.Reasoned | None = None) -> Response:
    return await _do_verb(request, run, "pause", (body or models.Reasoned()).model_dump())


@router.post("/{run}/resume", **_verb("resume", "Go on"))
async def resume(request: Request, run: Run) -> Response:
    return await _do_verb(request, run, "resume", {})


@router.post("/{run}/abort", **_verb("abort", "End a run now"))
async def abort(request: Request, run: Run, body: models.Reasoned | None = None) -> Response:
    return await _do_verb(request, run, "abort", (body or models.Reasoned()).model_dump())


@router.post("/{run}/retry", **_verb("retry", "Try a failed step again, or all failed ones"))
async def retry(request: Request, run: Run, body: models.OnSteps | None = None) -> Response:
    return await _do_verb(request, run, "retry", (body or models.OnSteps()).model_dump())


@router.post("/{run}/exec", **_verb("exec", "Run exactly one step of a paused run"))
async def execute(request: Request, run: Run, body: models.OnStep) -> Response:
    return await _do_verb(request, run, "exec", body.model_dump())


@router.post("/{run}/skip", **_verb("skip", "Leave a step out"))
async def skip(request: Request, run: Run, body: models.OnStep) -> Response:
    return await _do_verb(request, run, "skip", body.model_dump())


@router.post("/{run}/fact", **_verb("tell", "Make something known to a run"))
async def fact(request: Request, run: Run, body: models.FactGiven) -> Response:
    return await _do_verb(request, run, "fact", body.model_dump())


@router.post(
    "/{run}/secrets",
    **_verb("giveSecretsTo", "Give values of secret inputs to a run that waits for them", 422),
)
async def secrets(request: Request, run: Run, body: models.SecretsGiven) -> Response:
    ropewalk = desk_of(request).ropewalk
    run_id = await ropewalk.store.find(run)
    await acting.give(ropewalk, run_id, body.values, person_of(request.scope).name)
    return give(VerbResult(run_id, []))


@router.post("/{run}/budget", **_verb("fund", "Allow a run to spend more"))
async def budget(request: Request, run: Run, body: models.More) -> Response:
    return await _do_verb(request, run, "budget", body.model_dump())


@router.post("/{run}/land", **_verb("land", "Bring the result of a run that has ended to a branch"))
async def land(request: Request, run: Run, body: models.Target | None = None) -> Response:
    ropewalk = desk_of(request).ropewalk
    target = (body or models.Target()).target
    events = await acting.land(ropewalk, run, target, person_of(request.scope).name)
    run_id = await ropewalk.store.find(run)
    return give(VerbResult(run_id, [str(event.__struct_config__.tag) for event in events]))


@router.post("/{run}/publish", **_verb("publishTo", "Put events of one's own on the feed, together"))
async def publish(request: Request, run: Run, body: models.Batch) -> Response:
    return await _do_verb(request, run, "publish", body.model_dump())


@router.post(
    "/{run}/fork",
    operation_id="forkRun",
    summary="A new run from a step of this one",
    **gives(RunView, 404, 409, status=201),
)
async def fork(request: Request, run: Run, body: models.Fork) -> Response:
    desk = desk_of(request)
    by = person_of(request.scope).name
    new = await acting.fork(desk.ropewalk, run, body.step, body.model_dump(), by)
    shown = await showing.run(desk.folded, desk.ropewalk, new)
    return give(shown, 201, {"Location": f"/api/v1/runs/{new}"})
