"""Everything about one step of a run, a tab at a time. Pure: a state in, markup out; what has to be fetched comes as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from markupsafe import Markup

from ropewalk.app import STEP_ENDED, Bar, State, Step, StepState, counted, duration, listed_steps, step_line
from ropewalk.web.page import document
from ropewalk.web.page import words as w
from ropewalk.web.page.about import fact
from ropewalk.web.page.markup import el

TABS: Final = (
    ("summary", "Summary"), ("output", "Output"), ("prompt", "Prompt"), ("data", "Data"), ("diff", "Diff"),
    ("attempts", "Attempts"), ("log", "Events"),
)  # fmt: skip


def first(state: State) -> str:
    """The step that most people would look at first: what failed, what waits, what runs, what ended last."""
    shown = [st for st in listed_steps(state) if not st.parent]
    for status in ("failed", "waiting", "running"):
        for st in shown:
            if st.status == status:
                return st.key
    ended = [st for st in shown if st.ended_at is not None]
    return max(ended, key=lambda st: st.ended_at or 0.0).key if ended else ""


def none(state: State) -> Markup:
    return w.empty(
        "Choose a step", "in the drawing or in the timeline, to see what it does, says and changed."
    )


def block(state: State, title: str, keys: Sequence[str], now: float) -> Markup:
    """Several steps that are drawn as one: a list of them."""
    rows = []
    for key in keys:
        st = state.steps[key]
        seen = step_line(state, st, now)
        took = w.since(st.started_at, st.ended_at if st.status in STEP_ENDED else None, now)
        rows.append(
            el(
                "button", w.sign(st.status), el("span", seen.title or key), el("small", seen.note), took,
                type="button", class_=f"item is-{st.status}", data_do="step", data_key=key, id=f"item-{key}",
            )
        )  # fmt: skip
    return el("div", el("header", el("h2", title)), el("div", rows, class_="items"), class_="panel-in")


def panel(state: State, key: str, tab: str, body: Markup, now: float) -> Markup:
    """The head of a step, its tabs, and what the chosen tab shows."""
    st, step = state.steps[key], state.step(key)
    back = (
        el("button", f"← {st.parent}", type="button", class_="quiet", data_do="step", data_key=st.parent)
        if st.parent
        else None
    )
    close = el(
        "button", "✕", type="button", class_="quiet close", data_do="step", data_key="", aria_label="Close the step",
        data_hot="Escape",
    )  # fmt: skip
    rehearsed = w.rehearsed() if st.result is not None and st.result.rehearsed else None
    head = el(
        "header",
        el("div", back, el("h2", state.title_of(key) or key), close),
        el(
            "div",
            w.chip(st.status),
            rehearsed,
            el("code", key),
            el("span", step.role or step.kind, class_="soft"),
            class_="line",
        ),
        el("div", verbs(state, st), class_="actions"),
    )
    inside = el(
        "div",
        body,
        class_=f"tab t-{tab}",
        role="tabpanel",
        aria_labelledby=f"part-{tab}",
        id=f"tab-{tab}-{key}",
    )
    return el("div", head, w.tabs(list(TABS), tab, "part"), inside, class_="panel-in", id=f"panel-{key}")


def verbs(state: State, st: StepState) -> list[Markup]:
    """What can be told to this step."""
    buttons = []
    if st.status in {"failed", "aborted"}:
        buttons.append(w.button("Retry", "retry", kind="main", data_step=st.key))
    if st.status not in STEP_ENDED and not state.ended:
        buttons.append(w.button("Skip", "skip", data_step=st.key, title="Go on as if it had been left out"))
    if not st.parent and st.status != "pending":
        buttons.append(
            w.button(
                "Fork from here",
                "fork",
                data_step=st.key,
                title="A new run that does this step and all after it again",
            )
        )
    return buttons


def summary(state: State, st: StepState, now: float) -> Markup:
    """What it did, what it waits for, why it failed, what came of it."""
    seen = step_line(state, st, now)
    parts: list[Markup | None] = []
    if st.failure is not None and st.status == "failed":
        parts.append(el("div", el("b", st.failure.kind), el("pre", st.failure.message), class_="fault"))
    elif seen.note:
        parts.append(el("p", seen.note, class_=f"why is-{st.status}"))
    parts += [el("p", f"Mind: {warning}", class_="why") for warning in st.warnings]
    parts += [
        el("a", "Answer what it asks", href=f"/inbox?ask={state.run}/{quote(name)}", class_="button main")
        for name in st.asks
    ]
    ended = st.ended_at if st.status in STEP_ENDED else None
    parts += [
        el(
            "dl",
            fact("Took", w.since(st.started_at, ended, now)),
            fact("Round", st.round) if st.round > 1 else None,
            fact("Attempts", st.attempts) if not st.items else None,
            fact("Cost", w.cost(st.usage.cost_usd, st.usage.cost_usd is None and bool(st.usage.tokens_out))),
            fact("Agent", st.result.agent) if st.result is not None and st.result.agent else None,
            fact("Taken from", st.result.cached_from)
            if st.result is not None and st.result.cached_from
            else None,
            fact("Route", st.route) if st.route else None,
            fact("Its run", el("a", st.child, href=f"/runs/{st.child}", class_="mono")) if st.child else None,
            class_="facts",
        ),
        items(state, st, now),
        made(st),
        judged(st),
        sent_back(st),
    ]
    return el("div", parts)


def items(state: State, st: StepState, now: float) -> Markup | None:
    """The items of a foreach."""
    if not st.items:
        return None
    rows = [
        el(
            "button", w.sign(item.status), el("span", key.partition("[")[2][:-1]),
            w.since(item.started_at, item.ended_at if item.status in STEP_ENDED else None, now),
            type="button", class_=f"item is-{item.status}", data_do="step", data_key=key, id=f"item-{key}",
        )
        for key in st.items
        for item in [state.steps[key]]
    ]  # fmt: skip
    return el("div", el("h3", counted(len(st.items), "item")), el("div", rows, class_="items"))


def made(st: StepState) -> Markup | None:
    """Files that it made or changed."""
    if st.result is None or not st.result.artifacts:
        return None
    rows = [
        el(
            "button", el("i", artifact.change[0].upper(), class_=f"change {artifact.change}", title=artifact.change),
            el("span", artifact.path, class_="mono"), el("small", f"{artifact.size:,} B"),
            type="button", class_="item", data_do="file", data_path=artifact.path, data_step=st.key,
        )
        for artifact in st.result.artifacts
    ]  # fmt: skip
    return el("div", el("h3", "Files"), el("div", rows, class_="items"))


def judged(st: StepState) -> Markup | None:
    """What its gates found."""
    if not st.verdicts:
        return None
    rows = []
    for verdict in st.verdicts:
        by = f" by {verdict.by}{f': {verdict.reason}' if verdict.reason else ''}" if verdict.by else ""
        findings = el("ul", [el("li", finding) for finding in verdict.findings]) if verdict.findings else None
        rows.append(
            el(
                "div",
                el("b", verdict.verdict),
                el("span", verdict.gate, by),
                findings,
                class_=f"verdict v-{verdict.verdict.lower()}",
            )
        )
    return el("div", el("h3", "Gates"), rows)


def sent_back(st: StepState) -> Markup | None:
    """Why it is done again."""
    if not st.feedback:
        return None
    rows = [
        el(
            "blockquote", el("p", feedback.text), el("ul", [el("li", finding) for finding in feedback.findings]) if feedback.findings else None,
            el("footer", feedback.source),
        )
        for feedback in st.feedback
    ]  # fmt: skip
    return el("div", el("h3", "Sent back because"), rows)


def prompt(step: Step, st: StepState) -> Markup:
    """What its role is told, as it was written; commands as they are run."""
    parts: list[Markup | None] = []
    if step.prompt:
        parts += [el("h3", f"For {step.role}" if step.role else "Prompt"), document.markdown(step.prompt)]
    for name in ("script", "argv"):
        if name in step.args:
            source = step.args[name]
            parts += [
                el("h3", "Command"),
                document.source(source if isinstance(source, str) else " ".join(map(str, source))),
            ]
    if step.ask is not None or step.approve is not None:
        asked = [text.prompt for text in (step.ask, step.approve) if text is not None and text.prompt]
        parts += [el("h3", "A person is asked"), *(el("p", text) for text in asked)]
    if step.when:
        parts += [el("h3", "Only when"), document.source(step.when)]
    if st.item is not None:
        parts += [el("h3", "Item"), document.plain(st.item)]
    parts += [el("h3", "Passes on"), document.markdown(step.handoff)] if step.handoff else []
    return el("div", parts or w.empty("It is told nothing."))


def data(st: StepState) -> Markup:
    """Its outputs."""
    if st.result is None or not st.result.outputs:
        return w.empty("It has given no outputs.")
    return document.plain(st.result.outputs)


def attempts(bars: Sequence[Bar], st: StepState, now: float) -> Markup:
    """Every try and every wait, in order."""
    rows = []
    status = {
        "attempt": "succeeded",
        "failed": "failed",
        "lost": "aborted",
        "waiting": "waiting",
        "retry": "waiting",
    }
    for bar in bars:
        until = bar.until if bar.until is not None else now
        shown = "running" if bar.until is None and bar.kind == "attempt" else status[bar.kind]
        label = (
            f"attempt {bar.round}.{bar.attempt}"
            if bar.kind not in {"waiting", "retry"}
            else f"waited for {bar.what}"
        )
        if bar.kind == "retry":
            label = f"waited before the next try ({bar.what})"
        why = el("small", bar.what) if bar.kind in {"failed", "lost"} else None
        rows.append(
            el(
                "li",
                w.sign(shown),
                el("span", label, why),
                el("span", duration(until - bar.since), class_="num"),
                w.moment(bar.since, now),
            )
        )
    return el("ol", rows, class_="tries") if rows else w.empty("Nothing has been tried yet.")


def output(name: str, names: Sequence[str], text: str, size: int, *, live: bool) -> Markup:
    """What an attempt says; `text` is the end of it."""
    if not names:
        return w.empty(
            "It has said nothing.", "What an attempt says while it works is shown here as it comes."
        )
    options = [
        el("option", attempt.rpartition("/")[2], value=attempt, selected=attempt == name) for attempt in names
    ]
    cut = el("small", f"the last {len(text):,} of {size:,} bytes") if size > len(text.encode()) else None
    head = el(
        "div", el("label", "Attempt ", el("select", options, class_="field", data_say="attempt")) if len(names) > 1 else None,
        el("span", "live", class_="chip is-running") if live else None, cut, class_="line",
    )  # fmt: skip
    return el(
        "div",
        head,
        el("pre", el("code", text), class_="source said", tabindex="0", data_tail=True, id=f"said-{name}"),
    )
