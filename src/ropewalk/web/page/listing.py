"""The list of runs as HTML, and the form to start one. Pure: rows in, markup out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from msgspec import Struct

from ropewalk.app import Input, RunRow, counted, short_value
from ropewalk.app.choosing import WorkflowRow, WorkflowView
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

        query = urlencode({name: value for name, value in self._pairs() if value})
        return f"/?{query}" if query else "/"

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
            "button", w.sign(status) if status else None, label, type="button", class_="pick", data_do="status",
            data_status=status, aria_pressed="true" if status == wanted.status else "false",
        )
        for status, label in named
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


def rows(listed: list[RunRow], rehearsed: dict[str, bool], now: float, more: bool) -> list[Markup | Piece]:
    """The table, one piece a run."""
    if not listed:
        return [w.empty("No run is here.", "Start one, or let ropewalk run do it from a terminal.")]
    top = el("div", *(el("span", name) for name in HEADS), class_="runs-head", aria_hidden="true")
    parts: list[Markup | Piece] = [top]
    parts += [row(run_row, now, rehearsed=rehearsed.get(run_row.run, False)) for run_row in listed]
    if more:
        parts.append(w.button("Older runs", "older", kind="wide"))
    return parts


HEADS = ("Status", "Workflow", "Steps", "Waits for", "Took", "Cost", "Began")


def row(run_row: RunRow, now: float, *, rehearsed: bool) -> Piece:
    """One run."""
    named = el(
        "span",
        el("b", run_row.title or run_row.workflow),
        w.rehearsed() if rehearsed else None,
        el("small", run_row.workflow) if run_row.title else None,
        el("small", run_row.run, class_="mono"),
        class_="named",
    )
    cells = [
        el("span", w.chip(run_row.status), class_="c-status"),
        named,
        el("span", bar(run_row), class_="c-steps"),
        el("span", waits(run_row), class_="c-waits"),
        el("span", w.since(run_row.created_at, run_row.ended_at, now), class_="c-took", data_label="took"),
        el("span", w.cost(run_row.cost_usd, run_row.cost_unknown), class_="c-cost", data_label="cost"),
        el("span", w.ago(run_row.created_at, now), class_="c-began soft"),
    ]
    name = f"run-{run_row.run}"
    return Piece(
        name, el("a", cells, href=f"/runs/{run_row.run}", id=name, class_=f"run is-{run_row.status}")
    )


def waits(run_row: RunRow) -> Markup | str:
    """Who or what the run waits for, why it ended, or where it is."""
    if run_row.asks_open:
        return el("span", "a person", el("small", counted(run_row.asks_open, "question")), class_="needs-you")
    if run_row.status == "failed":
        return el(
            "span",
            short_value(run_row.error or run_row.reason, 90),
            class_="bad",
            title=run_row.error or run_row.reason,
        )
    if run_row.status == "paused":
        return {
            "by request": "somebody to resume it",
            "blocked": "somebody to fix it",
            "imported": "somebody to let it go on here",
            "secret": "the value of a secret",
        }.get(run_row.reason, run_row.reason)
    if run_row.status == "running":
        return el("span", run_row.phase, class_="soft")
    return el("span", short_value(run_row.reason, 60), class_="soft")


def bar(run_row: RunRow) -> Markup:
    """How far it is."""
    total = max(run_row.steps_total, 1)
    done = round(100 * run_row.steps_done / total, 1)
    failed = round(100 * run_row.steps_failed / total, 1)
    label = f"{run_row.steps_done} of {run_row.steps_total}" + (
        f", {run_row.steps_failed} failed" if run_row.steps_failed else ""
    )
    track = el(
        "span",
        el("i", style=f"width:{done}%", class_="done"),
        el("i", style=f"width:{failed}%", class_="failed") if failed else None,
        class_="track",
        role="img",
        aria_label=label,
    )
    return el(
        "span",
        track,
        el("small", f"{run_row.steps_done}/{run_row.steps_total}", class_="num"),
        class_="progress",
    )


# Starting -------------------------------------------------------------------------------------------------------------


def starting(workflows: Sequence[WorkflowRow], chosen: WorkflowView | None, fault: str = "") -> Markup:
    """The sheet that starts a run: a workflow, then a form made of its inputs."""
    options = [el("option", "Choose a workflow", value="", disabled=True, selected=chosen is None)]
    options += [
        el(
            "option",
            workflow.name,
            value=workflow.name,
            selected=chosen is not None and workflow.name == chosen.name,
        )
        for workflow in workflows
        if not workflow.problem
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


def form(flow: WorkflowView) -> Markup:
    """One field an input; what has a default may be left alone."""
    fields = [field(name, declared) for name, declared in flow.inputs.items()]
    return el(
        "form",
        el("p", flow.description, class_="soft"),
        fields or el("p", "It takes no inputs."),
        el(
            "label", el("input", type="checkbox", name="rehearse"),
            el("span", "Rehearse it", el("small", "A script plays every role: no agent, no cost.")), class_="check",
        ),
        el("div", el("button", "Start", type="submit", class_="button main"), class_="actions"),
        data_do="start", id=f"form-{flow.name}",
    )  # fmt: skip


def field(name: str, declared: Input) -> Markup:
    """The field of an input; its name in the form is `in:` and its own."""
    default = declared.default
    must = declared.required and default is None
    about = [
        el("span", name, el("em", " needed") if must else None),
        el("small", declared.description),
    ]
    kind = declared.type
    attributes: dict[str, Any] = {"name": f"in:{name}", "class_": "field", "required": must}
    if declared.secret:
        return el("label", about, el("input", type="password", autocomplete="off", value="", **attributes))
    if declared.choices:
        options = [
            el("option", as_text(c), value=json.dumps(c), selected=c == default) for c in declared.choices
        ]
        return el("label", about, el("select", options, **attributes, data_kind="choice"))
    if kind == "boolean":
        box = el("input", type="checkbox", name=f"in:{name}", checked=bool(default))
        return el("label", box, el("span", about), class_="check")
    if kind in {"integer", "number"}:
        step = "1" if kind == "integer" else "any"
        return el("label", about, el("input", type="number", step=step, value=default, **attributes))
    if kind == "string" and (default is not None and "\n" not in str(default)):
        return el("label", about, el("input", type="text", value=default, **attributes))
    shown = (
        "" if default is None else default if kind == "string" else json.dumps(default, ensure_ascii=False)
    )
    return el("label", about, el("textarea", shown, rows="3", **attributes))


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def read(flow: WorkflowView, form: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The inputs that a form gives, and what is wrong with them; an empty field is one that was not given."""
    values: dict[str, Any] = {}
    faults: list[str] = []
    for name, declared in flow.inputs.items():
        text = form.get(f"in:{name}", "")
        kind = declared.type
        try:
            if kind == "boolean" and not declared.choices:
                values[name] = bool(text)
            elif text == "":
                if kind == "string" and declared.default:
                    values[name] = ""
            elif declared.secret:
                values[name] = str(text)
            elif declared.choices or kind != "string":
                values[name] = read_json(str(text))
            else:
                values[name] = str(text)
        except ValueError:
            faults.append(
                f"{name} wants {'JSON' if kind in {'list', 'object', 'any'} else f'a value of type {kind}'}"
            )
    return values, faults
