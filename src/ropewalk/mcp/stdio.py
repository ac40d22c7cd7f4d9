"""`ropewalk mcp`: the tools over standard input and output, for an agent on this host; what it starts is driven here."""

from __future__ import annotations

from ropewalk.app import Person, Ropewalk, Supervisor, supervised
from ropewalk.mcp.tools import tool_server


async def serve(ropewalk: Ropewalk, *, role: str = "admin", doors_only: bool = False) -> None:
    """Until the input ends. The user who started this process is the one who acts, with at most this role."""
    person = Person(ropewalk.actor, role)  # type: ignore[arg-type] # the command line knows the roles
    async with supervised(None if doors_only else Supervisor(ropewalk)):
        await tool_server(ropewalk, lambda context: person).run_stdio_async()
