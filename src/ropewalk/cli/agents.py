"""`ropewalk agents`: who could do the work of a role here, and what each is doing now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.app import Statuses, probe_agent, statuses_after
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Verb

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk


async def perform(context: CommandContext) -> int:
    """Every agent, asked whether it can be used."""
    async with context.ropewalk() as ropewalk:
        known = ropewalk.tools().agents
        probes = [await probe_agent(name, known) for name in known]
        doing = await _doing(ropewalk)
        now = ropewalk.engine.clock.now()
    reports = []
    for probe in probes:
        busy = doing.get(probe.agent)
        reports.append(
            {
                "agent": probe.agent,
                "installed": probe.installed,
                "usable": probe.usable,
                "version": probe.version,
                "status": busy.status(now) if busy else "idle",
                "working": [list(key) for key in busy.working] if busy else [],
                "reason": probe.reason,
                "hint": probe.hint,
            }
        )
    context.screen.give({"agents": reports})
    rows = [
        (
            probe["agent"],
            "usable" if probe["usable"] else "not usable",
            probe["status"],
            probe["version"],
            " ".join(str(probe[key]) for key in ("reason", "hint") if probe[key]),
        )
        for probe in reports
    ]
    context.screen.table(("agent", "here", "now", "version", ""), rows)
    return exits.COMPLETED


async def _doing(ropewalk: Ropewalk) -> Statuses:
    """Read off the events of what is unfinished."""
    statuses: Statuses = {}
    for run in await ropewalk.store.unfinished():
        for record in await ropewalk.store.read(run):
            statuses = statuses_after(statuses, run, record.event, record.at)
    return statuses


AGENTS = Verb("agents", "List the agents, and which can be used here", perform, reads=True)
