"""One page open in one browser: its frame, who looks at it, and what happens when something is done in it.

Who may do what is asked again with every act, so that a revoked token ends what a page may do, also in mid-session.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from fastapi import Request
from markupsafe import Markup
from nicegui import ui

from ropewalk.app import Person, Role
from ropewalk.errors import NotAllowed, RopewalkError, Unauthenticated
from ropewalk.web.entrance import Access, person_of
from ropewalk.web.page.live import LivePage, PageAct
from ropewalk.web.page.markup import el

if TYPE_CHECKING:
    from ropewalk.app import Folded, Ropewalk
    from ropewalk.web.page.watching import Heard, Watching

PATIENCE_SECONDS = 30.0
"""How long a busy server may take to make a page before the browser is told that it cannot."""
PAGES = (("/", "Runs"), ("/inbox", "Inbox"), ("/agents", "Agents"), ("/statistics", "Statistics"))
BRAND_MARK = Markup(
    '<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><path d="M3 8h18M3 16h18" stroke="var(--accent)" stroke-width="3"/>'
    '<path d="M8 3v3.5m0 3V21M16 3v11.500m0 3V21" stroke="currentColor" stroke-width="3"/></svg>'
)


class PageContext:
    """What all pages share: the opened project, its folded runs, the reader of the feed."""

    def __init__(self, ropewalk: Ropewalk, folded: Folded, watching: Watching) -> None:
        self.ropewalk = ropewalk
        self.folded = folded
        self.watching = watching
        self._rehearsed: dict[str, bool] = {}

    @property
    def now(self) -> float:
        return self.ropewalk.engine.clock.now()

    async def is_rehearsed(self, run: str) -> bool:
        """Whether the run was started to be rehearsed; that never changes."""
        if run not in self._rehearsed:
            from ropewalk.app import RunCreated

            first = (await self.ropewalk.store.read(run, limit=1))[0].event
            self._rehearsed[run] = isinstance(first, RunCreated) and first.options.rehearse is not None
        return self._rehearsed[run]


class PageScreen:
    """A page's `act` is called for what is done in its parts; what it raises is shown as a note."""

    def __init__(self, context: PageContext, request: Request, at: str, title: str) -> None:
        self.context = context
        self.ropewalk = context.ropewalk
        self._access: Access = request.state.access
        self.person = person_of(request.scope)
        self._at = at
        self.client = ui.context.client
        self.client.title = f"{title} · ropewalk"
        ui.add_head_html(
            f"<script>window.ropewalk && (ropewalk.skew = {context.now:.3f} - Date.now() / 1000)</script>"
        )
        self.nav = LivePage()
        self.nav.classes("frame")
        self._count = -1

    async def begin(self, heard: Heard | None = None) -> None:
        """Fill the frame and follow the feed for as long as the browser is there."""

        async def all_of(runs: set[str]) -> None:
            await self.frame()
            if heard is not None:
                await heard(runs)

        await self.frame()
        listener = self.context.watching.listen(all_of)
        self.client.on_delete(listener.close)

    async def frame(self) -> None:
        count = len(await self.ropewalk.store.asks())
        if count != self._count:
            self._count = count
            self.nav.show(frame(self._at, count, self.person))

    def part(self, act: Callable[[PageAct], Awaitable[None]] | None = None) -> LivePage:
        """A part of the page."""

        async def acted(action: PageAct) -> None:
            try:
                await self.allow("viewer")
                if act is not None:
                    await act(action)
            except RopewalkError as error:
                self.note(str(error), bad=True)

        return LivePage(acted)

    async def allow(self, role: Role) -> str:
        """The name of who looks at this, if they may. Raises Unauthenticated, NotAllowed."""
        if not await self._access.still(self.person):
            ui.run_javascript("location.assign('/login')")
            raise Unauthenticated(reason="this login is over")
        if not self.person.may(role):
            raise NotAllowed(who=self.person.name, role=self.person.role, needed=role)
        return self.person.name

    def note(self, message: str, *, bad: bool = False) -> None:
        """Show a short message at the edge of the page."""
        self.client.run_javascript(
            f"ropewalk.note({json.dumps(message)}, {json.dumps('bad' if bad else 'good')})"
        )

    def go(self, path: str) -> None:
        self.client.run_javascript(f"location.assign({json.dumps(path)})")

    def address(self, path: str) -> None:
        """Set the address that a reload opens."""
        self.client.run_javascript(f"history.replaceState(history.state, '', {json.dumps(path)})")


def frame(at: str, asks: int, person: Person) -> Markup:
    """The head of every page; at the width of a phone its links are at the foot."""
    links = [
        el(
            "a",
            title,
            el("span", asks, class_="badge", title=f"{asks} open") if path == "/inbox" and asks else None,
            href=path,
            aria_current="page" if path == at else None,
        )
        for path, title in PAGES
    ]
    theme = el(
        "button",
        "◐",
        type="button",
        class_="quiet",
        onclick="ropewalk.theme()",
        aria_label="Light or dark",
        data_hot="t",
    )
    return el(
        "header",
        el("a", BRAND_MARK, "ropewalk", href="/", class_="brand"),
        el("nav", links, aria_label="Pages"),
        el("span", el("span", person.name, class_="who", title=person.role), theme, class_="end"),
    )
