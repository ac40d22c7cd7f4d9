"""`ropewalk agents`: who could do the work of a role here, and what each is doing now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.app import Statuses, probe_agent, statuses_after
from ropewalk.cli import exits
from ropewalk.cli.grammar import Verb
from ropewalk.cli.here import Here

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk


async def perform(here: Here) -> int:
    """Every agent, asked whether it can be used."""
    async with here.ropewalk() as ropewalk:
        known = ropewalk.tools().agents
        probes = [await probe_agent(name, known) for name in known]
        doing = await _doing(ropewalk)
        now = ropewalk.engine.clock.now()
    found = []
    for one in probes:
        busy = doing.get(one.agent)
        found.append(
            {
                "agent": one.agent,
                "installed": one.installed,
                "usable": one.usable,
                "version": one.version,
                "status": busy.status(now) if busy else "idle",
                "working": [list(key) for key in busy.working] if busy else [],
                "reason": one.reason,
                "hint": one.hint,
            }
        )
    here.screen.give({"agents": found})
    rows = [
        (
            one["agent"],
            "usable" if one["usable"] else "not usable",
            one["status"],
            one["version"],
            " ".join(str(one[key]) for key in ("reason", "hint") if one[key]),
        )
        for one in found
    ]
    here.screen.table(("agent", "here", "now", "version", ""), rows)
    return exits.COMPLETED


async def _doing(ropewalk: Ropewalk) -> Statuses:
    """Read off the events of what is unfinished."""
    found: Statuses = {}
    for run in await ropewalk.store.unfinished():
        for record in await ropewalk.store.read(run):
            found = statuses_after(found, run, record.event, record.at)
    return found


AGENTS = Verb("agents", "List the agents, and which can be used here", perform, reads=True)
