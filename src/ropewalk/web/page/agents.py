"""The agents: what each is doing now, for whom it waits, until when it rests, and what it has spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from fastapi import Request
from markupsafe import Markup
from nicegui import ui

from ropewalk.app import Probe, Record, choosing, read_feed
from ropewalk.app import events as e
from ropewalk.app.choosing import AgentRow
from ropewalk.errors import RopewalkError
from ropewalk.web.page import words as w
from ropewalk.web.page.live import PageAct
from ropewalk.web.page.markup import el
from ropewalk.web.page.screen import PATIENCE_SECONDS, PageContext, PageScreen

SPENDING = ("step.succeeded", "step.produced", "attempt.failed")


def add(context: PageContext) -> None:
    """Serve it."""

    @ui.page("/agents", response_timeout=PATIENCE_SECONDS)
    async def page(request: Request) -> None:
        await AgentsPage(PageScreen(context, request, "/agents", "Agents")).begin()


class AgentsPage:
    """The agents as one browser sees them; a probe is made only when somebody asks for it."""

    def __init__(self, screen: PageScreen) -> None:
        self.screen = screen
        self.probes: dict[str, Probe] = {}
        self.spent: dict[str, AgentSpending] = {}
        self.paid: set[tuple[str, str, int, int]] = set()
        self.position = 0
        with ui.element("div").classes("content"):
            self.part = screen.part(self.act)

    async def begin(self) -> None:
        await self.heard(set())
        await self.screen.begin(self.heard)

    async def heard(self, runs: set[str]) -> None:
        await self.count()
        agents = await choosing.agents(self.screen.ropewalk)
        self.part.show(view(agents, self.spent, self.probes, self.screen.context.now))

    async def count(self) -> None:
        """Take in what was spent since the last look."""
        store = self.screen.ropewalk.store
        async for record in read_feed(store, self.position, SPENDING):
            self.position = record.position
            self.take(record)

    def take(self, record: Record) -> None:
        """Work that waits for approval is spent when it was done, and not once more when it is approved."""
        event = record.event
        if isinstance(event, e.StepProduced):
            self.paid.add((record.run, event.step, event.round, event.attempt))
        elif (
            isinstance(event, e.StepSucceeded)
            and (record.run, event.step, event.round, event.attempt) in self.paid
        ):
            return
        add_to(self.spent, event)

    async def act(self, action: PageAct) -> None:
        if action.do == "probe":
            await self.screen.allow("operator")
            name = action.data.get("name", "")
            try:
                self.probes[name] = await choosing.probe(self.screen.ropewalk, name)
            except RopewalkError as error:
                self.probes[name] = Probe(name, installed=False, usable=False, reason=str(error))
            await self.heard(set())


class AgentSpending:
    """By one agent: attempts, those that failed, what they cost and how many did not say."""

    def __init__(self) -> None:
        self.attempts = self.failed = self.unknown = self.tokens = 0
        self.cost_usd = 0.0


def add_to(spent: dict[str, AgentSpending], event: Any) -> None:
    """One attempt that ended; work that was approved later counts once."""
    result: Any = getattr(event, "result", event)
    name = result.agent
    if not name or getattr(result, "cached_from", None):
        return
    spending = spent.setdefault(name, AgentSpending())
    spending.attempts += 1
    spending.failed += hasattr(event, "failure")
    spending.tokens += result.usage.tokens_in + result.usage.tokens_out
    if result.usage.cost_usd is None:
        spending.unknown += 1
    else:
        spending.cost_usd += result.usage.cost_usd


def view(
    agents: Sequence[AgentRow],
    spent: dict[str, AgentSpending],
    probes: Mapping[str, Probe],
    now: float,
) -> Markup:
    """A card an agent; those that do something or were used come first."""
    order = {"waiting": 0, "working": 1, "resting": 2, "failing": 3}
    ranked = sorted(
        agents,
        key=lambda a: (
            order.get(a.status, 4),
            -(spent[a.agent].attempts if a.agent in spent else 0),
        ),
    )
    cards = [
        card(agent, spent.get(agent.agent, AgentSpending()), probes.get(agent.agent), now) for agent in ranked
    ]
    return el("div", el("div", el("h1", "Agents"), class_="title"), el("div", cards, class_="cards three"))


SIGNS = {
    "working": "running",
    "waiting": "waiting",
    "resting": "paused",
    "failing": "failed",
    "idle": "pending",
}


def card(agent: AgentRow, spent: AgentSpending, probe: Probe | None, now: float) -> Markup:
    rows = [
        el(
            "li",
            w.sign(SIGNS[status]),
            el("a", at.step, href=f"/runs/{at.run}?step={quote(at.step)}"),
            el("small", at.run, class_="mono"),
        )
        for status, attempts in (("waiting", agent.waiting), ("working", agent.working))
        for at in attempts[:8]
    ]
    rests = (
        el("p", "Rests ", el("span", "", data_until=f"{agent.rests_until:.1f}"))
        if agent.status == "resting" and agent.rests_until
        else None
    )
    unused = not spent.attempts
    figures = el(
        "dl",
        el("div", el("dt", "Attempts"), el("dd", spent.attempts)),
        el("div", el("dt", "Failed"), el("dd", spent.failed)),
        el(
            "div",
            el("dt", "Cost"),
            el(
                "dd",
                "–" if unused else "free" if agent.rehearses else w.cost(spent.cost_usd, bool(spent.unknown)),
            ),
        ),
        el("div", el("dt", "Tokens"), el("dd", f"{spent.tokens:,}")),
        class_="facts",
    )
    return el(
        "article",
        el(
            "header",
            el("h2", agent.agent),
            w.chip(SIGNS[agent.status], agent.status),
            w.rehearsed() if agent.rehearses else None,
        ),
        rests,
        el("p", agent.failure, class_="bad") if agent.failure else None,
        el("ul", rows, class_="doing") if rows else None,
        figures if not unused else None,
        probed(agent.agent, probe),
        class_=f"card agent{' unused' if unused and not rows else ''}",
        id=f"agent-{agent.agent}",
    )


def probed(name: str, probe: Probe | None) -> Markup:
    if probe is None:
        return w.button("Can it be used here?", "probe", kind="quiet", data_name=name)
    if probe.usable:
        return el(
            "p",
            w.sign("succeeded"),
            " usable",
            f", {probe.version}" if probe.version else "",
            class_="line",
        )
    reason = f"{probe.reason} {probe.hint}".strip()
    return el("p", w.sign("failed"), el("span", reason or "not usable"), class_="line")
