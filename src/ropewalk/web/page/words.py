"""What every page says in the same way: statuses with their signs, times, costs, buttons, notes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from markupsafe import Markup

from ropewalk.app import duration, money
from ropewalk.web.page.markup import el

SIGNS: Final = {
    "pending": '<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2 2.3"/>',
    "running": '<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="1.5" opacity=".35"/>'
    '<path class="turns" d="M8 2.5a5.5 5.5 0 0 1 5.5 5.5" fill="none" stroke="currentColor" stroke-width="2"/>',
    "waiting": '<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    '<path d="M8 5v3.2l2.2 1.4" fill="none" stroke="currentColor" stroke-width="1.5"/>',
    "paused": '<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    '<path d="M6.5 5.8v4.4M9.5 5.8v4.4" stroke="currentColor" stroke-width="1.5"/>',
    "succeeded": '<circle cx="8" cy="8" r="6.2" fill="currentColor"/>'
    '<path d="M5.2 8.2l2 2 3.7-4" fill="none" stroke="var(--surface)" stroke-width="1.6"/>',
    "failed": '<path d="M5.4 1.8h5.2l3.6 3.6v5.2l-3.6 3.6H5.4l-3.6-3.6V5.4z" fill="currentColor"/>'
    '<path d="M5.8 5.8l4.4 4.4m0-4.4l-4.4 4.4" stroke="var(--surface)" stroke-width="1.6"/>',
    "aborted": '<rect x="3" y="3" width="10" height="10" rx="2" fill="currentColor"/>'
    '<path d="M6 8h4" stroke="var(--surface)" stroke-width="1.6"/>',
    "skipped": '<path d="M3.5 4.5L7 8l-3.5 3.5M8.5 4.5L12 8l-3.5 3.5" fill="none" stroke="currentColor" stroke-width="1.5"/>',
}
SIGNS["completed"] = SIGNS["succeeded"]


def sign(status: str) -> Markup:
    """The sign of a status: its shape tells it apart, not only its colour."""
    drawn = Markup(SIGNS.get(status, SIGNS["pending"]))  # noqa: S704 - one of the constants above
    return el("svg", drawn, class_=f"sign is-{status}", viewBox="0 0 16 16", aria_hidden="true")


def chip(status: str, label: str = "") -> Markup:
    return el("span", sign(status), label or status, class_=f"chip is-{status}")


def rehearsed() -> Markup:
    return el(
        "span",
        "rehearsed",
        class_="chip rehearsed",
        title="No agent thought about it: a script played the roles.",
    )


def since(start: float | None, end: float | None, now: float) -> Markup:
    """How long something took, or takes: then the browser counts on by itself."""
    if start is None:
        return el("span", "–", class_="num")
    if end is not None:
        return el("span", duration(end - start), class_="num")
    return el("span", duration(now - start), class_="num", data_since=f"{start:.1f}")


def moment(at: float | None, now: float) -> Markup:
    """A time of day, with the day when it is another one."""
    if at is None:
        return el("span", "–")
    then = datetime.fromtimestamp(at).astimezone()
    today = datetime.fromtimestamp(now).astimezone()
    text = then.strftime("%H:%M:%S" if then.date() == today.date() else "%d %b, %H:%M")
    return el(
        "time", text, datetime=then.isoformat(), title=then.strftime("%Y-%m-%d %H:%M:%S %Z"), class_="num"
    )


def ago(at: float, now: float) -> Markup:
    text = f"{duration(max(now - at, 0))} ago"
    return el(
        "time",
        text,
        data_ago=f"{at:.1f}",
        title=datetime.fromtimestamp(at).astimezone().isoformat(" ", "seconds"),
    )


def cost(usd: float | None, unknown: bool) -> Markup:
    """What is known to be spent, and that there is more of which nothing is known."""
    if unknown and not usd:
        return el("span", "unknown", class_="num soft", title="No agent said what it cost")
    text = money(usd or 0.0)
    if unknown:
        return el("span", "≥ ", text, class_="num", title="Some attempts did not say what they cost")
    return el("span", text, class_="num")


def button(label: object, do: str, *, kind: str = "", **more: Any) -> Markup:
    """A button that tells the server `do`; `data_*` go with it."""
    return el("button", label, type="button", class_=f"button {kind}".strip(), data_do=do, **more)


def key(letter: str) -> Markup:
    return el("kbd", letter)


def empty(title: str, more: object = "") -> Markup:
    return el("div", el("p", title, class_="lead"), el("p", more) if more else None, class_="empty")


def tabs(named: Sequence[tuple[str, object]], chosen: str, do: str = "tab") -> Markup:
    """A row of tabs; the arrow keys move between them (page.js)."""
    return el(
        "div",
        [
            el(
                "button", label, type="button", role="tab", id=f"{do}-{name}", data_do=do, data_name=name,
                aria_selected="true" if name == chosen else "false", tabindex="0" if name == chosen else "-1",
            )
            for name, label in named
        ],
        class_="tabs", role="tablist",
    )  # fmt: skip


def dialog(name: str, title: str, *inside: object, class_: str = "") -> Markup:
    """Opened in the browser by a button with `data-open`."""
    close = el("button", "✕", type="button", class_="close", data_close=True, aria_label="Close")
    head = el("header", el("h2", title, id=f"{name}-title"), close)
    return el("dialog", head, *inside, id=name, class_=class_, aria_labelledby=f"{name}-title")
