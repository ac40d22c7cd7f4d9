"""A plan as an SVG picture that needs no other program: waves from top to bottom, ways back dotted at the side."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from ropewalk.preview.graph import arrows, label, short
from ropewalk.preview.plan import Plan, Row

WIDTH, HEIGHT, GAP, LEVEL, MARGIN = 270, 46, 26, 88, 150
LETTERS: Final = 34
STYLE: Final = """\
  <style>
    text { font: 13px system-ui, sans-serif; fill: #1c1c1c } .small { font-size: 11px; fill: #5a5a5a }
    .box { fill: #fff; stroke: #4a5568; stroke-width: 1.2 } .maybe { stroke-dasharray: 5 3 } .person { fill: #fff3d6 }
    .quiet { fill: #f1f3f5 } .choice { fill: #e5edff } .phase { font-weight: 600; fill: #2b4a8b }
    path { fill: none; stroke: #718096; stroke-width: 1.2 } .back { stroke-dasharray: 2 3; stroke: #b5541c }
    @media (prefers-color-scheme: dark) {
      text { fill: #eee } .small { fill: #aaa } .box { fill: #22262c; stroke: #9aa5b5 } .person { fill: #4a3b14 }
      .quiet { fill: #2c3138 } .choice { fill: #22335c } .phase { fill: #9db8f5 }
    }
  </style>
  <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
    <polygon points="0,0 8,4 0,8" fill="#718096"/></marker></defs>"""
KINDS: Final = {"ask": "person", "decide": "choice", "noop": "quiet", "sleep": "quiet"}


def svg(plan: Plan) -> str:
    """The picture as text of an SVG file."""
    places = _places(plan)
    right = max((x + WIDTH for x, _ in places.values()), default=WIDTH)
    bottom = max((y + HEIGHT for _, y in places.values()), default=HEIGHT)
    loops = sum(len(loop.targets) for loop in plan.loops)
    width, height = right + 60 + 16 * loops, bottom + 30
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        f"  <title>{escape(plan.title or plan.name)}</title>",
        STYLE,
        *_phases(plan, places),
        *_lines(plan, places, right),
    ]
    for row in plan.rows:
        out += _box(row, *places[row.id])
    return "\n".join([*out, "</svg>"]) + "\n"


def _places(plan: Plan) -> dict[str, tuple[int, int]]:
    """The left upper corner of each step's box: its wave says how far down, its turn in the wave how far right."""
    waves: dict[int, list[str]] = {}
    for row in plan.rows:
        waves.setdefault(row.wave, []).append(row.id)
    widest = max((len(ids) for ids in waves.values()), default=1)
    places = {}
    for level, wave in enumerate(sorted(waves)):
        ids = waves[wave]
        start = MARGIN + (widest - len(ids)) * (WIDTH + GAP) // 2
        for turn, name in enumerate(ids):
            places[name] = (start + turn * (WIDTH + GAP), 20 + level * LEVEL)
    return places


def _phases(plan: Plan, places: dict[str, tuple[int, int]]) -> list[str]:
    """The name of each phase at the left of its first step."""
    lines = []
    for stretch in plan.stretches:
        if stretch.title and stretch.rows:
            top = min(places[row.id][1] for row in stretch.rows)
            lines.append(
                f'  <text class="phase" x="12" y="{top + 28}">{escape(short(stretch.title, 18))}</text>'
            )
    return lines


def _lines(plan: Plan, places: dict[str, tuple[int, int]], right: int) -> list[str]:
    lines, turns = [], 0
    for before, after, arrow_label, back in arrows(plan):
        (x, y), (to_x, to_y) = places[before], places[after]
        if back:
            turns += 1
            side = right + 14 + 16 * turns
            path = f"M{x + WIDTH},{y + 23} C{side},{y + 23} {side},{to_y + 23} {to_x + WIDTH},{to_y + 23}"
            lines.append(
                f'  <path class="back" d="{path}" marker-end="url(#tip)"><title>{escape(arrow_label)}</title></path>'
            )
            continue
        start, end = (x + WIDTH // 2, y + HEIGHT), (to_x + WIDTH // 2, to_y)
        half = (start[1] + end[1]) // 2
        path = f"M{start[0]},{start[1]} C{start[0]},{half} {end[0]},{half} {end[0]},{end[1]}"
        lines.append(f'  <path d="{path}" marker-end="url(#tip)"><title>{escape(arrow_label)}</title></path>')
        if arrow_label:
            lines.append(
                f'  <text class="small" x="{end[0] + 6}" y="{end[1] - 6}">{escape(short(arrow_label.replace("facts.", ""), LETTERS + 8))}</text>'
            )
    return lines


def _box(row: Row, x: int, y: int) -> list[str]:
    classes = " ".join(["box", KINDS.get(row.kind, ""), "maybe" if row.when or row.optional else ""]).split()
    below = " · ".join(
        part
        for part in (
            row.role,
            row.kind if row.kind != "role" else "",
            f"↺ {row.back.split(',')[0]}" if row.back else "",
        )
        if part
    )
    return [
        f'  <rect class="{" ".join(classes)}" x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="7"/>',
        f'  <text x="{x + 10}" y="{y + 20}">{escape(short(label(row), LETTERS))}</text>',
        f'  <text class="small" x="{x + 10}" y="{y + 37}">{escape(short(below, LETTERS + 4))}</text>',
    ]
