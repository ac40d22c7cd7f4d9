"""The drawing of a run: its workflow with what each step is doing. Pure: a layout and a state in, parts out."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from ropewalk.app import STEP_ENDED, State, counted
from ropewalk.web.page import words as w
from ropewalk.web.page.layout import HIGH, WIDE, Box, Layout
from ropewalk.web.page.markup import Parts, Piece, el

GRAVE = ("failed", "waiting", "running", "aborted", "pending", "succeeded", "skipped")
"""What a block of several steps shows: the first of these that one of them is."""


class Look(NamedTuple):
    """How a box is shown."""

    status: str
    caption: str
    done: int = 0
    total: int = 0


def look(state: State, box: Box) -> Look:
    """The status, caption and progress of a box's steps together."""
    states = [state.steps[key] for key in box.keys if key in state.steps]
    if not states:
        return Look("pending", "")
    if len(box.keys) > 1:
        counts = Counter(str(st.status) for st in states)
        status = next(name for name in GRAVE if counts[name])
        done = sum(counts[name] for name in STEP_ENDED)
        if status == "pending" and done:
            status = "running"
        return Look(status, f"{done} of {counted(len(states), 'step')}", done, len(states))
    st = states[0]
    notes = [box.role] if box.role else []
    if st.items:
        done = sum(state.steps[key].status in STEP_ENDED for key in st.items)
        notes.append(f"{done} of {counted(len(st.items), 'item')}")
    if st.round > 1:
        notes.append(f"round {st.round}")
    if st.attempt > 1:
        notes.append(f"attempt {st.attempt}")
    if st.status == "waiting":
        notes = [f"waits for {'a person' if st.asks else st.on or 'its turn'}"]
    return Look(st.status, " · ".join(notes) or box.kind)


def drawing(state: State, drawn: Layout, chosen: str) -> Parts:
    """Lines and bands once, and one piece a box. `chosen` is the id of a box."""
    paths = [el("path", d=edge.path, class_="back" if edge.back else None) for edge in drawn.edges]
    arrow = el(
        "marker", el("path", d="M0 0L6 3L0 6z"), id="tip", markerWidth="6", markerHeight="6", refX="5", refY="3",
        orient="auto", class_="tip",
    )  # fmt: skip
    bands = [
        el("div", el("span", band.title), class_="band", style=f"top:{band.y}px;height:{band.high}px")
        for band in drawn.bands
    ]
    lines = el(
        "svg", el("defs", arrow), paths, width=drawn.wide, height=drawn.high,
        viewBox=f"0 0 {drawn.wide} {drawn.high}", aria_hidden="true",
    )  # fmt: skip
    size = f"width:{drawn.wide}px;height:{drawn.high}px"
    opened, closed = str(el("div", "|", class_="canvas", style=size)).split("|")
    from markupsafe import Markup

    parts: list[Markup | Piece] = [Markup(opened), *bands, lines]  # noqa: S704 - made by `el` two lines above
    parts += [_box(box, look(state, box), chosen=box.id == chosen) for box in drawn.boxes]
    return [*parts, Markup(closed)]  # noqa: S704 - as above


def _box(box: Box, seen: Look, *, chosen: bool) -> Piece:
    name = f"box-{box.id}"
    inside = [
        el("span", w.sign(seen.status), el("b", box.title), class_="line"),
        el("small", seen.caption),
        el("i", class_="fill", style=f"width:{100 * seen.done // seen.total}%") if seen.total else None,
    ]
    button = el(
        "button",
        *inside,
        id=name,
        type="button",
        class_=f"box is-{seen.status} kind-{box.kind}",
        style=f"left:{box.x}px;top:{box.y}px;width:{WIDE}px;height:{HIGH}px",
        data_do="step",
        data_key=box.id,
        aria_pressed="true" if chosen else "false",
        title=f"{box.title}: {seen.status}",
    )
    return Piece(name, button)
