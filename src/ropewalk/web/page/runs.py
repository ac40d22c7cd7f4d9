"""The first page: every run, what it does and whom it waits for; and the form that starts another."""

from __future__ import annotations

from fastapi import Request
from nicegui import ui

from ropewalk.app import RunQuery, RunRow, acting, choosing
from ropewalk.app.choosing import WorkflowRow, WorkflowView
from ropewalk.errors import InvalidDefinition, InvalidInput, NoSuchWorkflow, SecretsMissing, VariantNeeded
from ropewalk.web.page import listing
from ropewalk.web.page.listing import Filter
from ropewalk.web.page.live import PageAct
from ropewalk.web.page.screen import PATIENCE_SECONDS, PageContext, PageScreen

AT_ONCE = 50


def add(context: PageContext) -> None:
    """Serve it."""

    async def page(request: Request) -> None:
        asked = request.query_params
        wanted = Filter(asked.get("text", ""), asked.get("status", ""), asked.get("workflow", ""))
        await RunsPage(PageScreen(context, request, "/", "Runs"), wanted).begin()

    ui.page("/", response_timeout=PATIENCE_SECONDS)(page)
    ui.page("/runs", response_timeout=PATIENCE_SECONDS)(page)


class RunsPage:
    """The list as one browser sees it."""

    def __init__(self, screen: PageScreen, wanted: Filter) -> None:
        self.screen = screen
        self.context = screen.context
        self.wanted = wanted
        self.most = AT_ONCE
        self.rows: dict[str, RunRow] = {}
        self.more = False
        self.workflows: tuple[WorkflowRow, ...] = ()
        self.chosen: WorkflowView | None = None
        with ui.element("div").classes("content"):
            self.head = screen.part(self.act)
            self.list = screen.part(self.act)
        self.list.classes("runs")
        self.sheet = screen.part(self.act)

    async def begin(self) -> None:
        self.show_head()
        await self.load()
        await self.screen.begin(self.heard)
        ui.timer(0.1, self.look_up, once=True)

    async def look_up(self) -> None:
        """List the workflows after the page is shown, as every file has to be read for it."""
        self.workflows = await choosing.workflows(self.screen.ropewalk)
        self.show_head()

    def show_head(self) -> None:
        self.head.show(listing.head(self.wanted, [workflow.name for workflow in self.workflows]))

    async def load(self) -> None:
        """The list anew."""
        status: tuple[str, ...] = (self.wanted.status,) if self.wanted.status else ()
        if self.wanted.status == "running":
            status = ("pending", "running")
        query = RunQuery(
            status=status,
            workflow=self.wanted.workflow,
            text=self.wanted.text,
            parent="",
            limit=self.most + 1,
        )
        loaded = await self.screen.ropewalk.store.runs(query)
        self.more = len(loaded) > self.most
        self.rows = {row.run: row for row in loaded[: self.most]}
        await self.show()

    async def show(self) -> None:
        rehearsed = {run: await self.context.is_rehearsed(run) for run in self.rows}
        self.list.show(*listing.rows(list(self.rows.values()), rehearsed, self.context.now, self.more))

    async def heard(self, runs: set[str]) -> None:
        """Runs have new events: those that are shown are read again; with another run, or a filter, the whole list."""
        if self.wanted != Filter() or not runs or any(run not in self.rows for run in runs):
            await self.load()
            return
        for run in runs:
            self.rows[run] = await self.screen.ropewalk.store.row(run)
        await self.show()

    async def act(self, action: PageAct) -> None:
        match action.do:
            case "text":
                await self.look(
                    Filter(str(action.form.get("value", "")), self.wanted.status, self.wanted.workflow)
                )
            case "status":
                await self.look(Filter(self.wanted.text, action.data.get("status", ""), self.wanted.workflow))
            case "workflow":
                await self.look(
                    Filter(self.wanted.text, self.wanted.status, str(action.form.get("value", "")))
                )
            case "older":
                self.most += AT_ONCE
                await self.load()
            case "new":
                self.workflows = await choosing.workflows(self.screen.ropewalk)
                self.sheet.show(listing.starting(self.workflows, None))
                self.screen.client.run_javascript(
                    "setTimeout(() => document.getElementById('pick')?.focus(), 50)"
                )
            case "close":
                self.chosen = None
                self.sheet.show()
            case "pick":
                await self.pick(str(action.form.get("value", "")))
            case "start":
                await self.start(action)

    async def look(self, wanted: Filter) -> None:
        self.wanted, self.most = wanted, AT_ONCE
        self.screen.address(wanted.path)
        self.show_head()
        await self.load()

    async def pick(self, name: str) -> None:
        fault = ""
        try:
            self.chosen = await choosing.workflow(self.screen.ropewalk, name)
        except (NoSuchWorkflow, InvalidDefinition, VariantNeeded) as error:
            self.chosen, fault = None, str(error)
        self.sheet.show(listing.starting(self.workflows, self.chosen, fault))

    async def start(self, action: PageAct) -> None:
        by = await self.screen.allow("operator")
        if self.chosen is None:
            return
        inputs, faults = listing.read(self.chosen, action.form)
        if not faults:
            wanted = acting.StartRequest(self.chosen.name, inputs, rehearse=bool(action.form.get("rehearse")))
            try:
                run, _ = await acting.start(self.screen.ropewalk, wanted, by)
            except (InvalidDefinition, InvalidInput, SecretsMissing) as error:
                faults = [str(error)]
            else:
                self.screen.go(f"/runs/{run}")
                return
        self.sheet.show(listing.starting(self.workflows, self.chosen, "; ".join(faults)))
