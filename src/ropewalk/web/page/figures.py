"""Figures of how runs went, and plots of them over days. Pure: statistics in, markup out."""

from __future__ import annotations

from datetime import UTC, datetime

from markupsafe import Markup

from ropewalk.app import Figures, Statistics, duration, money
from ropewalk.web.page import words as w
from ropewalk.web.page.markup import el

HIGH, WIDE, GAP = 130, 400, 0.28


def view(found: Statistics, span: str, spans: list[str], rehearsed: int = 0) -> list[Markup]:
    """Totals, two plots, a table of workflows."""
    title = el(
        "div",
        el("h1", "Statistics"),
        w.tabs([(one, one.capitalize()) for one in spans], span, "span"),
        class_="title",
    )
    if not found.total.runs:
        return [title, w.empty("No run began in this time.")]
    note = el("p", w.rehearsed(), f"{rehearsed} of {found.total.runs} runs were.", class_="line note-of")
    return [title, totals(found.total), note if rehearsed else Markup(""), plots(found), table(found)]


def totals(one: Figures) -> Markup:
    cards = [
        tile("Runs", one.runs, f"{one.completed} completed, {one.failed} failed, {one.aborted} aborted"),
        tile("Success", rate(one.success_rate), "of those that ended"),
        tile(
            "Took",
            took(one.duration_p50_seconds),
            f"half of them; nine of ten {took(one.duration_p90_seconds)}",
        ),
        tile("Waited", took(one.waited_seconds), f"{took(one.people_seconds)} for people"),
        tile("Retries", one.retries, f"of {one.attempts} attempts; {one.lost} lost"),
        tile("Recovered", rate(one.recovery_rate), f"{one.recoveries} drivers were lost"),
        tile("Cost", w.cost(one.cost_usd, one.cost_unknown), "where agents said it"),
    ]
    return el("div", cards, class_="tiles")


def tile(name: str, value: object, more: str) -> Markup:
    return el("div", el("span", name, class_="over"), el("b", value), el("small", more), class_="tile")


def rate(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


def took(seconds: float | None) -> str:
    return "–" if seconds is None else duration(seconds)


def plots(found: Statistics) -> Markup:
    days = [
        (one["day"], one["completed"], one["runs"] - one["completed"], one["cost_usd"])
        for one in found.days[-31:]
    ]
    if not days:
        return Markup("")
    ends = columns(
        [(day, [(good, "good"), (bad, "bad")]) for day, good, bad, _ in days],
        "Runs that ended, by day",
        lambda n: f"{n:g}",
    )
    key = el(
        "p",
        el("i", class_="dot good"),
        "completed",
        el("i", class_="dot bad"),
        "failed or aborted",
        class_="legend",
    )
    cost = columns([(day, [(usd, "cost")]) for day, _, _, usd in days], "Known cost, by day", money)
    lasts = spread(found)
    return el("div", el("figure", ends, key), el("figure", cost), el("figure", lasts), class_="plots")


def columns(days: list[tuple[float, list[tuple[float, str]]]], title: str, said: object) -> Markup:
    """Stacked columns; each says its numbers when it is pointed at, and all are in the label for who cannot see them."""
    tell = said if callable(said) else str
    most = max((sum(n for n, _ in parts) for _, parts in days), default=0)
    if not most:
        return el("div", el("figcaption", title), el("p", "None is known.", class_="soft"))
    each = WIDE / max(len(days), 7)
    drawn = []
    for place, (day, parts) in enumerate(days):
        y = float(HIGH)
        name = datetime.fromtimestamp(day, UTC).strftime("%d %b")
        told = f"{name}: " + ", ".join(
            f"{tell(n)} {kind if kind != 'cost' else ''}".strip() for n, kind in parts
        )
        bars = []
        for n, kind in parts:
            tall = n / most * (HIGH - 18)
            y -= tall
            if n:
                bars.append(
                    el(
                        "rect",
                        x=f"{place * each + each * GAP / 2:.1f}",
                        y=f"{y:.1f}",
                        width=f"{each * (1 - GAP):.1f}",
                        height=f"{max(tall, 1):.1f}",
                        rx="2",
                        class_=kind,
                    )
                )
        every = len(days) <= 8 or place % (len(days) // 6 or 1) == 0
        label = (
            el("text", name, x=f"{(place + 0.5) * each:.1f}", y=HIGH + 16, text_anchor="middle")
            if every
            else None
        )
        drawn.append(el("g", el("title", told), bars, label))
    top = el("text", tell(most), x="0", y="11")
    floor = el("path", d=f"M0 {HIGH}H{WIDE}", class_="floor")
    svg = el("svg", floor, drawn, top, viewBox=f"0 0 {WIDE} {HIGH + 24}", role="img", aria_label=title)
    return el("div", el("figcaption", title), svg)


def spread(found: Statistics) -> Markup:
    """How long the runs of each workflow take: half of them, and nine of ten."""
    rows = [(name, one) for name, one in found.workflows.items() if one.duration_p90_seconds]
    most = max((one.duration_p90_seconds or 0 for _, one in rows), default=0) or 1
    drawn = [
        el(
            "div", el("span", name),
            el(
                "span", el("i", class_="p90", style=f"width:{100 * (one.duration_p90_seconds or 0) / most:.1f}%"),
                el("i", class_="p50", style=f"width:{100 * (one.duration_p50_seconds or 0) / most:.1f}%"), class_="lane",
            ),
            el("small", f"{took(one.duration_p50_seconds)} · {took(one.duration_p90_seconds)}", class_="num"),
        )
        for name, one in rows[:12]
    ]  # fmt: skip
    return el(
        "div",
        el("figcaption", "How long: half of the runs, and nine of ten"),
        el("div", drawn, class_="spread"),
    )


def table(found: Statistics) -> Markup:
    heads = (
        "Workflow",
        "Runs",
        "Success",
        "Half take",
        "Nine of ten",
        "Waited",
        "For people",
        "Retries",
        "Lost",
        "Cost",
    )
    rows = [
        el(
            "tr", el("td", el("a", name, href=f"/?workflow={name}")), el("td", one.runs), el("td", rate(one.success_rate)),
            el("td", took(one.duration_p50_seconds)), el("td", took(one.duration_p90_seconds)), el("td", took(one.waited_seconds)),
            el("td", took(one.people_seconds)), el("td", one.retries), el("td", one.lost), el("td", w.cost(one.cost_usd, one.cost_unknown)),
        )
        for name, one in found.workflows.items()
    ]  # fmt: skip
    head = el("thead", el("tr", [el("th", name) for name in heads]))
    return el("div", el("table", head, el("tbody", rows), class_="table"), class_="wide-table", tabindex="0")
