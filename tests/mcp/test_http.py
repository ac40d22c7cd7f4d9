"""The tools over HTTP: with the tokens of the other doors, and as the one who the token belongs to."""

from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from ropewalk.core.events import RunCreated
from ropewalk.errors import Unauthenticated
from ropewalk.mcp.http import caller, mount
from tests.web.opened import opened


@pytest.fixture
async def door(tmp_path):
    async with opened(tmp_path / "project", mounts=(mount,)) as open_door:
        yield open_door


async def test_who_calls_is_the_owner_of_the_token(door):
    import httpx2

    headers = await door.token("operator", "olga")
    async with httpx2.AsyncClient(headers=headers) as http:
        transport = streamable_http_client(f"{door.url}/mcp", http_client=http)
        async with Client(transport) as client:
            result = await client.call_tool("start", {"workflow": "quiet"})
            run = result.structured_content["run"]
    record = (await door.ropewalk.store.read(run))[0]
    assert isinstance(record.event, RunCreated)
    assert record.actor == "olga"


async def test_without_a_token_there_are_no_tools(door):
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{door.url}/mcp", json={})
    assert answer.status_code == 401


def test_a_call_that_came_with_no_request_is_nobodys():
    nobody: Any = SimpleNamespace(request_context=SimpleNamespace(request=None))
    with pytest.raises(Unauthenticated):
        caller(nobody)
