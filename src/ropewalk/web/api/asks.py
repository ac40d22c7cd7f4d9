"""Asks: what people are asked in all runs, and their answers. Who answered is who came in, never what was sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from ropewalk.app import showing
from ropewalk.web.api import models
from ropewalk.web.api.desk import desk_of, give
from ropewalk.web.api.runs import Run
from ropewalk.web.api.schemas import AskList, VerbResult, gives
from ropewalk.web.entrance import person_of

router = APIRouter(tags=["asks"])

AskName = Annotated[str, Path(max_length=300)]


@router.get(
    "/asks",
    operation_id="listAsks",
    summary="What people are asked",
    **gives(AskList, 404),
)
async def listed(request: Request, run: Annotated[str, Query(max_length=100)] = "") -> Response:
    return give(AskList(await showing.asks(desk_of(request).ropewalk, run)))


@router.post(
    "/runs/{run}/asks/{ask}/answer",
    operation_id="answerAsk",
    summary="Answer an ask, once",
    **gives(VerbResult, 404, 409),
)
async def answer(request: Request, run: Run, ask: AskName, body: models.AnswerBody) -> Response:
    ropewalk = desk_of(request).ropewalk
    run_id = await ropewalk.store.find(run)
    content = {path: text.encode() for path, text in (body.content or {}).items()}
    events = await ropewalk.answer(
        run_id,
        ask,
        body.verdict,
        reason=body.reason,
        value=body.value,
        content=content or None,
        by=person_of(request.scope).name,
        digest=body.digest,
        path=body.path,
        hunk=body.hunk,
    )
    return give(VerbResult(run_id, [str(event.__struct_config__.tag) for event in events]))
