"""The other tabs of a run: its files, handoffs, merge and events. Pure: states and records in, markup out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from markupsafe import Markup

from ropewalk.app import Record, State, artifacts_of, counted, event_subject, event_words, listed_steps
from ropewalk.app import events as e
from ropewalk.errors import Unreadable
from ropewalk.web.page import document
from ropewalk.web.page import words as w
from ropewalk.web.page.about import fact
from ropewalk.web.page.markup import el

EVENTS_AT_ONCE: Final = 200


def files(state: State, path: str, body: Markup | None) -> Markup:
    """What the run made, and the one that is looked at."""
    made = artifacts_of(state)
    if not made:
        return w.empty("No file has been made yet.")
    rows = [
        el(
            "button", el("span", name, class_="mono"), el("small", step), type="button", class_="item",
            data_do="file", data_path=name, data_step="", aria_pressed="true" if name == path else "false",
            id=f"file-{name}",
        )
        for name, step in ((file.artifact.path, file.step) for file in made)
    ]  # fmt: skip
    return el("div", el("div", rows, class_="items list"), body or w.empty("Choose a file."), class_="split")


def file(path: str, step: str, how: str, body: Markup) -> Markup:
    """One file: as people read it, as it is written, or what the step changed in it."""
    named = [("rendered", "Read"), ("source", "Source"), ("diff", "Diff")]
    by = el("small", "by ", step) if step else el("small", "as it was merged")
    head = el("header", el("h3", path, class_="mono"), by, w.tabs(named, how, "how"))
    return el("article", head, el("div", body, id=f"body-{path}-{how}"), class_="sheet-of")


def handoffs(state: State) -> Markup:
    """What each role passed on."""
    cards = []
    for st in listed_steps(state):
        handoff = st.result.handoff if st.result is not None else None
        if handoff is None:
            continue
        to = f" → {handoff.receiver}" if handoff.receiver else ""
        cards.append(
            el(
                "article",
                el(
                    "header",
                    el("b", handoff.sender or state.step(st.key).role or st.key, to),
                    el("code", st.key),
                ),
                document.markdown(handoff.summary) if handoff.summary else None,
                _list("Instructions", [handoff.instructions] if handoff.instructions else []),
                _list("Decided", handoff.decisions),
                _list("Open", handoff.questions),
                _list("Files", handoff.artifacts),
                class_="card",
            )
        )
    return el("div", cards, class_="cards") if cards else w.empty("Nothing has been passed on yet.")


def _list(title: str, lines: Sequence[str]) -> Markup | None:
    return el("div", el("h4", title), el("ul", [el("li", line) for line in lines])) if lines else None


def merge(state: State, recorded: Sequence[e.ConflictFound]) -> Markup:
    """In which order the steps' work was joined, what each brought, and where two disagreed."""
    if not state.base.get("commit"):
        return w.empty("Nothing is merged in this run.", "Its steps did not work in git.")
    settled = [(event.step, c) for event in recorded for c in event.report.get("conflicts", ())]
    disputed: dict[str, int] = {}
    for _, c in settled:
        for step in c.get("steps", ()):
            disputed[str(step)] = disputed.get(str(step), 0) + 1
    rows = []
    for number, st in enumerate(
        (st for st in listed_steps(state) if st.result is not None and st.result.commit), 1
    ):
        assert st.result is not None
        conflicts = disputed.get(st.key, 0)
        rows.append(
            el(
                "tr", el("td", number, class_="num"), el("td", el("button", st.key, type="button", class_="link", data_do="step", data_key=st.key)),
                el("td", w.chip("failed", counted(conflicts, "conflict")) if conflicts else w.chip("succeeded", "clean")),
                el("td", counted(len(st.result.artifacts), "file")), el("td", el("code", st.result.commit[:10])),
            )
        )  # fmt: skip
    heads = el("tr", [el("th", name) for name in ("", "Step", "Result", "Files", "Commit")])
    order = el("table", el("thead", heads), el("tbody", rows), class_="table")
    framed = el("div", order, class_="wide-table") if rows else w.empty("No step has left a commit yet.")
    return el("div", _result(state), el("h3", "In this order"), framed, _conflicts(settled), class_="merged")


def _result(state: State) -> Markup:
    last = state.merge_step
    return el(
        "dl",
        fact("Merge", w.chip(last.status)) if last is not None else None,
        fact("Began at", el("code", str(state.base.get("commit", ""))[:12])),
        fact("Branch", el("code", state.branch)) if state.branch else None,
        fact("Commit", el("code", state.commit[:12])) if state.commit else None,
        fact("Landed on", state.landed) if state.landed else None,
        class_="facts",
    )


def _conflicts(settled: Sequence[tuple[str, dict[str, Any]]]) -> Markup | None:
    if not settled:
        return None
    cards = []
    for step, conflict in settled:
        hunks = [
            el("div", [el("div", el("h4", side), document.source(str(hunk[side]))) for side in ("ours", "base", "theirs") if hunk.get(side)], class_="sides")
            for hunk in conflict.get("hunks", ())
            if isinstance(hunk, dict)
        ]  # fmt: skip
        cards.append(
            el(
                "article",
                el(
                    "header",
                    el("b", conflict.get("path", ""), class_="mono"),
                    w.chip("failed", str(conflict.get("kind", "conflict"))),
                ),
                el(
                    "p",
                    f"{' and '.join(map(str, conflict.get('steps', ())))} disagree; found when {step} was merged.",
                ),
                el("p", conflict.get("hint") or conflict.get("settle") or "", class_="soft"),
                hunks,
                class_="card",
            )
        )
    return el("div", el("h3", counted(len(settled), "conflict")), cards, class_="cards")


def events(records: Sequence[Record], now: float, *, older: bool = False, run_wide: bool = True) -> Markup:
    """Newest first."""
    rows = [_event(record, now) for record in reversed(records)]
    more = w.button("Older events", "older", kind="wide") if older else None
    return el("div", el("ol", rows, class_="events"), more) if rows else w.empty("Nothing has happened yet.")


def _event(record: Record, now: float) -> Markup:
    try:
        about, words = event_subject(record.event), event_words(record.event)
    except Unreadable as error:
        about, words = "", str(error)
    body = msgspec.json.format(record.body, indent=2).decode("utf-8", "replace")
    head = el(
        "summary", w.moment(record.at, now), el("b", record.kind), el("code", about) if about else None,
        el("span", words, class_="soft"),
    )  # fmt: skip
    small = el(
        "small", f"version {record.version} · position {record.position} · {record.actor or 'ropewalk'}"
    )
    return el(
        "li",
        el("details", head, small, el("pre", el("code", body), class_="source")),
        id=f"event-{record.version}",
        class_=f"k-{_tone(record.kind)}",
    )


def _tone(kind: str) -> str:
    return "failed" if kind.endswith((".failed", ".aborted")) else kind.partition(".")[0]
