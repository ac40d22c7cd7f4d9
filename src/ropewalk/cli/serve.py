"""`ropewalk serve`: drives every run of the store and opens the doors over HTTP, until it is told to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Option, Verb

if TYPE_CHECKING:
    from ropewalk.app import Listening

MORE = """Every request needs a token, on 127.0.0.1 (the default) too. There a link that logs in one browser is printed, and the
token of this host lies in `.ropewalk/serve.token`. For any other address make one first with `ropewalk token create --role admin`."""


async def perform(context: CommandContext, host: str | None, port: int | None, doors_only: bool) -> int:
    """Until it is told to stop."""
    from ropewalk.app import log_to_standard_error, opener

    log_to_standard_error()
    serve = opener("ropewalk serve")

    def opened(listening: Listening) -> None:
        way_in = {"login": listening.login, "token_file": listening.token_file} if listening.login else {}
        context.screen.give({"url": listening.url, "driving": not doors_only, **way_in})
        context.screen.line(
            f"ropewalk is open at {listening.url}" + (" (driving nothing)" if doors_only else "")
        )
        if listening.login:
            context.screen.line(f"Log in with {listening.login} (it counts once)")
            context.screen.line(f"Programs send the token in {listening.token_file}")
        context.screen.flush()

    async with context.ropewalk() as ropewalk:
        interrupted = await serve(
            ropewalk,
            host or "127.0.0.1",
            8420 if port is None else port,
            doors_only=doors_only,
            opened=opened,
        )
    return exits.INTERRUPTED if interrupted else exits.COMPLETED


SERVE = Verb(
    "serve",
    "Drive every run, and open the page and the API",
    perform,
    Option("--host", "The address to listen on.", "text", metavar="ADDRESS"),
    Option("--port", "The port; 0 takes any that is free.", "whole", metavar="N"),
    Option("--doors-only", "Drive nothing: others do."),
    more=MORE,
)
