"""`weft plan` and `weft graph`: what would run, in which order and beside what, as text or as a drawing. Nothing runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from weft.cli import exits
from weft.cli.grammar import Command, Option
from weft.cli.here import Here
from weft.cli.reading import OPTIONS, WORKFLOW, load
from weft.cli.screen import Screen, clean

if TYPE_CHECKING:
    from weft.formats.plan import Plan, Row


def plan(here: Here, workflow: str, variant: str | None, infer_parallel: bool) -> int:
    """The steps in waves: those of one wave may run beside each other."""
    from weft.formats.plan import plan as plan_of

    found = plan_of(load(here, workflow, variant, infer_parallel).workflow)
    here.screen.give(msgspec.to_builtins(found))
    for line in _told(here.screen, found):
        here.screen.line(line)
    return exits.COMPLETED


def _told(screen: Screen, found: Plan) -> Iterator[str]:
    yield screen.paint("bold", found.title or found.name) + (
        f": {found.description}" if found.description else ""
    )
    for name, what in found.inputs.items():
        yield f"  input {name}: {what}"
    waves: dict[int, list[Row]] = {}
    for row in found.rows:
        waves.setdefault(row.wave, []).append(row)
    for number in sorted(waves):
        together = " (side by side)" if len(waves[number]) > 1 else ""
        yield f"{screen.paint('dim', f'{number}.')}{screen.paint('dim', together)}"
        for row in waves[number]:
            yield from _row(screen, row)
    for fact in found.facts:
        told = f"told by {', '.join(fact.told_by)}" if fact.told_by else "asked" if fact.asked else "given"
        yield f"  fact {fact.name} ({fact.type}): {told}, read by {', '.join(fact.read_by) or 'nobody'}"
    for loop in found.loops:
        yield f"  loop {loop.step} → {loop.to}, at most {loop.at_most} times: {', '.join(loop.body)}"
    for line in found.told:
        yield f"  {clean(line)}"


def _row(screen: Screen, row: Row) -> Iterator[str]:
    who = f"{row.kind} by {row.role}" if row.role else row.kind
    after = f" after {', '.join(row.after)}" if row.after else ""
    phase = f" [{row.phase}]" if row.phase else ""
    yield f"   {screen.paint('bold', row.id)} ({who}){phase}{screen.paint('dim', after)}"
    said = [
        f"only if {row.when}" if row.when else "",
        f"for each of {row.each}" if row.each else "",
        f"makes {', '.join(row.creates)}" if row.creates else "",
        f"changes {', '.join(row.updates)}" if row.updates else "",
        *(f"gate: {gate}" for gate in row.gates),
        *(f"route {route}" for route in row.routes),
        row.back,
        *row.asks,
        *(f"note: {note}" for note in row.notes),
        *(f"inferred: {one}" for one in row.inferred),
    ]
    for line in said:
        if line:
            yield f"      {clean(' '.join(line.split()))}"


def graph(here: Here, workflow: str, form: str | None, variant: str | None, infer_parallel: bool) -> int:
    """The drawing as text."""
    from weft.formats.graph import dot, mermaid
    from weft.formats.plan import plan as plan_of

    found = plan_of(load(here, workflow, variant, infer_parallel).workflow)
    drawn = dot(found) if form == "dot" else mermaid(found)
    here.screen.give({"form": form or "mermaid", "text": drawn})
    here.screen.line(drawn.rstrip("\n"))
    return exits.COMPLETED


PLAN = Command("plan", "Show what would run, in which order and beside what", plan, WORKFLOW, *OPTIONS)
GRAPH = Command(
    "graph",
    "Draw a workflow as Mermaid or DOT",
    graph,
    WORKFLOW,
    Option("--form -f", "The language of the drawing.", "text", choices=("mermaid", "dot")),
    *OPTIONS,
)
