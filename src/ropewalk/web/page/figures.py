"""Figures of how runs went, and plots of them over days. Pure: statistics in, markup out."""

from __future__ import annotations

from datetime import UTC, datetime

from markupsafe import Markup

from ropewalk.app import Figures, Statistics, duration, money
from ropewalk.web.page import words as w
from ropewalk.web.page.listing import Filter
from ropewalk.web.page.markup import el

HIGH, WIDE, GAP = 130, 400, 0.28


def view(statistics: Statistics, span: str, spans: list[str], rehearsed: int = 0) -> list[Markup]:
    """Totals, two plots, a table of workflows."""
    title = el(
        "div",
        el("h1", "Statistics"),
        w.tabs([(name, name.capitalize()) for name in spans], span, "span"),
        class_="title",
    )
    if not statistics.total.runs:
        return [title, w.empty("No run began in this time.")]
    note = el("p", w.rehearsed(), f"{rehearsed} of {statistics.total.runs} runs were.", class_="line note-of")
    return [
        title,
        totals(statistics.total),
        note if rehearsed else Markup(""),
        plots(statistics),
        table(statistics),
    ]


def totals(figures: Figures) -> Markup:
    cards = [
        tile(
            "Runs",
            figures.runs,
            f"{figures.completed} completed, {figures.failed} failed, {figures.aborted} aborted",
        ),
        tile("Success", rate(figures.success_rate), "of those that ended"),
        tile(
            "Took",
            took(figures.duration_p50_seconds),
            f"half of them; nine of ten {took(figures.duration_p90_seconds)}",
        ),
        tile("Waited", took(figures.waited_seconds), f"{took(figures.people_seconds)} for people"),
        tile("Retries", figures.retries, f"of {figures.attempts} attempts; {figures.lost} lost"),
        tile("Recovered", rate(figures.recovery_rate), f"{figures.recoveries} drivers were lost"),
        tile("Cost", w.cost(figures.cost_usd, figures.cost_unknown), "where agents said it"),
    ]
    return el("div", cards, class_="tiles")


def tile(name: str, value: object, more: str) -> Markup:
    return el("div", el("span", name, class_="over"), el("b", value), el("small", more), class_="tile")


def rate(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


def took(seconds: float | None) -> str:
    return "–" if seconds is None else duration(seconds)


def plots(statistics: Statistics) -> Markup:
    days = [
        (entry["day"], entry["completed"], entry["runs"] - entry["completed"], entry["cost_usd"])
        for entry in statistics.days[-31:]
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
    lasts = spread(statistics)
    return el("div", el("figure", ends, key), el("figure", cost), el("figure", lasts), class_="plots")


def columns(days: list[tuple[float, list[tuple[float, str]]]], title: str, number_text: object) -> Markup:
    """Stacked columns; each says its numbers when it is pointed at, and all are in the label for who cannot see them."""
    tell = number_text if callable(number_text) else str
    most = max((sum(n for n, _ in parts) for _, parts in days), default=0)
    if not most:
        return el("div", el("figcaption", title), el("p", "None is known.", class_="soft"))
    each = WIDE / max(len(days), 7)
    drawn = []
    for place, (day, parts) in enumerate(days):
        y = float(HIGH)
        name = datetime.fromtimestamp(day, UTC).strftime("%d %b")
        tooltip = f"{name}: " + ", ".join(
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
        drawn.append(el("g", el("title", tooltip), bars, label))
    top = el("text", tell(most), x="0", y="11")
    floor = el("path", d=f"M0 {HIGH}H{WIDE}", class_="floor")
    svg = el("svg", floor, drawn, top, viewBox=f"0 0 {WIDE} {HIGH + 24}", role="img", aria_label=title)
    return el("div", el("figcaption", title), svg)


def spread(statistics: Statistics) -> Markup:
    """How long the runs of each workflow take: half of them, and nine of ten."""
    rows = [(name, figures) for name, figures in statistics.workflows.items() if figures.duration_p90_seconds]
    most = max((figures.duration_p90_seconds or 0 for _, figures in rows), default=0) or 1
    drawn = [
        el(
            "div", el("span", name),
            el(
                "span", el("i", class_="p90", style=f"width:{100 * (figures.duration_p90_seconds or 0) / most:.1f}%"),
                el("i", class_="p50", style=f"width:{100 * (figures.duration_p50_seconds or 0) / most:.1f}%"), class_="lane",
            ),
            el("small", f"{took(figures.duration_p50_seconds)} · {took(figures.duration_p90_seconds)}", class_="num"),
        )
        for name, figures in rows[:12]
    ]  # fmt: skip
    return el(
        "div",
        el("figcaption", "How long: half of the runs, and nine of ten"),
        el("div", drawn, class_="spread"),
    )


def table(statistics: Statistics) -> Markup:
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
            "tr", el("td", el("a", name, href=Filter(workflow=name).path)), el("td", figures.runs), el("td", rate(figures.success_rate)),
            el("td", took(figures.duration_p50_seconds)), el("td", took(figures.duration_p90_seconds)), el("td", took(figures.waited_seconds)),
            el("td", took(figures.people_seconds)), el("td", figures.retries), el("td", figures.lost), el("td", w.cost(figures.cost_usd, figures.cost_unknown)),
        )
        for name, figures in statistics.workflows.items()
    ]  # fmt: skip
    head = el("thead", el("tr", [el("th", name) for name in heads]))
    return el("div", el("table", head, el("tbody", rows), class_="table"), class_="wide-table", tabindex="0")
