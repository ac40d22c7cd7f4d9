"""How runs went, by workflow and by day; read anew now and then while runs end."""

from __future__ import annotations

from fastapi import Request
from nicegui import ui

from ropewalk.app import RunQuery, workflow_statistics
from ropewalk.web.page import figures
from ropewalk.web.page.live import PageAct
from ropewalk.web.page.screen import PATIENCE_SECONDS, PageContext, PageScreen

SPANS = {"day": 86_400.0, "week": 7 * 86_400.0, "month": 30 * 86_400.0, "ever": 0.0}
MOST = 500
REST_SECONDS = 5.0


def add(context: PageContext) -> None:
    """Serve it."""

    @ui.page("/statistics", response_timeout=PATIENCE_SECONDS)
    async def page(request: Request) -> None:
        await StatisticsPage(
            PageScreen(context, request, "/statistics", "Statistics"),
            request.query_params.get("span", "month"),
        ).begin()


class StatisticsPage:
    """The figures as one browser sees them."""

    def __init__(self, screen: PageScreen, span: str) -> None:
        self.screen = screen
        self.span = span if span in SPANS else "month"
        self.looked = 0.0
        with ui.element("div").classes("content"):
            self.part = screen.part(self.act)

    async def begin(self) -> None:
        await self.heard(set())
        await self.screen.begin(self.heard)
        ui.timer(REST_SECONDS, self.again)
        self.stale = False

    async def heard(self, runs: set[str]) -> None:
        """Reads every run of the span, so it does that at most every few seconds."""
        if self.screen.context.now - self.looked < REST_SECONDS:
            self.stale = True
            return
        await self.load()

    async def again(self) -> None:
        if self.stale and self.screen.client.has_socket_connection:
            await self.heard(set())

    async def load(self) -> None:
        now = self.screen.context.now
        self.looked, self.stale = now, False
        since = now - SPANS[self.span] if SPANS[self.span] else None
        statistics = await workflow_statistics(self.screen.ropewalk.store, now, since=since, most=MOST)
        rows = await self.screen.ropewalk.store.runs(RunQuery(since=since, limit=MOST))
        rehearsed = sum([await self.screen.context.is_rehearsed(row.run) for row in rows])
        self.part.show(*figures.view(statistics, self.span, list(SPANS), rehearsed))

    async def act(self, action: PageAct) -> None:
        if action.do == "span" and action.data.get("name", "") in SPANS:
            self.span = action.data["name"]
            self.screen.address(f"/statistics?span={self.span}")
            await self.load()
