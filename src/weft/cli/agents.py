"""`weft agents`: who could do the work of a role here, and what each is doing now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weft.agents import status
from weft.cli import exits
from weft.cli.grammar import Command
from weft.cli.here import Here
from weft.observe.health import probe

if TYPE_CHECKING:
    from weft.app.open import Weft


async def perform(here: Here) -> int:
    """Every agent, asked whether it can be used."""
    async with here.weft() as weft:
        known = weft.tools().agents
        probes = [await probe(name, known) for name in known]
        doing = await _doing(weft)
        now = weft.engine.clock.now()
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
                "mend": one.mend,
            }
        )
    here.screen.give({"agents": found})
    rows = [
        (
            one["agent"],
            "usable" if one["usable"] else "not usable",
            one["status"],
            one["version"],
            " ".join(str(one[key]) for key in ("reason", "mend") if one[key]),
        )
        for one in found
    ]
    here.screen.table(("agent", "here", "now", "version", ""), rows)
    return exits.COMPLETED


async def _doing(weft: Weft) -> status.Statuses:
    """Read off the events of what is unfinished."""
    found: status.Statuses = {}
    for run in await weft.store.unfinished():
        for record in await weft.store.read(run):
            found = status.follow(found, run, record.event, record.at)
    return found


AGENTS = Command("agents", "List the agents, and which can be used here", perform, reads=True)
