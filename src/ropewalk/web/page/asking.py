"""What people are asked, as cards: the question, what there is to look at, and every answer that it takes. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from markupsafe import Markup

from ropewalk.app import counted, short_value, takes_text
from ropewalk.nesting import read_json
from ropewalk.web.page import document, patch
from ropewalk.web.page import words as w
from ropewalk.web.page.markup import Piece, el

ABOUT: Final = {
    "question": "A question", "before": "Before it begins", "approval": "Approve what was made", "permission": "An agent asks for a permission",
    "escalation": "Nobody got further", "fact": "Something must be known", "route": "Which way on", "budget": "More budget",
    "failure": "A step failed", "conflict": "Work that disagrees",
}  # fmt: skip
VERDICT_LABELS: Final = {
    "approve": "Approve",
    "reject": "Reject",
    "amend": "Amend",
    "retry": "Try once more",
    "skip": "Skip",
    "fail": "Let it fail",
}
EDITABLE_BYTES: Final = 400_000


def name_of(ask: Mapping[str, Any]) -> str:
    return f"{ask['run']}/{ask['ask']}"


def listed(
    asks: Sequence[Mapping[str, Any]], flows: Mapping[str, str], chosen: str, now: float
) -> list[Markup | Piece]:
    """Every open ask, oldest first; `flows` are the workflows of runs."""
    if not asks:
        return [w.empty("Nobody waits for you.", "When a run asks something, it stands here.")]
    return [_line(ask, flows.get(ask["run"], ""), now, chosen=name_of(ask) == chosen) for ask in asks]


def _line(ask: Mapping[str, Any], flow: str, now: float, *, chosen: bool) -> Piece:
    name = f"ask-{name_of(ask)}"
    inside = [
        el("span", el("b", ask["step"]), el("small", flow), class_="line"),
        el("span", short_value(ask["prompt"].replace("**", "").replace("`", ""), 140), class_="asked"),
        el(
            "span",
            el("small", ABOUT.get(ask["about"], ask["about"])),
            el("small", since(ask, now)),
            class_="line ends",
        ),
    ]
    return Piece(
        name,
        el(
            "button", *inside, id=name, type="button", class_=f"ask a-{ask['about']}", data_do="choose",
            data_name=name_of(ask), aria_pressed="true" if chosen else "false",
        ),
    )  # fmt: skip


def since(ask: Mapping[str, Any], now: float) -> Markup:
    """When it answers itself, or for how long it has been open."""
    if ask["expires_at"] is not None:
        left = el("span", "soon", data_until=f"{ask['expires_at']:.1f}")
        return el("span", f"{ask['default'] or 'reject'} ", left, class_="deadline")
    return w.ago(ask["since"] or now, now)


def card(
    ask: Mapping[str, Any], flow: str, now: float, *, looks: Markup, mode: str, rehearsed: bool, many: int
) -> Markup:
    """The chosen ask. `looks` is what there is to look at; `mode` is reject, amend, or nothing yet."""
    deadline = (
        el("p", "Without an answer: ", since(ask, now), class_="deadline")
        if ask["expires_at"] is not None
        else None
    )
    head = el(
        "header",
        el(
            "div",
            el("span", ABOUT.get(ask["about"], ask["about"]), class_="over"),
            w.rehearsed() if rehearsed else None,
            class_="line",
        ),
        el("h2", ask["step"]),
        el(
            "p",
            el(
                "a",
                flow,
                " ",
                el("span", ask["run"], class_="mono"),
                href=f"/runs/{ask['run']}?step={quote(ask['step'])}",
            ),
            class_="soft",
        ),
    )
    move = el(
        "div", w.button("↑", "before", kind="quiet", data_hot="k", aria_label="The one before"),
        w.button("↓", "after", kind="quiet", data_hot="j", aria_label="The next one"), class_="moves",
    ) if many > 1 else None  # fmt: skip
    question = el("div", document.markdown(ask["prompt"]), class_="question")
    return el(
        "article", move, head, question, _choices(ask), detail(ask), deadline, looks,
        reject(ask) if mode == "reject" else answers(ask, mode), class_="card ask-card", id=f"card-{name_of(ask)}",
    )  # fmt: skip


def _choices(ask: Mapping[str, Any]) -> Markup | None:
    titles = [t for t in ask["titles"] if t]
    if not titles:
        return None
    rows = [el("div", el("dt", c), el("dd", t)) for c, t in zip(ask["choices"], ask["titles"], strict=False)]
    return el("dl", rows, class_="facts long")


def detail(ask: Mapping[str, Any]) -> Markup | None:
    """What an agent wants to do, what a gate found, what more would cost."""
    rows = [
        el("div", el("dt", name.replace("_", " ")), el("dd", _value(value)))
        for name, value in ask["detail"].items()
        if value not in ("", None, [], {})
    ]
    return el("dl", rows, class_="facts long") if rows else None


def _value(value: Any) -> Markup | str:
    if isinstance(value, list):
        return el(
            "ul", [el("li", v if isinstance(v, str) else json.dumps(v, ensure_ascii=False)) for v in value]
        )
    if isinstance(value, dict):
        return document.plain(value)
    return str(value)


def answers(ask: Mapping[str, Any], mode: str) -> Markup:
    """Buttons for the verdicts; a field where a value is wanted."""
    if mode == "amend":
        return Markup("")
    wants = _wanted(ask)
    controls = []
    for verdict in ask["verdicts"]:
        if verdict == "reject":
            controls.append(
                w.button(
                    [VERDICT_LABELS["reject"], w.key("r")],
                    "mode",
                    kind="danger",
                    data_mode="reject",
                    data_hot="r",
                )
            )
        elif verdict == "amend" and ask["show"]:
            controls.append(
                w.button([VERDICT_LABELS["amend"], w.key("e")], "mode", data_mode="amend", data_hot="e")
            )
        elif verdict == "approve" and ask["choices"] and ask["about"] == "question":
            continue  # A choice is wanted: a plain yes would say nothing.
        elif verdict == "approve":
            filled = wants is not None and (ask["form"] or ask["about"] != "before")
            label = "Send" if filled else VERDICT_LABELS["approve"]
            controls.append(
                el(
                    "button",
                    label,
                    w.key("a"),
                    type="submit",
                    name="verdict",
                    value="approve",
                    class_="button main",
                    data_hot="a",
                )
            )
        elif verdict != "amend":
            agreed = verdict.startswith("allow")
            controls.append(
                el(
                    "button", VERDICT_LABELS.get(verdict, verdict.replace("_", " ")), type="submit", name="verdict", value=verdict,
                    class_=f"button {'main' if agreed else ''}".strip(), data_hot="a" if agreed else None,
                )
            )  # fmt: skip
    return el(
        "form", wants, el("div", controls, class_="actions sticky"), data_do="answer", data_name=name_of(ask),
        data_digest=ask["digest"], id=f"answer-{name_of(ask)}",
    )  # fmt: skip


def _wanted(ask: Mapping[str, Any]) -> Markup | None:
    """Fields for what the answer is to carry."""
    form, properties = ask["form"], _properties(ask)
    required = form.get("required", [])
    if properties:
        return el("div", [_field(ask, f"v:{n}", about, n, n in required) for n, about in properties.items()])
    if ask["about"] == "fact" and ask["choices"]:
        return None  # each choice is a button
    label = f"{ask['fact']} is" if ask["fact"] else "Your answer, if it takes one"
    if form.get("enum") or form.get("type") in {"boolean", "integer", "number"}:
        return _field(ask, "value", form, label, True)
    if (
        form
        or ask["about"] == "fact"
        or (ask["about"] in {"question", "before"} and not ask["choices"] and not ask["show"])
    ):
        keep = f"value:{name_of(ask)}"
        return el("label", label, el("textarea", rows="2", name="value", class_="field", data_keep=keep))
    return None


def _properties(ask: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    properties = ask["form"].get("properties")
    if not isinstance(properties, dict):
        return {}
    return {name: about if isinstance(about, dict) else {} for name, about in properties.items()}


def _field(ask: Mapping[str, Any], name: str, about: Mapping[str, Any], label: str, wanted: bool) -> Markup:
    words = [about.get("title", label), el("small", about.get("description", ""))]
    if about.get("type") == "boolean":
        return el("label", el("input", type="checkbox", name=name), el("span", words), class_="check")
    if about.get("enum"):
        options = [el("option", str(v), value=json.dumps(v)) for v in about["enum"]]
        blank = [] if wanted else [el("option", "", value="")]
        return el("label", words, el("select", blank, options, name=name, class_="field"))
    kind = "number" if about.get("type") in {"integer", "number"} else "text"
    keep = f"{name_of(ask)}:{name.removeprefix('v:')}"
    return el("label", words, el("input", type=kind, step="any", name=name, class_="field", data_keep=keep))


def reject(ask: Mapping[str, Any]) -> Markup:
    """A field for the reason: it becomes the feedback for the next round of the step."""
    field = el(
        "textarea", rows="3", name="reason", class_="field", required=True, autofocus=True, data_keep=f"reason:{name_of(ask)}",
        placeholder="What is missing or wrong, so that it can be done better",
    )  # fmt: skip
    return el(
        "form", el("label", "Reason", field),
        el(
            "div", el("button", "Reject", type="submit", name="verdict", value="reject", class_="button danger"),
            w.button("Back", "mode", data_mode="", data_hot="Escape"), class_="actions sticky",
        ),
        data_do="answer", data_name=name_of(ask), data_digest=ask["digest"], id=f"reject-{name_of(ask)}",
    )  # fmt: skip


def value_of(ask: Mapping[str, Any], form: Mapping[str, Any]) -> Any:
    """What an answer carries, each part as the form declares it; what was left blank is left out."""
    properties = _properties(ask)
    if not properties:
        return _typed(form.get("value", ""), ask["form"])
    typed = {name: _typed(form.get(f"v:{name}", ""), about) for name, about in properties.items()}
    return {name: value for name, value in typed.items() if value is not None}


def _typed(typed: Any, about: Mapping[str, Any]) -> Any:
    """None for nothing. The options of a list are JSON; a text that is wanted stays one."""
    if not isinstance(typed, str):
        return typed
    if not typed.strip():
        return None
    if takes_text(about) and not about.get("enum"):
        return typed
    try:
        return read_json(typed)
    except ValueError:
        return typed


# What there is to look at ---------------------------------------------------------------------------------------------


def shown(ask: Mapping[str, Any], path: str, how: str, data: bytes | None, change: str) -> Markup:
    """One of its artifacts, read or compared with what was there before."""
    if not ask["show"]:
        return Markup("")
    named = [(a["path"], el("span", a["path"], class_="mono")) for a in ask["show"]]
    picks = w.tabs(named, path, "path") if len(named) > 1 else el("h3", path, class_="mono")
    added, removed = patch.counts(change)
    ways: list[tuple[str, object]] = [("rendered", "Read"), ("source", "Source")]
    if change:
        ways.append(("diff", el("span", "Diff ", el("small", f"+{added} −{removed}", class_="num"))))
    if data is None:
        body: Markup = w.empty("It cannot be read.", "The folder of the run may have been cleaned up.")
    elif how == "diff" and change:
        body = patch.patch(change)
    elif how == "source":
        body = document.source(document.decoded(data) or "")
    else:
        body = document.rendered(path, data)
    return el(
        "section",
        el("header", picks, w.tabs(ways, how, "how")),
        el("div", body, id=f"look-{path}-{how}"),
        class_="looks",
    )


def editor(ask: Mapping[str, Any], path: str, before: str, draft: str, side: str) -> Markup:
    """The text to be amended, next to what it will look like and what will have changed."""
    keep = f"draft:{name_of(ask)}:{path}:{ask['digest'][:12]}"
    area = el(
        "textarea", before, name="content", class_="field mono", spellcheck="false", aria_label=f"New content of {path}",
        data_keep=keep, data_say="draft", rows="24", id=f"edit-{name_of(ask)}-{path}",
    )  # fmt: skip
    look = (
        document.rendered(path, draft.encode()) if side == "rendered" else patch.between(before, draft, path)
    )
    ways = w.tabs([("rendered", "Read"), ("diff", f"Your changes ({_count(before, draft)})")], side, "side")
    preview = el("div", ways, el("div", look, class_="preview", id=f"preview-{side}"), class_="previews")
    last = el(
        "div", el("button", "Put this in its place", type="submit", name="verdict", value="amend", class_="button main"),
        w.button("Back", "mode", data_mode="", data_hot="Escape"), class_="actions sticky",
    )  # fmt: skip
    return el(
        "form", el("h3", "Amend ", el("span", path, class_="mono")), el("div", area, preview, class_="edit"), last,
        data_do="answer", data_name=name_of(ask), data_digest=ask["digest"], data_path=path, id=f"amend-{name_of(ask)}",
    )  # fmt: skip


def _count(before: str, draft: str) -> str:
    import difflib

    made = list(difflib.unified_diff(before.splitlines(), draft.splitlines(), lineterm="", n=0))
    return counted(sum(line[:1] in "+-" and line[:3] not in ("+++", "---") for line in made), "line")
