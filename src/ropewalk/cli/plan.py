"""`ropewalk plan` and `ropewalk graph`: what would run, in which order and what side by side, as text or as a drawing. Nothing runs."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ropewalk.app import printable
from ropewalk.cli import exits
from ropewalk.cli.grammar import Option, Verb
from ropewalk.cli.here import Here
from ropewalk.cli.reading import OPTIONS, WORKFLOW, load


def plan(
    here: Here, workflow: str, notes: bool, variant: str | None, infer_parallel: bool, no_approvals: bool
) -> int:
    """The steps by phase and wave: those of one wave may run side by side."""
    from ropewalk.app import account_of, plan_as_lines
    from ropewalk.app import plan_workflow as plan_of

    flow = load(here, workflow, variant, infer_parallel, no_approvals).workflow
    found = plan_of(flow)
    source = Path(flow.source)
    told = account_of(source, flow, variant or "") if flow.format != "ropewalk" and source.is_file() else None
    here.screen.give({**msgspec.to_builtins(found), "account": msgspec.to_builtins(told)})
    for line in plan_as_lines(found, notes=notes):
        heading = bool(line) and not line.startswith(" ")
        here.screen.line(here.screen.paint("bold", printable(line)) if heading else printable(line))
    return exits.COMPLETED


def graph(
    here: Here,
    workflow: str,
    form: str | None,
    variant: str | None,
    infer_parallel: bool,
    no_approvals: bool,
) -> int:
    """The drawing as text."""
    from ropewalk.app import dot, mermaid, svg
    from ropewalk.app import plan_workflow as plan_of

    found = plan_of(load(here, workflow, variant, infer_parallel, no_approvals).workflow)
    drawn = {"dot": dot, "svg": svg}.get(form or "", mermaid)(found)
    here.screen.give({"form": form or "mermaid", "text": drawn})
    here.screen.line(drawn.rstrip("\n"))
    return exits.COMPLETED


PLAN = Verb(
    "plan",
    "Show what would run, in which order and what side by side",
    plan,
    WORKFLOW,
    Option("--notes", "With the prose of each step."),
    *OPTIONS,
)
GRAPH = Verb(
    "graph",
    "Draw a workflow as Mermaid, DOT or SVG",
    graph,
    WORKFLOW,
    Option("--form -f", "The language of the drawing.", "text", choices=("mermaid", "dot", "svg")),
    *OPTIONS,
)
