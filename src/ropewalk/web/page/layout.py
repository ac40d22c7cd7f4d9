"""Where the steps of a workflow stand in its drawing: rows from top to bottom, phases as bands. Pure; once a definition.

A large workflow is drawn by its phases, or groups, so that a drawing never has more than some tens of parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from ropewalk.app import Graph, Step, Workflow

LARGE: Final = 80
"""From so many steps on, phases or groups are drawn in place of steps."""
SLICE: Final = 50
ACROSS: Final = 5
WIDE, HIGH, GAP, DROP, BAND, SIDE = 176, 46, 22, 36, 30, 14


class Box(Struct, frozen=True):
    """A step, or several as one: `keys` are their ids. Its corner is at x, y in pixels."""

    id: str
    title: str
    keys: tuple[str, ...]
    kind: str = ""
    role: str = ""
    phase: str = ""
    x: int = 0
    y: int = 0


class Edge(Struct, frozen=True):
    """An SVG path; a way back is drawn dotted."""

    path: str
    back: bool = False


class Band(Struct, frozen=True):
    """A phase: from `y` on, `high` pixels."""

    title: str
    y: int
    high: int


class Layout(Struct, frozen=True):
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    bands: tuple[Band, ...]
    wide: int
    high: int
    collapsed: bool


def layout(workflow: Workflow, graph: Graph) -> Layout:
    """Steps that are internal are not drawn."""
    shown = [step for step in workflow.steps if not step.internal]
    collapsed = len(shown) > LARGE
    boxes = _blocks(workflow, shown) if collapsed else [_single(step) for step in shown]
    at = {key: i for i, box in enumerate(boxes) for key in box.keys}
    before = _needs(boxes, at, graph)
    titles = {phase.id: phase.title or phase.id for phase in workflow.phases}
    ranks = _ranks(boxes, before, list(titles))
    placed, bands, wide, high = _place(boxes, ranks, {} if collapsed else titles)
    straight = [
        Edge(_down(placed[a], placed[b])) for b, all_of in enumerate(_short(before)) for a in sorted(all_of)
    ]
    ways = [
        (at[step.id], at[target])
        for step in shown
        if step.back_to
        for target in graph.named.get(step.back_to.to, ())
        if target in at
    ]
    back = [Edge(_back(placed[a], placed[b]), back=True) for a, b in dict.fromkeys(ways) if a != b]
    return Layout(tuple(placed), (*straight, *back), tuple(bands), wide, high, collapsed)


def _single(step: Step) -> Box:
    return Box(step.id, step.title or step.id, (step.id,), step.kind, step.role, step.phase)


def _blocks(workflow: Workflow, shown: list[Step]) -> list[Box]:
    """By phase; where there is none by group; else so many at a time in written order."""
    titles = {phase.id: phase.title or phase.id for phase in workflow.phases}
    by_block: dict[str, list[str]] = {}
    loose = 0
    for step in shown:
        name = f"phase {step.phase}" if step.phase else f"group {step.group}" if step.group else ""
        if not name:
            name, loose = f"steps {loose // SLICE}", loose + 1
        by_block.setdefault(name, []).append(step.id)
    boxes = []
    for name, keys in by_block.items():
        kind, _, own = name.partition(" ")
        title = (
            titles.get(own, own)
            if kind != "steps"
            else f"{keys[0]} … {keys[-1]}"
            if len(keys) > 1
            else keys[0]
        )
        boxes.append(Box(f"({name})", title, tuple(keys), "block", "", own if kind == "phase" else ""))
    return boxes


def _needs(boxes: list[Box], at: dict[str, int], graph: Graph) -> list[set[int]]:
    """For each box those directly before it. Between blocks only edges that lead forward, so that there are no cycles."""
    before: list[set[int]] = [set() for _ in boxes]
    for key, b in at.items():
        for need in graph.needs[graph.index[key]]:
            a = at.get(graph.steps[need].id)
            if a is not None and a != b and (len(boxes[b].keys) == 1 == len(boxes[a].keys) or a < b):
                before[b].add(a)
    return before


def _order(before: list[set[int]]) -> list[int]:
    """A topological order: each after what it needs, otherwise as written."""
    left = [len(before_it) for before_it in before]
    after: list[list[int]] = [[] for _ in before]
    for b, all_of in enumerate(before):
        for a in all_of:
            after[a].append(b)
    ready = [i for i, count in enumerate(left) if not count]
    order: list[int] = []
    while ready:
        a = ready.pop(0)
        order.append(a)
        for b in after[a]:
            left[b] -= 1
            if not left[b]:
                ready.append(b)
    return order


def _short(before: list[set[int]]) -> list[set[int]]:
    """Without the edges that follow from others (transitive reduction)."""
    far: list[int] = [0] * len(before)
    nearest: list[set[int]] = [set() for _ in before]
    for b in _order(before):
        near = before[b]
        through = 0
        for a in near:
            through |= far[a]
        nearest[b] = {a for a in near if not through >> a & 1}
        far[b] = through
        for a in near:
            far[b] |= 1 << a
    return nearest


def _ranks(boxes: list[Box], before: list[set[int]], phases: list[str]) -> list[int]:
    """The row of each box; a phase begins below the one that stands before it."""
    ranks = [0] * len(boxes)
    order = _order(before)
    for i in order:
        ranks[i] = max((ranks[a] + 1 for a in before[i]), default=0)
    floor = 0
    for phase in phases:
        mine = {i for i, box in enumerate(boxes) if box.phase == phase}
        if not mine:
            continue
        for i in order:
            if i in mine:
                ranks[i] = max(floor, *(ranks[a] + 1 for a in before[i]), floor)
        floor = max(ranks[i] for i in mine) + 1
    for i in order:
        if not boxes[i].phase:
            ranks[i] = max((ranks[a] + 1 for a in before[i]), default=ranks[i])
    last = [i for i, box in enumerate(boxes) if phases and not box.phase and not before[i] and i]
    for i in last:
        ranks[i] = max(ranks[i], floor)
    return ranks


def _place(
    boxes: list[Box], ranks: list[int], titles: dict[str, str]
) -> tuple[list[Box], list[Band], int, int]:
    rows: list[tuple[str, list[int]]] = []
    for rank in sorted(set(ranks)):
        in_rank = [i for i, own in enumerate(ranks) if own == rank]
        for phase in dict.fromkeys(boxes[i].phase for i in in_rank):
            mine = [i for i in in_rank if boxes[i].phase == phase]
            rows += [(phase, mine[n : n + ACROSS]) for n in range(0, len(mine), ACROSS)]
    most = max((len(row) for _, row in rows), default=1)
    wide = 2 * SIDE + most * WIDE + (most - 1) * GAP + 34
    placed: dict[int, Box] = {}
    bands: list[Band] = []
    y, current = 10, ""
    for phase, row in rows:
        if phase != current and titles:
            current = phase
            if phase:
                bands.append(Band(titles.get(phase, phase), y, 0))
                y += BAND
        left = SIDE + (most - len(row)) * (WIDE + GAP) // 2
        for n, i in enumerate(row):
            box = boxes[i]
            placed[i] = Box(
                box.id, box.title, box.keys, box.kind, box.role, box.phase, left + n * (WIDE + GAP), y
            )
        y += HIGH + DROP
        if bands and phase == current and phase:
            bands[-1] = Band(bands[-1].title, bands[-1].y, y - bands[-1].y - 14)
    return [placed[i] for i in range(len(boxes))], bands, wide, y - DROP + 16


def _down(a: Box, b: Box) -> str:
    x1, y1, x2, y2 = a.x + WIDE // 2, a.y + HIGH, b.x + WIDE // 2, b.y
    bend = max(DROP // 2, min((y2 - y1) // 2, 60))
    return f"M{x1} {y1}C{x1} {y1 + bend} {x2} {y2 - bend} {x2} {y2}"


def _back(a: Box, b: Box) -> str:
    """A curve that leaves and enters at the right side."""
    x1, y1, x2, y2 = a.x + WIDE, a.y + HIGH // 2, b.x + WIDE, b.y + HIGH // 2
    x = max(x1, x2) + 26
    return f"M{x1} {y1}C{x} {y1} {x} {y2} {x2 + 2} {y2}"


def owner(drawn: Layout, keys: Iterable[str]) -> dict[str, Box]:
    """Which box stands for each of these steps, or items of a step."""
    by_id = {key: box for box in drawn.boxes for key in box.keys}
    return {key: by_id[own] for key in keys if (own := key.partition("[")[0]) in by_id}
