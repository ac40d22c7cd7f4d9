"""The real app on a real port, with real clients, in a project of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from ropewalk.app.open import Ropewalk, open_ropewalk
from ropewalk.app.supervisor import Supervisor, supervised
from ropewalk.app.tokens import Tokens
from ropewalk.web.app import create_app
from ropewalk.web.serve import background, listen

WORKFLOWS = {
    "quiet": """
name: quiet
description: does nothing, quickly
inputs:
  who: {type: string, default: world}
steps:
  - {id: first, uses: noop}
  - {id: second, uses: noop, needs: [first]}
""",
    "secret": """
name: secret
inputs: {token: {secret: true}}
steps:
  - {id: uses, run: 'test "$T" = canary-0123456789', secrets: {T: token}}
""",
    "asking": """
name: asking
steps:
  - {id: before, uses: noop}
  - {id: yes, needs: [before], ask: Shall it go on?}
  - {id: after, needs: [yes], uses: noop}
""",
    "failing": """
name: failing
steps:
  - id: flaky
    run: 'echo trying; test "$ROPEWALK_ATTEMPT" -gt 2 || exit 75'
    retry: {attempts: 2, delay: 0.01}
""",
    "writing": """
name: writing
steps:
  - id: write
    run: 'echo hello world; echo "# the plan" > plan.md'
    creates: plan.md
    approve: Is the plan good?
  - {id: after, needs: [write], uses: noop}
""",
}


class Opened:
    """An open door: its address, a client, and what is behind it."""

    def __init__(self, ropewalk: Ropewalk, app: FastAPI, url: str, client: httpx.AsyncClient) -> None:
        self.ropewalk, self.app, self.url, self.client = ropewalk, app, url, client
        self.desk = app.state.desk
        self.socket_url = "ws" + url.removeprefix("http")
        self.headers: dict[str, str] = {}
        """What its client sends with everything: the token of the one who opened it, unless it is guarded."""

    async def let_in(self) -> None:
        """Let the client in as the one who opened the door, with every right."""
        self.headers = await self.token("admin", self.ropewalk.actor)
        self.client.headers.update(self.headers)

    async def token(self, role: str, name: str = "ada", **how: Any) -> dict[str, str]:
        """Headers that let somebody in."""
        text, _ = await Tokens(self.ropewalk.store).create(
            name, role, self.ropewalk.engine.clock.now(), **how
        )
        return {"Authorization": f"Bearer {text}"}

    async def start(self, workflow: str = "quiet", **body: Any) -> str:
        answer = await self.client.post("/api/v1/runs", json={"workflow": workflow, **body})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["run"])

    async def reaches(self, run: str, *kinds: str) -> None:
        """Wait until one of these kinds is on record for the run."""
        after = 0
        async with asyncio.timeout(30):
            while not (found := await self.ropewalk.store.feed(0, 1, kinds, run)):
                after = await self.ropewalk.store.position()
                await self.ropewalk.store.wait(after, 0.2)
        assert found


def project(folder: Path) -> Path:
    (folder / "workflows").mkdir(parents=True, exist_ok=True)
    (folder / ".ropewalk").mkdir(exist_ok=True)
    for name, text in WORKFLOWS.items():
        (folder / "workflows" / f"{name}.yaml").write_text(text)
    return folder


@contextlib.asynccontextmanager
async def opened(
    folder: Path, *, drive: bool = True, mounts: tuple[Any, ...] = (), **how: Any
) -> AsyncIterator[Opened]:
    """`how` is for create_app."""
    async with open_ropewalk(project(folder)) as ropewalk:
        supervisor = Supervisor(ropewalk) if drive else None
        app = create_app(ropewalk, supervisor=supervisor, **how)
        for mount in mounts:
            mount(app, ropewalk)
        listening = listen("127.0.0.1", 0)
        config = uvicorn.Config(app, log_config=None, lifespan="on", ws="websockets-sansio")
        server = uvicorn.Server(config)
        server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with (
            supervised(supervisor),
            background(ropewalk, app),
            httpx.AsyncClient(base_url=url, timeout=30) as client,
        ):
            try:
                yield Opened(ropewalk, app, url, client)
            finally:
                await app.state.desk.close()
                server.should_exit = server.force_exit = True
                await serving
                listening.close()
