"""Whatever state a run is in, the command line, the API, the tools of an agent and a program in Python are given the same of it:
the run, its steps, its asks, its files, and why it is where it is."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("mcp")

import httpx
import msgspec
from mcp.client.client import Client

import ropewalk as library
from ropewalk.app.open import open_ropewalk
from ropewalk.app.tokens import Person, Tokens
from ropewalk.cli.main import main
from ropewalk.mcp.tools import tool_server
from ropewalk.web.app import create_app
from tests.app.states import STATES, project

pytestmark = pytest.mark.needs("git")
VIEWS = ("run", "steps", "step", "asks", "artifacts", "explain")
Views = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = project(tmp_path_factory.mktemp("doors") / "project")
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
        identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
        subprocess.run(["git", *identity, *words], cwd=made, check=True)
    return made


@pytest.fixture(scope="module")
def runs(folder: Path) -> dict[str, str]:
    """By name of its state the run that is in it."""

    async def all_of_them() -> dict[str, str]:
        async with open_ropewalk(folder) as ropewalk:
            return {name: await bring(ropewalk) for name, bring in STATES.items()}

    return asyncio.run(all_of_them())


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(folder)
    return folder


def by_command_line(capture: pytest.CaptureFixture[str], run: str, step: str) -> Views:
    def given(*words: str) -> Any:
        capture.readouterr()
        assert main([*words, "--json"]) == 0
        return json.loads(capture.readouterr().out)

    found = given("show", run)
    return {
        "run": found,
        "steps": found["steps"],
        "step": given("show", run, "--step", step),
        "asks": given("inbox", run)["asks"],
        "artifacts": given("artifacts", run)["artifacts"],
        "explain": given("explain", run),
    }


async def by_http(folder: Path, run: str, step: str) -> Views:
    async with open_ropewalk(folder) as ropewalk:
        token, _ = await Tokens(ropewalk.store).create("ann", "admin", ropewalk.engine.clock.now())
        transport = httpx.ASGITransport(create_app(ropewalk, hosts=["door"]))
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://door", headers=headers) as client:

            async def got(path: str) -> Any:
                return (await client.get(f"/api/v1/{path}")).raise_for_status().json()

            return {
                "run": await got(f"runs/{run}"),
                "steps": (await got(f"runs/{run}/steps"))["steps"],
                "step": await got(f"runs/{run}/steps/{step}"),
                "asks": (await got(f"asks?run={run}"))["asks"],
                "artifacts": (await got(f"runs/{run}/artifacts"))["artifacts"],
                "explain": await got(f"runs/{run}/explain"),
            }


async def by_tools(folder: Path, run: str, step: str) -> Views:
    async with open_ropewalk(folder) as ropewalk:
        server = tool_server(ropewalk, lambda context: Person("agent", "admin"))
        async with Client(server) as client:

            async def got(tool: str, **given: Any) -> Any:
                result = await client.call_tool(tool, given)
                assert not result.is_error, result.content
                return result.structured_content

            found, why = await got("show", run=run), await got("explain", run=run)
            return {
                "run": found,
                "steps": found["steps"],
                "step": await got("show", run=run, step=step),
                "asks": why.pop("asks"),
                "artifacts": (await got("artifacts", run=run))["artifacts"],
                "explain": why,
            }


async def by_library(folder: Path, run: str, step: str) -> Views:
    async with library.open(folder) as opened:
        found = {
            "run": await opened.run(run),
            "steps": await opened.steps(run),
            "step": await opened.step(run, step),
            "asks": await opened.asks(run),
            "artifacts": await opened.artifacts(run),
            "explain": await opened.explain(run),
        }
        told: Views = json.loads(msgspec.json.encode(found))
        return told


def still(found: Views) -> Views:
    """Without what moves on with the clock while a run waits."""
    moves = {"seconds", "progress"}
    run = {name: value for name, value in found["run"].items() if name not in moves}
    return {**found, "run": run}


async def _chosen_by_http(folder: Path) -> Views:
    async with open_ropewalk(folder) as ropewalk:
        transport = httpx.ASGITransport(create_app(ropewalk, hosts=["door"]))
        token, _ = await Tokens(ropewalk.store).create("ann", "admin", ropewalk.engine.clock.now())
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://door", headers=headers) as client:
            workflows, agents = [
                (await client.get(f"/api/v1/{path}")).raise_for_status() for path in ("workflows", "agents")
            ]
            chosen: Views = workflows.json() | agents.json()
            return chosen


async def _chosen_by_library(folder: Path) -> Views:
    async with library.open(folder) as opened:
        chosen = {"workflows": await opened.workflows(), "agents": await opened.agents()}
        views: Views = json.loads(msgspec.json.encode(chosen))
        return views


def test_every_door_gives_the_same_workflows_and_agents(here: Path, capsys: pytest.CaptureFixture[str]):
    """Only the command line asks each agent whether it can be used without being asked to."""
    by_line: Views = {}
    for verb in ("workflows", "agents"):
        capsys.readouterr()
        assert main([verb, "--json"]) == 0
        by_line |= json.loads(capsys.readouterr().out)
    assert all("usable" in row.pop("probe") for row in by_line["agents"])
    assert by_line == asyncio.run(_chosen_by_http(here)) == asyncio.run(_chosen_by_library(here))
    assert {row["agent"] for row in by_line["agents"]} >= {"rehearsal", "claude"}


@pytest.mark.parametrize("state", STATES)
def test_every_door_gives_the_same_of_a_run(
    here: Path, runs: dict[str, str], state: str, capsys: pytest.CaptureFixture[str]
):
    run = runs[state]
    step = asyncio.run(_first_step(here, run))
    mine = still(asyncio.run(by_library(here, run, step)))
    others = {
        "http": still(asyncio.run(by_http(here, run, step))),
        "tools": still(asyncio.run(by_tools(here, run, step))),
        "command line": still(by_command_line(capsys, run, step)),
    }
    for door, given in others.items():
        for view in VIEWS:
            assert given[view] == mine[view], f"{view} by {door}"


async def _first_step(folder: Path, run: str) -> str:
    async with library.open(folder) as opened:
        return (await opened.steps(run))[0].id


def test_the_states_are_many_and_differ(here: Path, runs: dict[str, str]):
    async def seen() -> set[tuple[str, str, str]]:
        async with library.open(here) as opened:
            found = [await opened.run(run) for run in runs.values()]
            return {(one.workflow, one.status, one.reason) for one in found}

    assert len(STATES) >= 20
    assert len(asyncio.run(seen())) >= 16


def test_a_verb_puts_the_same_on_record_at_every_door(here: Path, capsys: pytest.CaptureFixture[str]):
    async def begun(count: int) -> list[str]:
        async with open_ropewalk(here) as ropewalk:
            return [await STATES["asked"](ropewalk) for _ in range(count)]

    by_line, by_api, by_program = asyncio.run(begun(3))

    async def others() -> None:
        async with open_ropewalk(here) as ropewalk:
            token, _ = await Tokens(ropewalk.store).create(
                ropewalk.actor, "admin", ropewalk.engine.clock.now()
            )
            transport = httpx.ASGITransport(create_app(ropewalk, hosts=["door"]))
            headers = {"Authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(
                transport=transport, base_url="http://door", headers=headers
            ) as client:
                answer = await client.post(f"/api/v1/runs/{by_api}/pause", json={"reason": "lunch"})
                assert answer.status_code == 200
        async with library.open(here) as opened:
            await opened.pause(by_program, reason="lunch")

    assert main(["pause", by_line, "--reason", "lunch"]) == 0
    asyncio.run(others())
    capsys.readouterr()

    async def details() -> set[tuple[str, str]]:
        async with library.open(here) as opened:
            return {
                ((one := await opened.run(run)).status, one.detail) for run in (by_line, by_api, by_program)
            }

    assert len(asyncio.run(details())) == 1
