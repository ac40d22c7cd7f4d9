"""The feed, live: a WebSocket and server-sent events that say the same, from a position on and in order.

A client that does not read is dropped with a close code; it can come back with the last position that it saw.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Header, Query, Request, WebSocket, WebSocketDisconnect
from starlette.responses import Response, StreamingResponse

from ropewalk.app import Person
from ropewalk.errors import RopewalkError
from ropewalk.web.api.desk import ApiDesk, desk_of
from ropewalk.web.entrance import person_of
from ropewalk.web.problems import declared

router = APIRouter(tags=["feed"])

TOO_SLOW: Final = 1013
NOT_KNOWN: Final = 4401
GOING: Final = 1001
BAD: Final = 1008
LOOK_SECONDS: Final = 1.0
"""How often the token of a quiet listener is checked."""
CHECK_SECONDS: Final = 0.2
"""How long a busy listener may receive events after its token was revoked: a look at the store for each event costs too much."""

After = Annotated[int | None, Query(ge=0, le=2**53, description="begin after this position; now without it")]
Patterns = Annotated[
    list[str] | None,
    Query(
        description="kinds of events, as `step.*`; all without one",
        examples=[["run.*", "ask.*"]],
        max_length=50,
    ),
]


@router.websocket("/feed")
async def feed(socket: WebSocket) -> None:
    """Each message is one record; `heartbeat` says that the feed is alive and how far it is."""
    desk = desk_of(socket)
    person = person_of(socket.scope)
    query = socket.query_params
    text = query.get("after", "")
    await socket.accept()
    if text and not (text.isascii() and text.isdigit() and int(text) <= 2**53):
        await socket.close(BAD, "after is a position, a whole number")
        return
    try:
        run = await desk.ropewalk.store.find(query["run"]) if query.get("run") else ""
    except RopewalkError as error:
        await socket.close(BAD, error.message[:120])
        return
    after = int(text) if text else desk.fanout.newest
    sending = asyncio.create_task(_send(socket, desk, person, after, query.getlist("patterns"), run))
    hearing = asyncio.create_task(_hear(socket))
    desk.sockets.add(sending)
    try:
        await asyncio.wait({sending, hearing}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        desk.sockets.discard(sending)
        for task in (sending, hearing):
            task.cancel()
        await asyncio.gather(sending, hearing, return_exceptions=True)


async def _send(
    socket: WebSocket, desk: ApiDesk, person: Person, after: int, patterns: list[str], run: str
) -> None:
    try:
        async with contextlib.aclosing(_listen(desk, person, after, patterns, run)) as texts:
            async for text in texts:
                async with asyncio.timeout(desk.slow_seconds):
                    await socket.send_text(text)
    except TimeoutError:
        desk.dropped += 1
        await _close(socket, TOO_SLOW, "too slow; come back with after=<last position>")
    except (WebSocketDisconnect, RuntimeError):
        return  # the client has gone
    except RopewalkError as error:
        code = NOT_KNOWN if error.code == "unauthenticated" else GOING
        await _close(socket, code, error.message[:120])
    except asyncio.CancelledError:
        if desk.closing:
            await _close(socket, GOING, "the server is going; come back with after=<last position>")
        raise


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    """Say so if it can be said; a client that does not read does not hear it either."""
    with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
        async with asyncio.timeout(1.0):
            await socket.close(code, reason)


async def _hear(socket: WebSocket) -> None:
    """Nothing is expected from a client but that it goes."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await socket.receive_text()


async def _listen(
    desk: ApiDesk, person: Person, after: int, patterns: list[str], run: str
) -> AsyncGenerator[str, None]:
    """The texts to send. Raises Unauthenticated once the token of who listens does not count any more."""
    quiet = checked = 0.0
    beat = min(LOOK_SECONDS, desk.beat_seconds)
    pages = desk.fanout.listen(after, patterns, run, beat)
    async with contextlib.aclosing(pages):
        async for page in pages:
            if time.monotonic() - checked > CHECK_SECONDS:
                await desk.access.tokens.by_id(person.token, desk.access.now())
                checked = time.monotonic()
            for line in page:
                yield line.text
            quiet = 0.0 if page else quiet + beat
            if quiet >= desk.beat_seconds:
                quiet = 0.0
                yield msgspec.json.encode({"kind": "heartbeat", "position": desk.fanout.newest}).decode()


@router.get(
    "/feed/sse",
    operation_id="streamFeed",
    summary="The feed as server-sent events",
    response_class=Response,
    responses=declared(
        404,
        successes={
            200: {"description": "Events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
        },
    ),
)
async def sse(
    request: Request,
    after: After = None,
    patterns: Patterns = None,
    run: Annotated[str, Query(max_length=100)] = "",
    last_event_id: Annotated[str, Header(max_length=20)] = "",
) -> Response:
    """`id` of each event is its position: a client that comes back with Last-Event-ID misses nothing."""
    desk = desk_of(request)
    person = person_of(request.scope)
    run_id = await desk.ropewalk.store.find(run) if run else ""
    if last_event_id.isascii() and last_event_id.isdigit():
        after = int(last_event_id)
    start = desk.fanout.newest if after is None else after
    return StreamingResponse(
        _events(desk, person, start, patterns or [], run_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(
    desk: ApiDesk, person: Person, after: int, patterns: list[str], run: str
) -> AsyncGenerator[str, None]:
    yield ": ropewalk\n\n"
    with contextlib.suppress(RopewalkError):
        pages = desk.fanout.listen(after, patterns, run, LOOK_SECONDS)
        async with contextlib.aclosing(pages):
            async for page in pages:
                if desk.closing or not await desk.access.still(person):
                    return
                yield (
                    "".join(
                        f"id: {line.position}\nevent: {line.kind}\ndata: {line.text}\n\n" for line in page
                    )
                    or ":\n\n"
                )
