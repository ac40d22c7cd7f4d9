"""The page of one run: drawing, timeline and panel follow one chosen step, and all of them follow the feed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from markupsafe import Markup
from nicegui import ui

from ropewalk.app import (
    STEP_ENDED,
    Record,
    State,
    Timeline,
    acting,
    event_subject,
    listed_steps,
    progress_of,
    results,
    showing,
)
from ropewalk.app import events as e
from ropewalk.errors import NoSuchRun, RopewalkError, Unreadable
from ropewalk.web.page import about, document, panel, patch, shelves
from ropewalk.web.page import words as w
from ropewalk.web.page.drawing import drawing
from ropewalk.web.page.gantt import axis, gantt
from ropewalk.web.page.layout import Layout, layout
from ropewalk.web.page.live import PageAct
from ropewalk.web.page.screen import PATIENCE_SECONDS, PageContext, PageScreen

TAIL_BYTES = 48_000
LOOK_SECONDS = 0.5
PAGE = 2_000


def add(context: PageContext) -> None:
    """Serve it."""

    @ui.page("/runs/{run}", response_timeout=PATIENCE_SECONDS)
    async def page(request: Request, run: str) -> None:
        screen = PageScreen(context, request, "/", run)
        try:
            run_id = await context.ropewalk.store.find(run)
        except NoSuchRun as error:
            with ui.element("div").classes("content"):
                screen.part().show(w.empty("There is no such run.", str(error)))
            await screen.begin()
            return
        await RunScreen(screen, run_id, request.query_params).begin()


class RunScreen:
    """One run as one browser sees it."""

    def __init__(self, screen: PageScreen, run: str, asked: Any) -> None:
        self.screen, self.ropewalk, self.folded, self.run = (
            screen,
            screen.ropewalk,
            screen.context.folded,
            run,
        )
        self.step: str = asked.get("step", "")
        self.part: str = asked.get("part", "summary")
        self.shelf: str = asked.get("shelf", "work")
        self.path: str = asked.get("path", "")
        self.by: str = asked.get("by", "")
        self.how: str = asked.get("how", "rendered")
        self.attempt = ""
        self.most = shelves.EVENTS_AT_ONCE
        self.version = 0
        self.timeline = Timeline()
        self.recent: list[Record] = []
        self.conflicts: list[e.ConflictFound] = []
        self.drawn: Layout | None = None
        self.fetched: dict[tuple[object, ...], Markup] = {}
        with ui.element("div").classes("content run-page"):
            self.head = screen.part(self.act)
            self.tabs = screen.part(self.act)
            self.body = ui.element("div").classes("work")
            with self.body:
                with ui.element("div").classes("charts"):
                    self.graph = screen.part(self.act)
                    self.lines = screen.part(self.act)
                self.panel = screen.part(self.act)
            self.rest = screen.part(self.act)
            self.abort = screen.part(self.act)
        self.graph.classes("graph")
        self.lines.classes("gantt")
        self.panel.classes("panel")

    async def begin(self) -> None:
        self.abort.show(about.abort())
        if not self.step:
            self.step = panel.first(await self.state())
        await self.heard({self.run})
        await self.screen.begin(self.heard)
        self.screen.client.run_javascript("setTimeout(ropewalk.centre, 60)")
        ui.timer(LOOK_SECONDS, self.look)

    async def heard(self, runs: set[str]) -> None:
        """Runs have new events; an empty set means: look whether something was missed."""
        if runs and self.run not in runs and not self._calls(runs):
            return
        await self.catch_up()
        await self.show()

    def _calls(self, runs: set[str]) -> bool:
        return any(run.startswith(self.run) for run in runs)

    async def catch_up(self) -> None:
        """Take in the records that are new."""
        while True:
            records = await self.ropewalk.store.read(self.run, after=self.version, limit=PAGE)
            for record in records:
                self.version = record.version
                try:
                    self.timeline.take(record.at, record.event)
                    if isinstance(record.event, e.ConflictFound):
                        self.conflicts.append(record.event)
                except Unreadable:
                    continue
            if len(records) < PAGE:
                return

    async def state(self) -> State:
        return await self.folded.state(self.run)

    async def show(self) -> None:
        """Draw what is to be seen; what has not changed is not sent."""
        state = await self.state()
        now = self.screen.context.now
        why = await showing.explain(self.folded, self.ropewalk, self.run)
        self.head.show(*about.head(state, why, progress_of(state, now), now))
        self.tabs.show(w.tabs(list(about.SHELVES), self.shelf, "shelf"))
        self.body.set_visibility(self.shelf == "work")
        if self.shelf == "work":
            await self.show_work(state, now)
            self.rest.show()
        else:
            self.rest.show(await self.shelf_of(state, now))

    async def show_work(self, state: State, now: float) -> None:
        if self.drawn is None:
            self.drawn = layout(state.workflow, state.graph)
        box = self.box(state)
        self.graph.show(*drawing(state, self.drawn, box))
        self.show_lines(state, now)
        await self.show_panel(state, now)

    def box(self, state: State) -> str:
        """The box that stands for the chosen step."""
        assert self.drawn is not None
        own = self.step.partition("[")[0]
        return next((box.id for box in self.drawn.boxes if self.step == box.id or own in box.keys), "")

    def show_lines(self, state: State, now: float) -> None:
        assert self.drawn is not None
        bars = self.timeline.all()
        rows = {
            st.key: state.title_of(st.key) or st.key if not st.parent else st.key
            for st in listed_steps(state)
        }
        if self.drawn.collapsed:
            chosen = next((box for box in self.drawn.boxes if box.id == self.box(state)), None)
            if chosen is not None:
                rows = {key: title for key, title in rows.items() if key.partition("[")[0] in chosen.keys}
        start = state.started_at or state.created_at
        places = axis(bars, start, state.ended_at or now, ended=state.ended)
        self.lines.show(*gantt(bars, rows, places, state.ended_at or now, self.step))

    # The panel --------------------------------------------------------------------------------------------------------

    async def show_panel(self, state: State, now: float) -> None:
        assert self.drawn is not None
        block = next((box for box in self.drawn.boxes if box.id == self.step and len(box.keys) > 1), None)
        if block is not None:
            self.panel.show(panel.block(state, block.title, block.keys, now))
        elif self.step not in state.steps:
            self.panel.show(panel.none(state))
        else:
            self.panel.show(panel.panel(state, self.step, self.part, await self.part_of(state, now), now))

    async def part_of(self, state: State, now: float) -> Markup:
        st, step = state.steps[self.step], state.step(self.step)
        match self.part:
            case "output":
                return await self.attempt_output(state)
            case "prompt":
                return panel.prompt(step, st)
            case "data":
                return panel.data(st)
            case "diff":
                return await self.diff(state, self.step, "")
            case "attempts":
                return panel.attempts([bar for bar in self.timeline.all() if bar.step == self.step], st, now)
            case "log":
                records = [r for r in await self.ropewalk.store.read(self.run) if _about(r) == self.step]
                return shelves.events(records[-shelves.EVENTS_AT_ONCE :], now)
            case _:
                return panel.summary(state, st, now)

    async def attempt_output(self, state: State) -> Markup:
        """The end of what the chosen attempt says."""
        sizes = {
            a: size
            for a, size in await self.ropewalk.store.outputs(self.run)
            if a.rpartition("/")[0] == self.step
        }
        names = sorted(sizes, key=_number)
        name = self.attempt if self.attempt in names else names[-1] if names else ""
        size = sizes.get(name, 0)
        data = (
            await self.ropewalk.store.read_output(self.run, name, max(size - TAIL_BYTES, 0)) if name else b""
        )
        live = state.steps[self.step].status == "running" and name == (names[-1] if names else "")
        return panel.output(name, names, data.decode("utf-8", "replace"), size, live=live)

    async def look(self) -> None:
        """The output of attempts is not in the feed, and bars grow with time: refresh both while something runs."""
        if not self.screen.client.has_socket_connection or self.shelf != "work":
            return
        state = await self.state()
        if state.ended or not state.running:
            return
        now = self.screen.context.now
        self.show_lines(state, now)
        if (
            self.part == "output"
            and self.step in state.steps
            and state.steps[self.step].status not in STEP_ENDED
        ):
            await self.show_panel(state, now)

    async def diff(self, state: State, step: str, path: str) -> Markup:
        """What a step changed; without one what the whole run did."""
        result = state.steps[step].result if step else None
        merged = "" if step else (await results.run_files(self.ropewalk, state)).commit
        commit = result.commit if result is not None else merged
        name = ("diff", step, commit, path)
        if name not in self.fetched:
            try:
                if step:
                    made = await showing.diff(self.folded, self.ropewalk, self.run, step, path)
                else:
                    made = await showing.workspace(self.ropewalk, state).diff(
                        state.base["commit"], commit, path
                    )
            except RopewalkError as error:
                return w.empty("The diff cannot be shown.", str(error))
            text = made.decode("utf-8", "replace")
            self.fetched[name] = (
                patch.patch(text) if text else w.empty("It changed no file that is versioned.")
            )
        return self.fetched[name]

    # The other tabs ---------------------------------------------------------------------------------------------------

    async def shelf_of(self, state: State, now: float) -> Markup:
        match self.shelf:
            case "files":
                body = await self.file(state) if self.path else None
                return shelves.files(state, self.path, body)
            case "handoffs":
                return shelves.handoffs(state)
            case "merge":
                return shelves.merge(state, self.conflicts)
            case _:
                after = max(self.version - self.most, 0)
                records = await self.ropewalk.store.read(self.run, after=after)
                return shelves.events(records, now, older=after > 0)

    async def file(self, state: State) -> Markup:
        """The chosen file, as `how` says: as a step left it, or as it is in the end."""
        made = [
            st.key
            for st in listed_steps(state)
            if st.result and any(a.path == self.path for a in st.result.artifacts)
        ]
        files = await results.run_files(self.ropewalk, state)
        if not made and self.path not in files.made:
            return w.empty("The run has not made this file.", self.path)
        step = self.by if self.by in made else "" if files.commit else made[-1]
        body = await (self.diff(state, step, self.path) if self.how == "diff" else self.content(state, step))
        return shelves.file(self.path, step, self.how, body)

    async def content(self, state: State, step: str) -> Markup:
        result = state.steps[step].result if step else None
        merged = "" if step else (await results.run_files(self.ropewalk, state)).commit
        commit = result.commit or result.digest if result is not None else merged
        name = ("file", self.path, step, commit, self.how)
        if name not in self.fetched:
            try:
                data = await self.read(state, step)
            except RopewalkError as error:
                return w.empty("It cannot be read.", str(error))
            text = document.decoded(data)
            as_written = self.how == "source" and text is not None
            self.fetched[name] = (
                document.source(text or "") if as_written else document.rendered(self.path, data)
            )
        return self.fetched[name]

    async def read(self, state: State, step: str) -> bytes:
        return (await showing.artifact(self.folded, self.ropewalk, self.run, self.path, step))[0]

    # What is done in it -----------------------------------------------------------------------------------------------

    async def act(self, action: PageAct) -> None:
        match action.do:
            case "step":
                self.step, self.shelf, self.attempt = action.data.get("key", ""), "work", ""
                self.screen.client.run_javascript("setTimeout(() => ropewalk.reveal('.panel'), 120)")
            case "part":
                self.part = action.data.get("name", "summary")
            case "attempt":
                self.attempt = str(action.form.get("value", ""))
            case "shelf":
                self.shelf = action.data.get("name", "work")
            case "file":
                self.shelf, self.path, self.by = (
                    "files",
                    action.data.get("path", ""),
                    action.data.get("step", ""),
                )
                self.screen.client.run_javascript("setTimeout(() => ropewalk.reveal('.sheet-of'), 200)")
            case "how":
                self.how = action.data.get("name", "rendered")
            case "older":
                self.most += shelves.EVENTS_AT_ONCE
            case "pause" | "resume" | "abort" | "retry" | "skip":
                await self.tell(action)
                return
            case "give":
                by = await self.screen.allow("operator")
                marked = {name.partition(":"): str(value) for name, value in action.form.items()}
                values = {name[2]: value for name, value in marked.items() if name[0] == "secret"}
                await acting.give(self.ropewalk, self.run, values, by)
            case "fork":
                by = await self.screen.allow("operator")
                self.screen.go(
                    f"/runs/{await acting.fork(self.ropewalk, self.run, action.data.get('step', ''), {}, by)}"
                )
                return
        self.remember()
        await self.show()

    async def tell(self, action: PageAct) -> None:
        by = await self.screen.allow("operator")
        fields = {"step": action.data.get("step", ""), "reason": str(action.form.get("reason", ""))}
        await acting.act(self.ropewalk, self.run, action.do, fields, by)
        self.screen.note(
            {"pause": "It pauses when what is under way has ended."}.get(action.do, f"Told it: {action.do}.")
        )

    def remember(self) -> None:
        """Keep what is chosen in the address, so that a reload shows it again, also after a restart of the server."""
        query = {"step": self.step, "part": self.part, "shelf": self.shelf}
        if self.shelf == "files":
            query |= {"path": self.path, "by": self.by, "how": self.how}
        plain = {"part": "summary", "shelf": "work", "how": "rendered"}
        asked = urlencode(
            {name: value for name, value in query.items() if value and plain.get(name) != value}
        )
        self.screen.address(f"/runs/{self.run}{'?' + asked if asked else ''}")


def _about(record: Record) -> str:
    try:
        return event_subject(record.event)
    except Unreadable:
        return ""


def _number(name: str) -> tuple[int, ...]:
    """By round, then attempt."""
    return tuple(int(n) if n.isdigit() else 0 for n in name.rpartition("/")[2].split("."))
