"""The feed, live: filtered, resumed from a position, and never held up by the one who does not read."""

import asyncio
import contextlib
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from ropewalk.app.tokens import Tokens
from ropewalk.core.commands import Publish
from ropewalk.core.events import NotePublished


def listening(door, query="", **how):
    return connect(f"{door.socket_url}/api/v1/feed{query}", additional_headers=door.headers, **how)


async def take(messages, count):
    async with asyncio.timeout(30):
        return [json.loads(await messages.recv()) for _ in range(count)]


async def until(messages, kind):
    seen: list[dict[str, Any]] = []
    async with asyncio.timeout(30):
        while not seen or seen[-1]["kind"] != kind:
            seen.append(json.loads(await messages.recv()))
    return seen


async def test_what_happens_is_heard_in_order_and_without_gaps(door):
    async with listening(door) as messages:
        run = await door.start()
        heard = await until(messages, "run.completed")
    assert [one["version"] for one in heard] == list(range(1, len(heard) + 1))
    assert {one["run"] for one in heard} == {run}
    assert heard[0]["event"]["workflow"] == "quiet"


async def test_a_client_that_comes_back_misses_nothing_and_hears_nothing_twice(door):
    run = await door.start()
    await door.reaches(run, "run.completed")
    async with listening(door, "?after=0") as messages:
        first = await take(messages, 3)
    async with listening(door, f"?after={first[-1]['position']}") as messages:
        rest = await until(messages, "run.completed")
    positions = [one["position"] for one in first + rest]
    assert positions == list(range(1, positions[-1] + 1))


async def test_patterns_and_a_run_choose_what_is_heard(door):
    first = await door.start()
    second = await door.start()
    await door.reaches(first, "run.completed")
    await door.reaches(second, "run.completed")
    query = f"?after=0&patterns=step.s*&patterns=run.completed&run={second}"
    async with listening(door, query) as messages:
        heard = await until(messages, "run.completed")
    assert {one["run"] for one in heard} == {second}
    assert {one["kind"] for one in heard} == {"step.started", "step.succeeded", "run.completed"}


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=²", "run=nix"])
async def test_what_cannot_be_asked_for_is_closed_with_the_reason(door, query):
    async with listening(door, f"?{query}") as messages:
        with pytest.raises(ConnectionClosed) as closed:
            await messages.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
    assert closed.value.rcvd.reason


async def test_a_quiet_feed_says_that_it_is_alive(door):
    door.desk.beat_seconds = 0.01
    async with listening(door) as messages:
        (beat,) = await take(messages, 1)
    assert beat == {"kind": "heartbeat", "position": 0}


async def test_two_hundred_listen_and_one_that_never_reads_is_dropped(door):
    door.desk.slow_seconds = 0.3
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    address = urlsplit(door.url)
    deaf.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(deaf, (address.hostname, address.port))
    hello = (
        f"GET /api/v1/feed HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: {door.headers['Authorization']}\r\n\r\n"
    )
    await loop.sock_sendall(deaf, hello.encode())
    async with contextlib.AsyncExitStack() as stack:
        listeners = [
            await stack.enter_async_context(listening(door, "?patterns=run.*", ping_interval=None))
            for _ in range(199)
        ]
        run = await door.start("asking")
        await door.reaches(run, "ask.opened")
        loud = NotePublished(name="loud", data={"text": "x" * 200_000})
        async with asyncio.timeout(60):
            while not door.desk.dropped:
                await door.ropewalk.engine.tell(run, Publish((loud,)))
                await asyncio.sleep(0)
        await door.client.post(f"/api/v1/runs/{run}/abort")
        heard = await asyncio.gather(*(until(one, "run.aborted") for one in listeners))
    deaf.close()
    assert door.desk.dropped == 1
    assert all(one == heard[0] for one in heard)
    assert (await door.client.get("/health/live")).is_success


async def test_a_token_that_is_revoked_is_thrown_out_of_an_open_feed(guarded):
    headers = await guarded.token("viewer", "vic")
    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"{guarded.socket_url}/api/v1/feed"):
            pass
    assert refused.value.response.status_code == 401
    async with connect(f"{guarded.socket_url}/api/v1/feed", additional_headers=headers) as messages:
        now = guarded.ropewalk.engine.clock.now()
        await Tokens(guarded.ropewalk.store).revoke("vic", now)
        with pytest.raises(ConnectionClosed) as closed:
            await take(messages, 1)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


async def test_whoever_listens_is_told_when_the_server_goes(door):
    async with listening(door) as messages:
        await door.start()
        await take(messages, 1)
        await door.desk.close()
        with pytest.raises(ConnectionClosed) as closed:
            await take(messages, 1_000)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1001


async def test_server_sent_events_say_the_same_and_resume_by_their_id(door):
    run = await door.start()
    await door.reaches(run, "run.completed")
    heard = []
    async with door.client.stream("GET", "/api/v1/feed/sse", params={"after": 0}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            heard.append(line)
            if line == "event: run.completed":
                break
    assert "id: 1" in heard
    headers = {"Last-Event-ID": "2"}
    async with door.client.stream("GET", "/api/v1/feed/sse", headers=headers) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("id:"):
                assert line == "id: 3"
                break
