"""`ropewalk agents`: who could do the work of a role here, and what each is doing now."""

from __future__ import annotations

from ropewalk.app import choosing
from ropewalk.app.choosing import AgentRow
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Verb
from ropewalk.cli.lines import moment


async def perform(context: CommandContext) -> int:
    """Every agent, asked whether it can be used."""
    async with context.ropewalk() as ropewalk:
        rows = await choosing.agents(ropewalk, probed=True)
    context.screen.give({"agents": rows})
    context.screen.table(("agent", "here", "now", "version", ""), [_row(row) for row in rows])
    return exits.COMPLETED


def _row(row: AgentRow) -> tuple[str, ...]:
    status: str = row.status
    if row.status == "resting" and row.rests_until is not None:
        status = f"resting until {moment(row.rests_until)}"
    if not row.probe:
        return (row.agent, "not known", status, "", "it is in no settings here any more")
    probe = row.probe
    about = " ".join(text for text in (probe.reason, probe.hint) if text)
    return (row.agent, "usable" if probe.usable else "not usable", status, probe.version, about)


AGENTS = Verb("agents", "List the agents, and which can be used here", perform, reads=True)
