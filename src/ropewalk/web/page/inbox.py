"""The inbox: what people are asked in all runs, and their answers, bound to exactly what this page has shown."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import Request
from markupsafe import Markup
from nicegui import ui

from ropewalk.app import plain_data, showing
from ropewalk.errors import NoSuchFile, NoSuchRun, Refused, RopewalkError
from ropewalk.web.page import asking, document
from ropewalk.web.page import words as w
from ropewalk.web.page.live import PageAct
from ropewalk.web.page.markup import el
from ropewalk.web.page.screen import PATIENCE_SECONDS, PageContext, PageScreen


def add(context: PageContext) -> None:
    """Serve it."""

    @ui.page("/inbox", response_timeout=PATIENCE_SECONDS)
    async def page(request: Request) -> None:
        await Inbox(
            PageScreen(context, request, "/inbox", "Inbox"), request.query_params.get("ask", "")
        ).begin()


class Inbox:
    """The asks as one browser sees them. `chosen` is `run/ask`."""

    def __init__(self, screen: PageScreen, chosen: str) -> None:
        self.screen, self.ropewalk, self.folded = screen, screen.ropewalk, screen.context.folded
        self.chosen = chosen
        self.asks: dict[str, dict[str, Any]] = {}
        self.flows: dict[str, str] = {}
        self.path = self.mode = ""
        self.how = self.side = "rendered"
        self.draft: str | None = None
        self.seen: dict[tuple[str, str, str], tuple[bytes | None, str]] = {}
        with ui.element("div").classes("content"):
            title = screen.part()
            with ui.element("div").classes("split inbox"):
                self.list = screen.part(self.act)
                self.card = screen.part(self.act)
        hints = el(
            "p",
            w.key("j"),
            w.key("k"),
            " move ",
            w.key("a"),
            " approve ",
            w.key("r"),
            " reject ",
            w.key("e"),
            " amend",
            class_="keys",
        )
        title.show(el("div", el("h1", "Inbox"), hints, class_="title"))
        self.list.classes("ask-list")

    async def begin(self) -> None:
        await self.heard(set())
        await self.screen.begin(self.heard)

    async def heard(self, runs: set[str]) -> None:
        """Read all open asks again; there are never many."""
        order = list(self.asks)
        self.asks = {asking.name_of(ask): ask for ask in plain_data(await showing.asks(self.ropewalk))}
        for ask in self.asks.values():
            if ask["run"] not in self.flows:
                self.flows[ask["run"]] = (await self.ropewalk.store.row(ask["run"])).workflow
        if self.chosen not in self.asks:
            await self.choose_next(order)
        await self.show()

    async def choose_next(self, order: list[str]) -> None:
        """The chosen ask was answered: say by whom if it was another person, and choose the next."""
        if self.chosen in order:
            await self.note_answer()
            after = [name for name in order[order.index(self.chosen) + 1 :] if name in self.asks]
        else:
            after = []
        self.choose(after[0] if after else next(iter(self.asks), ""))

    async def note_answer(self) -> None:
        run, _, ask = self.chosen.rpartition("/")
        try:
            answer = (await self.folded.state(run)).answers.get(ask)
        except NoSuchRun:
            return
        if answer is not None and answer.by != self.screen.person.name:
            self.screen.note(f"{ask} was answered by {answer.by or 'nobody'}: {answer.verdict}.")

    def choose(self, name: str) -> None:
        self.chosen, self.path, self.mode, self.draft, self.how, self.side = (
            name,
            "",
            "",
            None,
            "rendered",
            "rendered",
        )

    async def show(self) -> None:
        now = self.screen.context.now
        self.list.show(*asking.listed(list(self.asks.values()), self.flows, self.chosen, now))
        ask = self.asks.get(self.chosen)
        if ask is None:
            self.card.show()
            return
        paths = [a["path"] for a in ask["show"]]
        if self.path not in paths:
            self.path = paths[0] if paths else ""
        self.card.show(
            asking.card(
                ask,
                self.flows.get(ask["run"], ""),
                now,
                looks=await self.looks(ask),
                mode=self.mode,
                rehearsed=await self.screen.context.is_rehearsed(ask["run"]),
                many=len(self.asks),
            )
        )

    async def looks(self, ask: dict[str, Any]) -> Markup:
        if not self.path:
            return Markup("")
        data, change = await self.fetch(ask)
        if self.mode != "amend":
            return asking.shown(ask, self.path, self.how, data, change)
        text = document.decoded(data or b"")
        if text is None or len(data or b"") > asking.EDITABLE_BYTES:
            self.mode = ""
            self.screen.note(
                "This file cannot be edited here; `ropewalk amend` takes one of yours.", bad=True
            )
            return asking.shown(ask, self.path, self.how, data, change)
        return asking.editor(ask, self.path, text, text if self.draft is None else self.draft, self.side)

    async def fetch(self, ask: dict[str, Any]) -> tuple[bytes | None, str]:
        """The file as it was when it was asked, and what the step changed in it."""
        name = (asking.name_of(ask), ask["digest"], self.path)
        if name not in self.seen:
            data: bytes | None = None
            change = b""
            try:
                data = await showing.shown(self.folded, self.ropewalk, ask["run"], ask["ask"], self.path)
                change = await showing.diff(self.folded, self.ropewalk, ask["run"], ask["step"], self.path)
            except (NoSuchFile, RopewalkError):
                pass
            self.seen = {name: (data, change.decode("utf-8", "replace"))}
        return self.seen[name]

    # What is done in it -----------------------------------------------------------------------------------------------

    async def act(self, action: PageAct) -> None:
        match action.do:
            case "choose":
                self.choose(action.data.get("name", ""))
                self.screen.client.run_javascript("setTimeout(() => ropewalk.reveal('.ask-card'), 120)")
            case "before" | "after":
                self.choose(self.neighbour(1 if action.do == "after" else -1))
            case "mode":
                self.mode, self.draft = action.data.get("mode", ""), None
            case "path":
                self.path, self.draft = action.data.get("name", ""), None
            case "how":
                self.how = action.data.get("name", "rendered")
            case "side":
                self.side = action.data.get("name", "rendered")
            case "draft":
                self.draft = str(action.form.get("value", ""))
            case "answer":
                await self.answer(action)
                return
        self.screen.address(f"/inbox?ask={quote(self.chosen)}" if self.chosen else "/inbox")
        await self.show()

    def neighbour(self, step: int) -> str:
        names = list(self.asks)
        if self.chosen not in names:
            return names[0] if names else ""
        return names[max(0, min(len(names) - 1, names.index(self.chosen) + step))]

    async def answer(self, action: PageAct) -> None:
        """Answer the ask for which the form was made, with its digest; what happens then comes over the feed."""
        by = await self.screen.allow("approver")
        name, verdict = action.data.get("name", ""), str(action.form.get("verdict", "approve"))
        ask = self.asks.get(name)
        if ask is None:
            raise Refused(verb="answer", reason="it is not open any more")
        content = None
        if verdict == "amend":
            text = str(action.form.get("content", "")).replace("\r\n", "\n")
            content = {action.data.get("path", ""): text.encode()}
        await self.ropewalk.answer(
            ask["run"],
            ask["ask"],
            verdict,
            reason=str(action.form.get("reason", "")).strip(),
            value=None if verdict in {"reject", "amend"} else asking.value_of(ask, action.form),
            content=content,
            by=by,
            digest=action.data.get("digest", ""),
        )
        self.screen.note(f"{asking.VERDICT_LABELS.get(verdict, verdict)}: {ask['step']}")
