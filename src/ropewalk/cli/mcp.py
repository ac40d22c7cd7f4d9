"""`ropewalk mcp`: a tool server for a coding agent on this host, over standard input and output."""

from __future__ import annotations

from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Option, Verb

MORE = """Give it to an agent as a command: `ropewalk mcp`. Its tools start, show, explain and answer runs; what it starts is
driven as long as it runs. `ropewalk serve` has the same tools at /mcp."""


async def perform(context: CommandContext, role: str | None, doors_only: bool) -> int:
    """Until the input ends."""
    from ropewalk.app import log_to_standard_error, opener

    log_to_standard_error()
    serve = opener("ropewalk mcp")
    async with context.ropewalk() as ropewalk:
        await serve(ropewalk, role=role or "admin", doors_only=doors_only)
    return exits.COMPLETED


MCP = Verb(
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
