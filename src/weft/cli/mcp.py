"""`weft mcp`: a tool server for a coding agent on this host, over standard input and output."""

from __future__ import annotations

from weft.cli import exits
from weft.cli.grammar import Command, Option
from weft.cli.here import Here

MORE = """Give it to an agent as a command: `weft mcp`. Its tools start, show, explain and answer runs; what it starts is
driven as long as it runs. `weft serve` has the same tools at /mcp."""


async def perform(here: Here, role: str | None, doors_only: bool) -> int:
    """Until the input ends."""
    from weft.app.doors import door
    from weft.observe.logs import to_standard_error

    to_standard_error()
    serve = door("weft mcp")
    async with here.weft() as weft:
        await serve(weft, role=role or "admin", doors_only=doors_only)
    return exits.COMPLETED


MCP = Command(
    "mcp",
    "Be a tool server for a coding agent",
    perform,
    Option(
        "--role",
        "What the agent may do; everything without it.",
        "text",
        choices=("viewer", "operator", "approver", "admin"),
    ),
    Option("--doors-only", "Drive nothing: others do."),
    more=MORE,
)
