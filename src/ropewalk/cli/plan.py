"""`ropewalk plan` and `ropewalk graph`: what would run, in which order and what side by side, as text or as a drawing. Nothing runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ropewalk.app import printable
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Option, Verb
from ropewalk.cli.reading import OPTIONS, WORKFLOW, load
from ropewalk.cli.screen import one_line

if TYPE_CHECKING:
    from ropewalk.app import Workflow


async def plan(
    context: CommandContext,
    workflow: str,
    notes: bool,
    variant: str | None,
    infer_parallel: bool,
    no_approvals: bool,
) -> int:
    """The steps by phase and wave: those of one wave may run side by side."""
    from ropewalk.app import landing_warnings, plan_as_lines
    from ropewalk.app import plan_workflow as plan_of

    flow = load(context, workflow, variant, infer_parallel, no_approvals).workflow
    planned = plan_of(flow)
    account = _account(flow, variant or "")
    warnings = await landing_warnings(flow, context.folder)
    context.screen.give(
        {**msgspec.to_builtins(planned), "account": msgspec.to_builtins(account), "warnings": warnings}
    )
    for line in plan_as_lines(planned, notes=notes):
        heading = bool(line) and not line.startswith(" ")
        context.screen.line(context.screen.paint("bold", printable(line)) if heading else printable(line))
    for warning in () if context.screen.json else warnings:
        context.screen.aside(f"mind: {one_line(warning)}")
    return exits.COMPLETED


def _account(flow: Workflow, variant: str) -> Any:
    from ropewalk.app import account_of

    source = Path(flow.source)
    return account_of(source, flow, variant) if flow.format != "ropewalk" and source.is_file() else None


def graph(
    context: CommandContext,
    workflow: str,
    form: str | None,
    variant: str | None,
    infer_parallel: bool,
    no_approvals: bool,
) -> int:
    """The drawing as text."""
    from ropewalk.app import dot, mermaid, svg
    from ropewalk.app import plan_workflow as plan_of

    planned = plan_of(load(context, workflow, variant, infer_parallel, no_approvals).workflow)
    drawn = {"dot": dot, "svg": svg}.get(form or "", mermaid)(planned)
    context.screen.give({"form": form or "mermaid", "text": drawn})
    context.screen.line(drawn.rstrip("\n"))
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
