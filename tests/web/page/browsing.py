"""Pages without a browser: nicegui's own client, a real project, and a person who came in with a real token.

What a browser would send goes through `handle_event`, as from the socket; what it would be sent is kept in the outbox.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from fastapi import Request
from nicegui import Client, background_tasks, core
from nicegui.page import page
from nicegui.slot import Slot

from ropewalk.app import Folded, Person, Tokens, acting
from ropewalk.app.open import Ropewalk, open_ropewalk
from ropewalk.web.entrance import Access
from ropewalk.web.login import Logins
from ropewalk.web.page.live import LivePage
from ropewalk.web.page.screen import PageContext, PageScreen
from ropewalk.web.page.watching import Watching
from tests.web.opened import project


class Browsing:
    """One page open in one browser; `client` is what the server knows of that browser."""

    def __init__(self, ropewalk: Ropewalk, access: Access, person: Person) -> None:
        self.ropewalk = ropewalk
        self.access = access
        self.context = PageContext(ropewalk, Folded(ropewalk), Watching(ropewalk.store))
        self.request = Request(
            {
                "type": "http", "method": "GET", "scheme": "http", "server": ("127.0.0.1", 80), "path": "/",
                "root_path": "", "query_string": b"", "headers": [], "state": {"access": access, "person": person},
            }
        )  # fmt: skip
        self.client = Client(page("/"), request=self.request)

    def screen(self, at: str = "/", title: str = "Page") -> PageScreen:
        """The frame of a page; what the test makes from then on is part of it."""
        self.enter()
        return PageScreen(self.context, self.request, at, title)

    def enter(self) -> None:
        """Let what the task that calls this makes be part of the page: nicegui knows that by task, and a fixture is another."""
        Slot.get_stack().append(self.client.content.default_slot)

    async def start(
        self, workflow: str, *, drive: bool = False, rehearse: bool = False, **inputs: Any
    ) -> str:
        """A run; with `drive` as far as it goes without people."""
        wanted = acting.StartRequest(workflow, inputs, rehearse=rehearse)
        run, _ = await acting.start(self.ropewalk, wanted, "ada")
        if drive:
            await self.ropewalk.drive(run)
        return run

    async def does(self, part: LivePage, do: str, data: Any = None, form: Any = None) -> None:
        """Somebody does this in a part of the page."""
        await self.sends(part, {"do": do, "data": data or {}, "form": form or {}})

    async def sends(self, part: LivePage, message: Any) -> None:
        """The browser sends whatever this is, and all that follows from it has ended."""
        (listener,) = part._event_listeners.values()
        before = set(background_tasks.running_tasks)
        self.client.handle_event({"id": part.id, "listener_id": listener.id, "args": [json.dumps(message)]})
        await asyncio.gather(*(background_tasks.running_tasks - before))

    async def scripts(self) -> list[str]:
        """What the browser is told to execute, in order."""
        firing = [task for task in background_tasks.running_tasks if task.get_name() == "fire"]
        await asyncio.gather(*firing)
        return [data["code"] for _, kind, data in self.client.outbox.messages if kind == "run_javascript"]

    async def revoke(self) -> None:
        """The token of who looks at the page is revoked."""
        await self.access.tokens.revoke("ada", self.access.now())


def html(part: LivePage) -> str:
    """What a part of the page shows."""
    return str(part._props["html"])


@contextlib.asynccontextmanager
async def browsing(folder: Path, role: str = "admin") -> AsyncIterator[Browsing]:
    """A browser of somebody called ada, in a project of its own."""
    core.loop = asyncio.get_running_loop()
    async with open_ropewalk(project(folder)) as ropewalk:
        tokens = Tokens(ropewalk.store)
        _, token = await tokens.create("ada", role, ropewalk.engine.clock.now())
        access = Access(tokens, Logins(tokens), ropewalk.engine.clock.now)
        browser = Browsing(ropewalk, access, token.person)
        try:
            yield browser
        finally:
            browser.client.delete()
            closing = [
                t for t in background_tasks.running_tasks if t.get_name().startswith("func with client")
            ]
            await asyncio.gather(*closing)
            left = list(background_tasks.running_tasks)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            Slot.stacks.clear()
            core.loop = None
