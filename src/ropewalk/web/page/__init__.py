"""The page: what runs do, as people look at it and answer it in a browser. Nothing of it is needed for a run to go on."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from nicegui import app as pages
from nicegui import ui

from ropewalk.app import Folded
from ropewalk.web.page import agents, inbox, measured, run, runs
from ropewalk.web.page.policy import Policy
from ropewalk.web.page.screen import PageContext
from ropewalk.web.page.watching import Watching

if TYPE_CHECKING:
    from fastapi import FastAPI

    from ropewalk.app import Ropewalk

RECONNECT_SECONDS = 60.0
"""A browser that slept for so long finds its page as it was; after that it loads it anew."""
MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M3 8h18M3 16h18" stroke="#3d55b8" stroke-width="3"/>'
    '<path d="M8 3v3.5m0 3V21M16 3v11.500m0 3V21" stroke="#8a8f9c" stroke-width="3"/></svg>'
)


def mount(app: FastAPI, ropewalk: Ropewalk) -> None:
    """Put the pages below everything that `app` serves already; once a process, and before it is started."""
    assets = files("ropewalk.web.page") / "assets"
    script = (assets / "page.js").read_text(encoding="utf-8")
    ui.add_head_html(f"<script>{script}</script>", shared=True)
    ui.add_css("".join((assets / f"{name}.css").read_text(encoding="utf-8") for name in STYLES), shared=True)
    desk = getattr(app.state, "desk", None)
    context = PageContext(
        ropewalk, desk.folded if desk is not None else Folded(ropewalk), Watching(ropewalk.store)
    )
    for page in (runs, run, inbox, agents, measured):
        page.add(context)
    pages.add_middleware(Policy)
    ui.run_with(
        app,
        title="ropewalk",
        favicon=MARK,
        dark=None,
        tailwind=False,
        reconnect_timeout=RECONNECT_SECONDS,
        show_welcome_message=False,
    )


STYLES = ("page", "work", "files")
