"""`weft serve`: drives every run of the store and opens the doors over HTTP, until it is told to stop."""

from __future__ import annotations

from weft.cli import exits
from weft.cli.grammar import Command, Option
from weft.cli.here import Here

MORE = """On 127.0.0.1 (the default) everybody on this host is let in. On any other address each request needs a token:
make one first with `weft token create --role admin`."""


async def perform(here: Here, host: str | None, port: int | None, doors_only: bool) -> int:
    """Until it is told to stop."""
    from weft.app.doors import door
    from weft.observe.logs import to_standard_error

    to_standard_error()
    serve = door("weft serve")

    def opened(url: str) -> None:
        here.screen.give({"url": url, "driving": not doors_only})
        here.screen.line(f"weft is open at {url}" + (" (driving nothing)" if doors_only else ""))
        here.screen.flush()

    async with here.weft() as weft:
        interrupted = await serve(
            weft,
            host or "127.0.0.1",
            8420 if port is None else port,
            doors_only=doors_only,
            opened=opened,
        )
    return exits.INTERRUPTED if interrupted else exits.COMPLETED


SERVE = Command(
    "serve",
    "Drive every run, and open the page and the API",
    perform,
    Option("--host", "The address to listen on.", "text", metavar="ADDRESS"),
    Option("--port", "The port; 0 takes any that is free.", "whole", metavar="N"),
    Option("--doors-only", "Drive nothing: others do."),
    more=MORE,
)
