"""The list of runs as HTML, and the form to start one. Pure: rows in, markup out."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup
from msgspec import Struct

from ropewalk.app import RunRow, counted, short_value
from ropewalk.nesting import read_json
from ropewalk.web.page import words as w
from ropewalk.web.page.markup import Piece, el

STATUSES = ("running", "paused", "completed", "failed", "aborted")


class Filter(Struct, frozen=True):
    """What is looked for; "" is everything."""

    text: str = ""
    status: str = ""
    workflow: str = ""

    @property
    def path(self) -> str:
        from urllib.parse import urlencode

        said = urlencode({name: value for name, value in self._pairs() if value})
        return f"/?{said}" if said else "/"

    def _pairs(self) -> list[tuple[str, str]]:
        return [("text", self.text), ("status", self.status), ("workflow", self.workflow)]


def head(wanted: Filter, workflows: list[str]) -> Markup:
    """Title, search, filters and the button that starts a run."""
    search = el(
        "input", type="search", value=wanted.text, placeholder="Search", aria_label="Search runs", data_say="text",
        data_hot="/", class_="field", autocomplete="off",
    )  # fmt: skip
    named = [("", "All"), *((status, status) for status in STATUSES)]
    chips = [
        el(
            "button", w.sign(status) if status else None, said, type="button", class_="pick", data_do="status",
            data_status=status, aria_pressed="true" if status == wanted.status else "false",
        )
        for status, said in named
    ]  # fmt: skip
    options = [el("option", "All workflows", value="")]
    options += [el("option", name, value=name, selected=name == wanted.workflow) for name in workflows]
    return el(
        "section",
        el(
            "div", el("h1", "Runs"), w.button("Start a run", "new", kind="main", data_hot="n"), class_="title"
        ),
        el(
            "div",
            search,
            el("div", chips, class_="picks", role="group", aria_label="Status"),
            el("select", options, class_="field", aria_label="Workflow", data_say="workflow"),
            class_="filters",
        ),
    )


def rows(found: list[RunRow], rehearsed: dict[str, bool], now: float, more: bool) -> list[Markup | Piece]:
    """The table, one piece a run."""
    if not found:
        return [w.empty("No run is here.", "Start one, or let ropewalk run do it from a terminal.")]
    top = el("div", *(el("span", name) for name in HEADS), class_="runs-head", aria_hidden="true")
    parts: list[Markup | Piece] = [top]
    parts += [row(one, now, rehearsed=rehearsed.get(one.run, False)) for one in found]
    if more:
        parts.append(w.button("Older runs", "older", kind="wide"))
    return parts


HEADS = ("Status", "Workflow", "Steps", "Waits for", "Took", "Cost", "Began")


def row(one: RunRow, now: float, *, rehearsed: bool) -> Piece:
    """One run."""
    named = el(
        "span",
        el("b", one.workflow),
        w.rehearsed() if rehearsed else None,
        el("small", one.run, class_="mono"),
        class_="named",
    )
    cells = [
        el("span", w.chip(one.status), class_="c-status"),
        named,
        el("span", bar(one), class_="c-steps"),
        el("span", waits(one), class_="c-waits"),
        el("span", w.since(one.created_at, one.ended_at, now), class_="c-took", data_label="took"),
        el("span", w.cost(one.cost_usd, one.cost_unknown), class_="c-cost", data_label="cost"),
        el("span", w.ago(one.created_at, now), class_="c-began soft"),
    ]
    name = f"run-{one.run}"
    return Piece(name, el("a", cells, href=f"/runs/{one.run}", id=name, class_=f"run is-{one.status}"))


def waits(one: RunRow) -> Markup | str:
    """Who or what the run waits for, why it ended, or where it is."""
    if one.asks_open:
        return el("span", "a person", el("small", counted(one.asks_open, "question")), class_="needs-you")
    if one.status == "failed":
        return el(
            "span", short_value(one.error or one.reason, 90), class_="bad", title=one.error or one.reason
        )
    if one.status == "paused":
        return {
            "by request": "somebody to resume it",
            "blocked": "somebody to fix it",
            "imported": "somebody to let it go on here",
            "secret": "the value of a secret",
        }.get(one.reason, one.reason)
    if one.status == "running":
        return el("span", one.phase, class_="soft")
    return el("span", short_value(one.reason, 60), class_="soft")


def bar(one: RunRow) -> Markup:
    """How far it is."""
    total = max(one.steps_total, 1)
    done = round(100 * one.steps_done / total, 1)
    failed = round(100 * one.steps_failed / total, 1)
    said = f"{one.steps_done} of {one.steps_total}" + (
        f", {one.steps_failed} failed" if one.steps_failed else ""
    )
    track = el(
        "span",
        el("i", style=f"width:{done}%", class_="done"),
        el("i", style=f"width:{failed}%", class_="failed") if failed else None,
        class_="track",
        role="img",
        aria_label=said,
    )
    return el(
        "span", track, el("small", f"{one.steps_done}/{one.steps_total}", class_="num"), class_="progress"
    )


# Starting -------------------------------------------------------------------------------------------------------------


def starting(workflows: list[dict[str, Any]], chosen: dict[str, Any] | None, fault: str = "") -> Markup:
    """The sheet that starts a run: a workflow, then a form made of its inputs."""
    options = [el("option", "Choose a workflow", value="", disabled=True, selected=chosen is None)]
    options += [
        el(
            "option",
            one["name"],
            value=one["name"],
            selected=chosen is not None and one["name"] == chosen["name"],
        )
        for one in workflows
        if not one["problem"]
    ]
    picker = el(
        "label",
        "Workflow",
        el("select", options, class_="field", data_say="pick", name="workflow", id="pick"),
    )
    body = [picker]
    if fault:
        body.append(el("p", fault, class_="bad", role="alert"))
    if chosen is not None:
        body.append(form(chosen))
    close = w.button("✕", "close", kind="quiet", aria_label="Close", data_hot="Escape")
    return el(
        "aside",
        el("header", el("h2", "Start a run"), close),
        *body,
        class_="sheet",
        role="dialog",
        aria_label="Start a run",
        id="starting",
    )


def form(flow: dict[str, Any]) -> Markup:
    """One field an input; what has a default may be left alone."""
    fields = [field(name, one) for name, one in flow["inputs"].items()]
    return el(
        "form",
        el("p", flow["description"], class_="soft"),
        fields or el("p", "It takes no inputs."),
        el(
            "label", el("input", type="checkbox", name="rehearse"),
            el("span", "Rehearse it", el("small", "A script plays every role: no agent, no cost.")), class_="check",
        ),
        el("div", el("button", "Start", type="submit", class_="button main"), class_="actions"),
        data_do="start", id=f"form-{flow['name']}",
    )  # fmt: skip


def field(name: str, one: dict[str, Any]) -> Markup:
    """The field of an input; its name in the form is `in:` and its own."""
    default = one.get("default")
    must = one.get("required", True) and default is None
    about = [el("span", name, el("em", " needed") if must else None), el("small", one.get("description", ""))]
    kind = one.get("type", "string")
    given: dict[str, Any] = {"name": f"in:{name}", "class_": "field", "required": must}
    if one.get("secret"):
        return el("label", about, el("input", type="password", autocomplete="off", value="", **given))
    if one.get("choices"):
        options = [el("option", said(c), value=json.dumps(c), selected=c == default) for c in one["choices"]]
        return el("label", about, el("select", options, **given, data_kind="choice"))
    if kind == "boolean":
        box = el("input", type="checkbox", name=f"in:{name}", checked=bool(default))
        return el("label", box, el("span", about), class_="check")
    if kind in {"integer", "number"}:
        step = "1" if kind == "integer" else "any"
        return el("label", about, el("input", type="number", step=step, value=default, **given))
    if kind == "string" and (default is not None and "\n" not in str(default)):
        return el("label", about, el("input", type="text", value=default, **given))
    shown = (
        "" if default is None else default if kind == "string" else json.dumps(default, ensure_ascii=False)
    )
    return el("label", about, el("textarea", shown, rows="3", **given))


def said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def read(flow: dict[str, Any], form: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The inputs that a form gives, and what is wrong with them; an empty field is one that was not given."""
    found: dict[str, Any] = {}
    faults: list[str] = []
    for name, one in flow["inputs"].items():
        given = form.get(f"in:{name}", "")
        kind = one.get("type", "string")
        try:
            if kind == "boolean" and not one.get("choices"):
                found[name] = bool(given)
            elif given == "":
                if kind == "string" and one.get("default"):
                    found[name] = ""
            elif one.get("secret"):
                found[name] = str(given)
            elif one.get("choices") or kind != "string":
                found[name] = read_json(str(given))
            else:
                found[name] = str(given)
        except ValueError:
            faults.append(
                f"{name} wants {'JSON' if kind in {'list', 'object', 'any'} else f'a value of type {kind}'}"
            )
    return found, faults
