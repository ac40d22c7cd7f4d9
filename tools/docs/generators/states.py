"""The two state diagrams, drawn from the tables of the core: what leads a run or a step from one status to another."""

from __future__ import annotations

from collections.abc import Collection

from ropewalk.core.state import ENDED, STEP_ENDED
from ropewalk.core.transitions import RUN_TRANSITIONS, STEP_TRANSITIONS, Table
from tools.docs.blocks import generates


@generates("states-run")
def run() -> str:
    return diagram(RUN_TRANSITIONS, ENDED)


@generates("states-step")
def step() -> str:
    return diagram(STEP_TRANSITIONS, STEP_ENDED)


def diagram(table: Table, ended: Collection[str]) -> str:
    """Mermaid; an event that leads to one status from everywhere is told once, below the diagram."""
    statuses = list(
        dict.fromkeys([status for status, _ in table] + [one for way in table.values() for one in way])
    )
    everywhere = {
        event: after
        for (_, event), (after, *_) in table.items()
        if all(table.get((status, event)) == (after,) for status in statuses)
    }
    arrows: dict[tuple[str, str], list[str]] = {}
    for (before, event), ways in table.items():
        for after in ways if event not in everywhere else ():
            arrows.setdefault((before, after), []).append(event)
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {statuses[0]}"]
    lines += [f"    {before} --> {after}: {', '.join(events)}" for (before, after), events in arrows.items()]
    lines += [f"    {status} --> [*]" for status in statuses if status in ended]
    lines += ["```"]
    lines += [f"\nFrom every status, `{event}` leads to `{after}`." for event, after in everywhere.items()]
    return "\n".join(lines)
