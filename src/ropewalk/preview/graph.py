"""A workflow as a drawing: Mermaid and DOT text from its plan. Names of people are text and never syntax."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from ropewalk.preview.plan import Plan, Row

SHAPES: Final = {
    "decide": ("{{", "}}"),
    "ask": ("[/", "/]"),
    "noop": ("([", "])"),
    "sleep": ("([", "])"),
    "run": ("[[", "]]"),
}
DOT_SHAPES: Final = {
    "decide": "hexagon",
    "ask": "parallelogram",
    "noop": "oval",
    "sleep": "oval",
    "run": "box3d",
}
LABEL: Final = 60
AROUND: Final = "otherwise"
WAY: Final = re.compile(r"(.+?)(?: when .*)? → ([^→]+?)(?:, then the run ends)?\Z", re.DOTALL)
"""A route as the plan tells it. Its condition may hold any sign and any lines; the ids behind the last arrow may not."""


def mermaid(plan: Plan) -> str:
    """A flowchart: phases as boxes, routes and conditions on the arrows, ways back dotted."""
    names = _names(plan)
    out = ["flowchart TD"]
    for number, stretch in enumerate(plan.stretches):
        if stretch.id:
            out.append(f'  subgraph p{number}["{_quoted(stretch.title)}"]')
        out += [f"    {names[row.id]}{_shaped(row)}" for row in stretch.rows]
        if stretch.id:
            out.append("  end")
    for before, after, label, back in [*arrows(plan), *around(plan)]:
        arrow = "-.->" if back else "-->"
        mark = f'|"{_quoted(label)}"|' if label else ""
        out.append(f"  {names[before]} {arrow}{mark} {names[after]}")
    return "\n".join(out) + "\n"


def dot(plan: Plan) -> str:
    """The same for Graphviz."""
    names = _names(plan)
    out = [f"digraph {json.dumps(plan.name)} {{", '  rankdir=TB; node [shape=box, fontname="sans-serif"];']
    for number, stretch in enumerate(plan.stretches):
        if stretch.id:
            out.append(
                f"  subgraph cluster_{number} {{ label={json.dumps(stretch.title, ensure_ascii=False)};"
            )
        for row in stretch.rows:
            shape = f", shape={DOT_SHAPES[row.kind]}" if row.kind in DOT_SHAPES else ""
            dashed = ", style=dashed" if row.when or row.optional else ""
            out.append(
                f"    {names[row.id]} [label={json.dumps(label(row), ensure_ascii=False)}{shape}{dashed}];"
            )
        if stretch.id:
            out.append("  }")
    for before, after, text, back in [*arrows(plan), *around(plan)]:
        marks = [f"label={json.dumps(text, ensure_ascii=False)}"] if text else []
        marks += ["style=dotted", "constraint=false"] if back else []
        suffix = f" [{', '.join(marks)}]" if marks else ""
        out.append(f"  {names[before]} -> {names[after]}{suffix};")
    return "\n".join([*out, "}"]) + "\n"


def _names(plan: Plan) -> dict[str, str]:
    return {row.id: f"s{number}" for number, row in enumerate(plan.rows)}


def arrows(plan: Plan) -> Iterator[tuple[str, str, str, bool]]:
    """From, to, label, and whether it is a way back."""
    known = {row.id for row in plan.rows}
    ways: dict[tuple[str, str], str] = {}
    for row in plan.rows:
        for name, target in _ways(row):
            others = ways.get((row.id, target))
            ways[row.id, target] = f"{others}, {name}" if others else name
    for row in plan.rows:
        for before in row.after:
            if before in known:
                yield before, row.id, ways.get((before, row.id), "") or short(row.when), False
    for loop in plan.loops:
        when = "" if loop.when in ("", "true") else f"{short(loop.when)}, "
        for target in loop.targets:
            yield loop.step, target, f"{when}at most {loop.at_most}", True


def around(plan: Plan) -> Iterator[tuple[str, str, str, bool]]:
    """The same for the path around each step that a condition may skip: what follows nothing else goes on all the same."""
    rows = {row.id: row for row in plan.rows}
    drawn = {(before, row.id) for row in plan.rows for before in row.after}
    for row in plan.rows:
        for skipped in row.after if all(name in rows and rows[name].when for name in row.after) else ():
            for before in rows[skipped].after:
                if before in rows and not rows[before].routes and (before, row.id) not in drawn:
                    drawn.add((before, row.id))
                    yield before, row.id, AROUND, True


def _ways(row: Row) -> Iterator[tuple[str, str]]:
    for route in row.routes:
        match = WAY.match(route)
        for target in match[2].split(", ") if match else ():
            yield match[1] if match else "", target


def label(row: Row) -> str:
    """What stands in a step's box: who does it, and what."""
    return short(
        f"{row.role}: {row.title or row.id}"
        if row.role and not row.title.startswith(row.role)
        else row.title or row.id
    )


def short(text: str, letters: int = LABEL) -> str:
    """A text on one line, cut to so many letters."""
    plain = " ".join(text.split())
    return plain if len(plain) <= letters else plain[: letters - 1] + "…"


def _shaped(row: Row) -> str:
    start, end = SHAPES.get(row.kind, ("[", "]"))
    return f'{start}"{_quoted(label(row))}"{end}'


def _quoted(text: str) -> str:
    """Text inside of Mermaid's quotes: its own signs as entities."""
    text = text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
    return re.sub(r"[`\s]", " ", text)
