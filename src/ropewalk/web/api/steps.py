"""Steps: what they gave, what their attempts said (in ranges), what they changed, and the files of the run.

Files are sent as what they are to nobody's browser: as an attachment that runs no script.
"""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Query, Request
from starlette.responses import Response

from ropewalk.app import StepView, showing
from ropewalk.errors import InvalidRequest
from ropewalk.web.api.desk import desk_of, give
from ropewalk.web.api.runs import Run
from ropewalk.web.api.schemas import ArtifactList, OutputList, StepList, gives
from ropewalk.web.problems import declared, problem

router = APIRouter(prefix="/runs/{run}", tags=["steps"])

Step = Annotated[str, Path(max_length=200, description="a step's id; an item of a foreach is `id[key]`")]
FilePath = Annotated[str, Query(min_length=1, max_length=1_000, pattern=r"^[^\x00]+$")]
AT_ONCE: Final = 1 << 20
RANGE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
SAFE: Final = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}
BINARY: Final = {"schema": {"type": "string", "format": "binary"}}


@router.get(
    "/steps",
    operation_id="listSteps",
    summary="Steps of a run",
    **gives(StepList, 404),
)
async def listed(request: Request, run: Run) -> Response:
    desk = desk_of(request)
    return give(StepList(await showing.steps(desk.folded, desk.ropewalk, run)))


@router.get(
    "/steps/{step}",
    operation_id="showStep",
    summary="Everything about one step",
    **gives(StepView, 404),
)
async def show(request: Request, run: Run, step: Step) -> Response:
    desk = desk_of(request)
    return give(await showing.step(desk.folded, desk.ropewalk, run, step))


@router.get(
    "/steps/{step}/diff",
    operation_id="diffStep",
    response_class=Response,
    responses=declared(
        404, 409, successes={200: {"description": "A patch", "content": {"text/x-diff": BINARY}}}
    ),
    summary="What a step changed, as a patch",
)
async def diff(
    request: Request, run: Run, step: Step, path: Annotated[str, Query(max_length=1_000)] = ""
) -> Response:
    desk = desk_of(request)
    patch = await showing.diff(desk.folded, desk.ropewalk, run, step, path)
    return Response(patch, media_type="text/x-diff", headers=SAFE)


@router.get(
    "/outputs",
    operation_id="listOutputs",
    summary="Which attempts said something, and how much",
    **gives(OutputList, 404),
)
async def outputs(request: Request, run: Run) -> Response:
    return give(OutputList(await showing.outputs(desk_of(request).ropewalk, run)))


@router.get(
    "/steps/{step}/output",
    operation_id="readOutput",
    response_class=Response,
    responses=declared(
        404,
        416,
        successes={
            200: {"description": "All of it", "content": {"text/plain": BINARY}},
            206: {"description": "A piece", "content": {"text/plain": BINARY}},
        },
    ),
    summary="What an attempt said, also a piece of it",
)
async def output(
    request: Request,
    run: Run,
    step: Step,
    round: Annotated[int | None, Query(ge=1, le=10**9)] = None,  # noqa: A002 - the API's word
    attempt: Annotated[int | None, Query(ge=1, le=10**9, description="the last one without it")] = None,
    range: Annotated[str, Header(max_length=100, description="as `bytes=0-65535` or `bytes=-1000`")] = "",  # noqa: A002
) -> Response:
    desk = desk_of(request)
    shown = await showing.step(desk.folded, desk.ropewalk, run, step)
    name = f"{step}/{round or shown.round}.{attempt or max(shown.attempts_in_round, 1)}"
    size = {row.attempt: row.size for row in await showing.outputs(desk.ropewalk, run)}.get(name, 0)
    wanted = _range(range, size)
    if wanted is None:
        return problem(
            416,
            "no-such-range",
            f"The output has {size} bytes.",
            headers={"Content-Range": f"bytes */{size}"},
        )
    begin, end = wanted
    data, _ = await showing.output(desk.ropewalk, run, name, begin, end - begin)
    headers = {**SAFE, "Accept-Ranges": "bytes"}
    if (begin, end) != (0, size):
        headers["Content-Range"] = f"bytes {begin}-{begin + len(data) - 1}/{size}"
        return Response(data, 206, headers, "text/plain")
    return Response(data, 200, headers, "text/plain")


def _range(text: str, size: int) -> tuple[int, int] | None:
    """From where to where (not included), at most AT_ONCE bytes; None when nothing is there. Several ranges are not read."""
    match = RANGE.fullmatch(text.strip())
    if match is None or match[0] == "bytes=-" or (match[1] and match[2] and int(match[1]) > int(match[2])):
        return (0, min(size, AT_ONCE))
    if not match[1]:
        return (max(size - int(match[2]), 0), size) if int(match[2]) and size else None
    begin = int(match[1])
    end = min(int(match[2]) + 1 if match[2] else size, size, begin + AT_ONCE)
    return (begin, end) if begin < size else None


@router.get(
    "/artifacts",
    operation_id="listArtifacts",
    summary="Files that a run made",
    **gives(ArtifactList, 404),
)
async def artifacts(request: Request, run: Run) -> Response:
    desk = desk_of(request)
    return give(ArtifactList(await showing.artifacts(desk.folded, desk.ropewalk, run)))


@router.get(
    "/artifacts/content",
    operation_id="readArtifact",
    response_class=Response,
    responses=declared(
        404,
        409,
        successes={200: {"description": "The file", "content": {"application/octet-stream": BINARY}}},
    ),
    summary="A file that a run made",
)
async def artifact(
    request: Request, run: Run, path: FilePath, step: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    desk = desk_of(request)
    content, made = await showing.artifact(desk.folded, desk.ropewalk, run, path, step)
    name = re.sub(r"[^\w.-]", "_", path.rpartition("/")[2], flags=re.ASCII)
    if not name:
        raise InvalidRequest(reason="the path names no file")
    headers = {**SAFE, "Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{made.digest}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)
