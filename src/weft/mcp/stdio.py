"""`weft mcp`: the tools over standard input and output, for an agent on this host; what it starts is driven here."""

from __future__ import annotations

from weft.app.open import Weft
from weft.app.supervisor import Supervisor, supervised
from weft.app.tokens import Person
from weft.mcp.tools import tool_server


async def serve(weft: Weft, *, role: str = "admin", doors_only: bool = False) -> None:
    """Until the input ends. Whoever started this process is who acts, with at most this role."""
    person = Person(weft.actor, role)  # type: ignore[arg-type] # the command line knows the roles
    async with supervised(None if doors_only else Supervisor(weft)):
        await tool_server(weft, lambda context: person).run_stdio_async()
