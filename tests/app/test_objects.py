"""What the command line, HTTP and the tools of an agent give of a run, a step and an ask is one and the same object."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("mcp")

from mcp.client.client import Client

from ropewalk.app.tokens import Person
from ropewalk.mcp.tools import tool_server
from tests.web.opened import Opened, opened


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Opened]:
    async with opened(tmp_path / "project") as one:
        await one.let_in()
        yield one


async def shown(door: Opened, *words: str) -> Any:
    """The object that the program prints."""
    argv = [sys.executable, "-m", "ropewalk", "-C", str(door.ropewalk.folder), *words, "--json"]
    process = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(said)


async def got(door: Opened, path: str) -> Any:
    return (await door.client.get(f"/api/v1/{path}")).raise_for_status().json()


async def told(door: Opened, tool: str, **given: Any) -> Any:
    server = tool_server(door.ropewalk, lambda context: Person("agent", "admin"))
    async with Client(server) as client:
        result = await client.call_tool(tool, given)
    assert not result.is_error, result.content
    return result.structured_content


def still(found: dict[str, Any]) -> dict[str, Any]:
    """Without what moves on with the clock while a run waits."""
    return {name: value for name, value in found.items() if name not in {"seconds", "progress"}}


@pytest.mark.needs("git")
async def test_a_run_its_steps_and_its_asks_are_the_same_at_every_door(door: Opened):
    run = await door.start("writing")
    await door.reaches(run, "ask.opened")
    views = [
        await shown(door, "show", run),
        await got(door, f"runs/{run}"),
        await told(door, "show", run=run),
    ]
    assert still(views[0]) == still(views[1]) == still(views[2])
    assert {one["progress"]["status"] for one in views} == {"paused"}
    steps = [
        await shown(door, "show", run, "--step", "write"),
        await got(door, f"runs/{run}/steps/write"),
        await told(door, "show", run=run, step="write"),
    ]
    assert steps[0] == steps[1] == steps[2]
    asks = [
        await shown(door, "inbox", run),
        await got(door, f"asks?run={run}"),
        await told(door, "explain", run=run),
    ]
    assert asks[0]["asks"] == asks[1]["asks"] == asks[2]["asks"]


async def test_a_verb_puts_the_same_on_record_at_every_door(door: Opened):
    records = []
    for tell in (
        lambda run: shown(door, "pause", run, "--reason", "lunch"),
        lambda run: door.client.post(f"/api/v1/runs/{run}/pause", json={"reason": "lunch"}),
    ):
        run = await door.start("asking")
        await door.reaches(run, "ask.opened")
        await tell(run)
        await door.reaches(run, "run.paused")
        records.append((await got(door, f"runs/{run}"))["detail"].partition(":")[2])
    assert records == [" lunch", " lunch"]
