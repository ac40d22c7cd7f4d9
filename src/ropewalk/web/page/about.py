"""The head of a run: what it is, why it is where it is, what failed first, and what can be done about it. Pure."""

from __future__ import annotations

from urllib.parse import quote

from markupsafe import Markup

from ropewalk.app import Explanation, Progress, State, counted, listed_steps, short_value
from ropewalk.web.page import words as w
from ropewalk.web.page.markup import el

SHELVES = (
    ("work", "Work"),
    ("files", "Files"),
    ("handoffs", "Handoffs"),
    ("merge", "Merge"),
    ("events", "Events"),
)


def head(state: State, why: Explanation, how_far: Progress, now: float) -> list[Markup]:
    """Everything above the tabs; what the banner says is not said again."""
    top = banner(state)
    title = el(
        "div",
        el("h1", state.workflow.name, w.chip(state.status), w.rehearsed() if how_far.rehearsed else None),
        el("div", verbs(state), class_="actions"),
        class_="title",
    )
    facts = [
        fact(
            "Run",
            el("button", state.run, type="button", class_="mono copy", data_copy=state.run, title="Copy"),
        ),
        fact("Steps", f"{how_far.done} of {how_far.total}"),
        fact("Took", w.since(state.started_at, state.ended_at, now)),
        fact("Cost", w.cost(state.spent.cost_usd, bool(state.spent.unknown))),
        fact("Tokens", f"{state.spent.tokens:,}") if state.spent.tokens else None,
        fact("Began", w.moment(state.created_at, now)),
        fact("Branch", el("span", state.branch, class_="mono")) if state.branch else None,
        fact("Called by", el("a", state.parent.run, href=f"/runs/{state.parent.run}", class_="mono"))
        if state.parent
        else None,
        fact(
            "Forked from",
            el("a", state.forked_from, href=f"/runs/{state.forked_from.partition('/')[0]}", class_="mono"),
        )
        if state.forked_from
        else None,
    ]
    sentence = Markup("") if top else el("p", why.sentence, class_=f"why is-{state.status}")
    mind = [el("p", f"Mind: {warning}", class_="why") for warning in why.warnings]
    return [top, title, sentence, secrets(state), *mind, el("dl", facts, class_="facts"), inputs(state)]


def secrets(state: State) -> Markup:
    """A run that waits for values which are kept nowhere: a field for each, and nothing of what stands in it is shown again."""
    if not (state.status == "paused" and state.reason == "secret"):
        return Markup("")
    field = {"type": "password", "autocomplete": "off", "class_": "field", "required": True}
    fields = [
        el("label", name, el("input", name=f"secret:{name}", **field)) for name in state.detail.split(", ")
    ]
    send = el("div", el("button", "Give and go on", type="submit", class_="button main"), class_="actions")
    return el("form", fields, send, data_do="give", id="secrets")


def fact(name: str, value: object) -> Markup:
    return el("div", el("dt", name), el("dd", value))


def inputs(state: State) -> Markup:
    """What the run was started with and what is known by now."""
    if not state.inputs and not state.facts:
        return Markup("")
    secret = {name for name, declared in state.workflow.inputs.items() if declared.secret}
    rows = [
        fact(name, "•••" if name in secret else short_value(value, 300))
        for name, value in state.inputs.items()
        if value != ""
    ]
    rows += [fact(f"facts.{name}", short_value(value, 200)) for name, value in state.facts.items()]
    return el(
        "details", el("summary", "Inputs and facts"), el("dl", rows, class_="facts long"), class_="given"
    )


def banner(state: State) -> Markup:
    """The first step that failed, by its name; or what a person is asked."""
    failed = [st for st in listed_steps(state) if st.status == "failed" and st.key in state.failed]
    if failed and (state.status in {"failed", "aborted"} or state.failing or state.reason == "blocked"):
        st = failed[0]
        why = f"{st.failure.kind}: {st.failure.message}" if st.failure is not None else ""
        more = f" {counted(len(failed) - 1, 'other step')} failed too." if len(failed) > 1 else ""
        text = el("span", el("b", f"{st.key} failed first. "), short_value(why, 400), more)
        look = w.button("Show it", "step", data_key=st.key)
        return el("div", w.sign("failed"), text, look, class_="banner bad", role="alert")
    if state.asks and not state.ended:
        name, opened = next(iter(state.asks.items()))
        more = f" and {len(state.asks) - 1} more" if len(state.asks) > 1 else ""
        text = el("span", el("b", f"{opened.step} asks: "), short_value(opened.prompt, 200), more)
        link = el("a", "Answer", href=f"/inbox?ask={state.run}/{quote(name)}", class_="button main")
        return el("div", w.sign("waiting"), text, link, class_="banner asks")
    return Markup("")


def verbs(state: State) -> list[Markup]:
    """What can be told to the run as a whole."""
    buttons: list[Markup] = []
    if state.ended:
        if state.failed or state.status == "aborted":
            buttons.append(w.button("Retry", "retry", kind="main", title="Try every failed step again"))
        return buttons
    if state.status == "paused" and state.reason in {"by request", "blocked", "budget", "imported"}:
        buttons.append(w.button("Resume", "resume", kind="main", data_hot="p"))
    elif not (state.status == "paused" and state.reason == "asked"):
        buttons.append(w.button("Pause", "pause", data_hot="p"))
    if state.failed:
        buttons.append(w.button("Retry", "retry"))
    buttons.append(el("button", "Abort", type="button", class_="button danger", data_open="abort"))
    return buttons


def abort() -> Markup:
    """Asks once more, and why."""
    form = el(
        "form",
        el("p", "What is under way is stopped within seconds. What was made so far is kept."),
        el("label", "Reason", el("input", type="text", name="reason", class_="field", maxlength="500")),
        el("div", el("button", "Abort the run", type="submit", class_="button danger"), class_="actions"),
        data_do="abort",
    )
    return w.dialog("abort", "Abort this run?", form)
