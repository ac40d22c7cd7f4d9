"""`ropewalk token`: makes, lists and revokes the tokens by which people and programs come in at `ropewalk serve`."""

from __future__ import annotations

from typing import Any

from ropewalk.app import ROLES, AccessToken, Tokens
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.lines import moment
from ropewalk.errors import UsageError

MORE = """ropewalk token create --role operator --name ci   prints the token; it is shown only now
ropewalk token list                               who has one
ropewalk token revoke ID                          lets nobody in by it from now on

viewer looks; approver answers asks too; operator starts and steers runs too; admin may do everything."""


VERBS = ("create", "list", "revoke")


async def perform(
    context: CommandContext,
    verb: str,
    token: str | None,
    role: str | None,
    name: str | None,
    days: float | None,
) -> int:
    """One of create, list, revoke."""
    if verb not in VERBS:
        raise UsageError(what=f"`ropewalk token` does not know {verb!r}", hint=f"it is {', '.join(VERBS)}")
    async with context.ropewalk() as ropewalk:
        tokens, now = Tokens(ropewalk.store), ropewalk.engine.clock.now()
        if verb == "create":
            if role is None:
                raise UsageError(
                    what="`ropewalk token create` needs --role", hint=f"--role {'|'.join(ROLES)}"
                )
            text, made = await tokens.create(name or ropewalk.actor, role, now, days=days)
            context.screen.give({**_token_view(made, now), "token": text})
            context.screen.line(text)
            context.screen.aside(f"{made.id}: {made.role} for {made.name}. The token is shown only now.")
        elif verb == "revoke":
            if token is None:
                raise UsageError(
                    what="`ropewalk token revoke` needs a token's id", hint="`ropewalk token list` shows them"
                )
            revoked = await tokens.revoke(token, now)
            context.screen.give(_token_view(revoked, now))
            context.screen.line(f"{revoked.id} ({revoked.role} for {revoked.name}) lets nobody in any more.")
        else:
            all_tokens = await tokens.all()
            context.screen.give({"tokens": [_token_view(entry, now) for entry in all_tokens]})
            rows = [(t.id, t.name, t.role, moment(t.created_at), _state(t, now)) for t in all_tokens]
            context.screen.table(("id", "name", "role", "made", "state"), rows)
            if not all_tokens:
                context.screen.line("There is no token.")
    return exits.COMPLETED


def _state(token: AccessToken, now: float) -> str:
    if token.revoked_at is not None:
        return "revoked"
    if not token.alive(now):
        return "run out"
    return f"until {moment(token.until)}" if token.until is not None else "good"


def _token_view(token: AccessToken, now: float) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "role": token.role,
        "created_at": token.created_at,
        "until": token.until,
        "revoked_at": token.revoked_at,
        "alive": token.alive(now),
    }


TOKEN = Verb(
    "token",
    "Make, list and revoke tokens for `ropewalk serve`",
    perform,
    Argument("verb", "create, list or revoke"),
    Argument("token", "an id (revoke)", required=False),
    Option("--role", "What it lets its owner do.", "text", choices=ROLES),
    Option("--name", "Whose it is: on record with what they do.", "text"),
    Option("--days", "How long it lasts; for ever without it.", "number"),
    more=MORE,
)
