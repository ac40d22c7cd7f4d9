"""`ropewalk serve` as people start it: opened, stopped, killed, started again; nothing that is on record is lost by that."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from ropewalk.app import showing
from ropewalk.app.open import open_ropewalk
from ropewalk.app.tokens import Tokens
from ropewalk.errors import AddressTaken, TokensNeeded
from ropewalk.web.serve import _names, listen, serve
from tests.web.opened import project


@contextlib.asynccontextmanager
async def served(folder, *words, port=0):
    """The program itself; gives its address and the process."""
    environment = {**os.environ, "ROPEWALK_ACTOR": "ada", "XDG_STATE_HOME": str(folder.parent / "state")}
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ropewalk", "serve", "--json", "--port", str(port), "-C", str(folder), *words,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    assert started.stdout is not None
    try:
        async with asyncio.timeout(60):
            line = await started.stdout.readline()
        assert line, "it did not open"
        yield json.loads(line)["url"], started
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()


def key(folder):
    """What programs of this host send."""
    return {"Authorization": f"Bearer {(folder / '.ropewalk' / 'serve.token').read_text().strip()}"}


async def start(folder, url, workflow):
    async with httpx.AsyncClient(base_url=url, timeout=30, headers=key(folder)) as client:
        answer = await client.post("/api/v1/runs", json={"workflow": workflow})
        return answer.json()["run"]


async def heard(folder, url, after, last):
    """Positions and kinds from a position on, up to a kind."""
    found: list[tuple[int, str]] = []
    async with (
        connect(
            url.replace("http", "ws") + f"/api/v1/feed?after={after}", additional_headers=key(folder)
        ) as messages,
        asyncio.timeout(30),
    ):
        while not found or found[-1][1] != last:
            one = json.loads(await messages.recv())
            found.append((one["position"], one["kind"]))
    return found


async def test_after_a_kill_nothing_is_missing_or_doubled_and_the_ask_is_answerable_even_in_between(tmp_path):
    folder = project(tmp_path / "project")
    async with served(folder) as (url, process):
        run = await start(folder, url, "asking")
        before = await heard(folder, url, 0, "run.paused")
        process.send_signal(signal.SIGKILL)
        await process.wait()
    async with open_ropewalk(folder) as ropewalk:
        (asked,) = await showing.asks(ropewalk)
        await ropewalk.answer(run, asked.ask, "approve")
    async with served(folder) as (url, process):
        after = await heard(folder, url, before[-1][0], "run.completed")
        positions = [position for position, _ in before + after]
        assert positions == list(range(1, len(positions) + 1))
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            assert await process.wait() == 0


@pytest.mark.counted
async def test_ctrl_c_leaves_runs_for_the_next_driver_and_says_so_by_its_code(tmp_path):
    folder = project(tmp_path / "project")
    (folder / "workflows" / "long.yaml").write_text("name: long\nsteps:\n  - {id: long, run: sleep 3600}\n")
    async with served(folder) as (url, process):
        run = await start(folder, url, "long")
        await heard(folder, url, 0, "step.started")
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(30):
            assert await process.wait() == 130
    async with open_ropewalk(folder) as ropewalk:
        assert (await ropewalk.store.row(run)).status == "running"


async def test_doors_only_drives_nothing(tmp_path):
    folder = project(tmp_path / "project")
    async with served(folder, "--doors-only") as (url, _):
        run = await start(folder, url, "quiet")
        async with httpx.AsyncClient(base_url=url, headers=key(folder)) as client:
            assert (await client.get("/health/ready")).is_success
            assert (await client.get(f"/api/v1/runs/{run}")).json()["status"] == "pending"
            explained = (await client.get(f"/api/v1/runs/{run}/explain")).json()
            assert explained["kind"] == "undriven"
            text = (await client.get("/metrics")).text
    assert "ropewalk_runs_open{" in text


async def test_a_port_in_use_is_one_clear_error(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with open_ropewalk(project(tmp_path / "project")) as ropewalk:
            with pytest.raises(
                AddressTaken, match=f"127.0.0.1:{port} cannot be listened on: address already in use"
            ):
                await serve(ropewalk, port=port)


@pytest.mark.parametrize(("host", "port"), [("no.such.host.invalid", 0), ("127.0.0.1", 99999)])
def test_an_address_that_cannot_be_is_one_clear_error(host, port):
    with pytest.raises(AddressTaken):
        listen(host, port)


async def test_no_other_address_is_listened_on_without_a_token_that_counts(tmp_path):
    async with open_ropewalk(project(tmp_path / "project")) as ropewalk:
        with pytest.raises(TokensNeeded):
            await serve(ropewalk, "0.0.0.0", 0)
        tokens = Tokens(ropewalk.store)
        await tokens.create("old", "admin", 0.0, days=1)
        with pytest.raises(TokensNeeded):
            await serve(ropewalk, "0.0.0.0", 0)


async def test_on_loopback_too_nobody_comes_in_without_the_token_that_only_its_user_can_read(tmp_path):
    folder = project(tmp_path / "project")
    async with served(folder, "--doors-only") as (url, _):
        async with httpx.AsyncClient(base_url=url) as client:
            for path in ("/api/v1/runs", "/api/v1/feed/sse", "/metrics", "/mcp", "/"):
                assert (await client.get(path)).status_code == 401, path
            assert (await client.post("/api/v1/runs", json={"workflow": "quiet"})).status_code == 401
            assert (await client.get("/health/live")).is_success
            with pytest.raises(InvalidStatus) as refused:
                async with connect(url.replace("http", "ws") + "/api/v1/feed"):
                    pass
            assert refused.value.response.status_code == 401
        assert (folder / ".ropewalk" / "serve.token").stat().st_mode & 0o777 == 0o600
        assert await start(folder, url, "quiet")
        (note,) = (tmp_path / "state" / "ropewalk" / "served").iterdir()
        assert note.read_text() == str(folder / ".ropewalk")


@pytest.mark.counted
async def test_on_every_address_a_token_is_needed_and_lets_in(tmp_path):
    folder = project(tmp_path / "project")
    async with open_ropewalk(folder) as ropewalk:
        text, _ = await Tokens(ropewalk.store).create("ada", "viewer", ropewalk.engine.clock.now())
    async with served(folder, "--host", "0.0.0.0", "--doors-only") as (url, _):
        own = url.replace("0.0.0.0", "127.0.0.1")
        async with httpx.AsyncClient(base_url=own) as client:
            assert (await client.get("/api/v1/runs")).status_code == 401
            assert (await client.get("/api/v1/runs", headers={"Authorization": f"Bearer {text}"})).is_success


def test_an_address_for_all_is_called_by_the_names_of_this_machine():
    assert socket.gethostname() in _names("0.0.0.0")
    assert _names("192.0.2.1") == ["192.0.2.1"]
